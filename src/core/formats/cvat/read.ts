/** CVAT for images XML 1.1, one file for a task or a project; also as datumaro writes it, one a part of the dataset. */
import { posix } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Dataset, DatasetImage, DatasetLabel, ImportFormat, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { splitOfPath } from '../common/files/datasetPath.ts'
import { xmlElements } from '../common/xml/xmlElements.ts'
import { NO_META, readMeta } from './meta.ts'
import { ID } from './names.ts'
import { VIDEO, explain, parsed, readImage } from './readImage.ts'
import type { AnnotationFile } from './readImage.ts'

const MOST_LOOKED_AT = 20
const HEAD_BYTES = 4096
/** A document type is refused by name when the file is read. */
const ROOT = /^\s*(<\?xml[^>]*\?>)?\s*(<!--[^]*?-->\s*)*(<!DOCTYPE\s+annotations[\s[>]|(<!DOCTYPE\s[^]*>\s*)?<annotations[\s/>])/
const NEVER_NESTED: ReadonlySet<string> = new Set(['image', 'track', 'meta'])

export const cvatReader: ImportFormat = {
  id: ID,
  name: 'CVAT for images XML 1.1',
  options: [],
  async detect(files) {
    for (const path of (await candidates(files)).slice(0, MOST_LOOKED_AT)) {
      if (await isAnnotations(files, path)) return `${path} has the root <annotations>`
    }
    return null
  },
  async open(files, context): Promise<Dataset> {
    const paths: string[] = []
    for (const path of await candidates(files)) if (await isAnnotations(files, path)) paths.push(path)
    if (paths.length === 0)
      throw new AppError(
        'invalid-dataset',
        `${files.named ?? files.root} is no CVAT file: an XML file with the root <annotations> was expected.`,
      )
    const found: AnnotationFile[] = []
    for (const path of paths) found.push(await headOf(files, path, paths.length > 1, context))
    const name = found[0]!.meta.name
    return { labels: labelsOf(found), source: name ? { format: ID, name } : null, images: () => images(files, found, context) }
  },
}

/** A file that was named may have any ending. */
async function candidates(files: DatasetFiles): Promise<readonly string[]> {
  return files.named === null ? files.withEnding('.xml') : [files.named]
}

async function isAnnotations(files: DatasetFiles, path: string): Promise<boolean> {
  const head = await files.readHead(path, HEAD_BYTES).catch(() => null)
  if (!head) return false
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  return ROOT.test(new TextDecoder(isWide ? (head[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(head))
}

/** Everything before the first image. A file of tracks is told at once. */
async function headOf(files: DatasetFiles, path: string, isOneOfMany: boolean, context: ReadContext): Promise<AnnotationFile> {
  let meta = NO_META
  const stem = posix.parse(path).name
  const split = isOneOfMany && stem !== 'annotations' && stem !== 'default' ? stem : splitOfPath(`${stem}/`)
  for await (const piece of xmlElements(files, path, NEVER_NESTED, context.signal)) {
    if (piece.tag === 'meta' && piece.broken === null) {
      const node = parsed(piece)
      if (typeof node !== 'string') meta = readMeta(node)
    }
    if (piece.tag === 'track') throw new AppError('invalid-dataset', `${path} ${VIDEO}.`, { file: path })
    if (piece.tag === 'image' || piece.tag === 'track') break
  }
  return { path, meta, split }
}

function labelsOf(files: readonly AnnotationFile[]): DatasetLabel[] {
  const labels = new Map<string, DatasetLabel>()
  for (const label of files.flatMap(({ meta }) => meta.labels)) if (!labels.has(label.name)) labels.set(label.name, label)
  return [...labels.values()]
}

async function* images(
  files: DatasetFiles,
  found: readonly AnnotationFile[],
  context: ReadContext,
): AsyncGenerator<DatasetImage> {
  const taken = new Set<string>()
  for (const file of found) {
    let index = 0
    for await (const piece of xmlElements(files, file.path, NEVER_NESTED, context.signal)) {
      if (['version', 'meta'].includes(piece.tag) && piece.broken === null) continue
      const image = piece.tag === 'image' && piece.broken === null ? await readImage(file, piece, ++index, taken, context) : null
      if (image) yield image
      else if (piece.tag !== 'image' || piece.broken !== null) explain(file.path, piece, context)
    }
  }
}
