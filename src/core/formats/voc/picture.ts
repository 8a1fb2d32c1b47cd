/** Which picture an annotation file is of. */
import { parse } from 'node:path/posix'
import { IMAGE_EXTENSIONS } from '../../media/formats.ts'
import type { FoundImage, ReadContext } from '../dataset.ts'
import type { VocAnnotation } from './annotation.ts'
import type { VocEntry } from './layout.ts'

/** The picture with the stem of the annotation file, then the one that it names. `name`: within the group's folders of pictures. */
export async function pictureOf(
  entry: VocEntry,
  annotation: VocAnnotation | null,
  prefix: string,
  context: ReadContext,
): Promise<{ path: string; name: string; found: FoundImage | null }> {
  const inGroup = (path: string) => (path.startsWith(prefix) ? path.slice(prefix.length) : path)
  if (entry.picture) {
    const within = /^JPEGImages\/(.*)$/i.exec(entry.picture.slice(prefix.length))?.[1]
    const path = within ? prefix + within : entry.picture
    return { path, name: within ?? inGroup(path), found: (await context.find(entry.picture)) ?? (await context.find(path)) }
  }
  const named = annotation?.filename ? cleanName(annotation.filename) : null
  const ending = named && IMAGE_EXTENSIONS.has(parse(named).ext.slice(1).toLowerCase()) ? parse(named).ext : '.jpg'
  const own = `${prefix}${entry.stem}${ending}`
  for (const path of [own, ...(named ? [`${prefix}${named}`] : [])]) {
    const found = await context.find(path)
    if (found) return { path, name: inGroup(path), found }
  }
  return { path: own, name: inGroup(own), found: null }
}

/** Windows' separators and percent-encoding undone; of a path that leads elsewhere the file name alone. */
function cleanName(filename: string): string {
  let name = filename.replaceAll('\\', '/')
  if (/%[0-9a-f]{2}/i.test(name)) name = decodeOr(name)
  return /^\/|^[a-z]:|(^|\/)\.\.(\/|$)|\0|:\/\//i.test(name) ? parse(name).base : name
}

function decodeOr(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
