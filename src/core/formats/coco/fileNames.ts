/** The `file_name` of each image: what readers find it by, or one of its own where that is taken. */
import { mkdir } from 'node:fs/promises'
import { dirname, extname, join, posix } from 'node:path'
import { nameOf, nameToPlace } from '../common/files/layoutName.ts'
import { placeImage } from '../common/files/placeImage.ts'
import type { ImageFiles } from '../common/files/placeImage.ts'
import { safeName } from '../common/files/uniqueStems.ts'
import type { Tally } from '../common/tally.ts'
import type { ExportImage } from '../source.ts'

export class FileNames {
  /** With the part that the file is of. */
  private readonly taken = new Map<string, string | null>()
  private readonly exact = new Set<string>()

  /** The name of an image whose file stays where it is. */
  keep(item: ExportImage, tally: Tally): string {
    const { path } = item.image
    const { name, isNew } = this.nameOf(nameOf(item), path)
    if (isNew) tally.note(path, `is called ${name} in the export: another image has the same file_name`)
    return name
  }

  /** Puts the file of an image into `folder`; gives its name there, with and without extension. */
  async place(item: ExportImage, folder: string, how: ImageFiles, tally: Tally): Promise<{ name: string; stem: string }> {
    const { stem, isNew } = this.stemOf(nameToPlace(item), item.split ?? null)
    await mkdir(dirname(join(folder, stem)), { recursive: true })
    const name = await placeImage(item, stem, folder, how, tally)
    if (isNew) tally.note(item.image.path, `is called ${name} in the export`)
    return { name, stem }
  }

  /** The name itself, where another image has it its path; `isNew` where that is taken too: readers would take the two for one. */
  private nameOf(given: string, path: string): { name: string; isNew: boolean } {
    const plain = (this.exact.has(given.replaceAll('\\', '/')) ? path : given).replaceAll('\\', '/')
    const { dir, name: stem, ext } = posix.parse(plain)
    let name = plain
    for (let n = 2; this.exact.has(name); n++) name = posix.join(dir, `${stem}_${n}${ext}`)
    this.exact.add(name)
    return { name, isNew: name !== plain }
  }

  /**
   * For files that are copied: names every system can hold, without extension; in a folder of its part where an image of another
   * part has the name.
   */
  private stemOf(path: string, part: string | null = null): { stem: string; isNew: boolean } {
    const parts = path.replaceAll('\\', '/').split('/')
    const stem = posix.join(...parts.slice(0, -1).map(safePart), safePart(posix.parse(parts.at(-1)!).name))
    const extension = extname(path).toLowerCase()
    const key = keyOf(stem + extension)
    if (part !== null && this.taken.has(key) && this.taken.get(key) !== part) return this.stemOf(`${part}/${path}`, part)
    let own = stem
    for (let n = 2; this.taken.has(keyOf(own + extension)); n++) own = `${stem}_${n}`
    this.taken.set(keyOf(own + extension), part)
    return { stem: own, isNew: own + extension !== path }
  }
}

function keyOf(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** As it is where every system can hold it; spaces and letters of every script stay. */
function safePart(part: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what has to go
  const plain = part.replace(/[<>:"|?*\u0000-\u001f\u007f]+/g, '_').replace(/[. ]+$/, '')
  const safe = safeName(plain)
  const isStrange = plain.startsWith('.') || (safe.startsWith('_') && !plain.startsWith('_'))
  return isStrange ? safe : plain
}
