/** LabelMe (wkentaro/labelme): one JSON file an image, beside it. Also as X-AnyLabeling writes it. */
import { posix } from 'node:path'
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'
import { REPORT_NAME } from '../common/files/atomicFile.ts'
import type { Dataset, DatasetImage, DatasetLabel, DatasetObject, ImportFormat, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { datasetPath, splitOfPath } from '../common/files/datasetPath.ts'
import { asRecord, isKeepable, sizeOf } from '../common/foreignShapes.ts'
import { literalRemark, parseLoose } from '../common/json/looseJson.ts'
import { frameOf, upright } from '../common/upright.ts'
import type { SourceValues } from '../kept.ts'
import type { FormatOption } from '../source.ts'
import { ID, IGNORE_LABEL, LABELS_FILE, OWN_KEY } from './names.ts'
import { groupParts, readObject, whyNoObject } from './objects.ts'
import type { ShapeRecord } from './objects.ts'
import { embeddedSize } from './pixels.ts'

/** Files looked into to recognise the format. */
const MOST_LOOKED_AT = 20
const LARGEST = 2 ** 28
const HEAD_BYTES = 2 ** 16

const GROUPS_OPTION: FormatOption = {
  id: 'groups',
  help: 'Polygons of one label and group_id are objects of their own in one group, or the parts of one object.',
  choices: ['objects', 'parts'],
  default: 'objects',
}

type Values = Readonly<Record<string, unknown>>

export const labelmeReader: ImportFormat = {
  id: ID,
  name: 'LabelMe JSON',
  options: [GROUPS_OPTION],
  async detect(files) {
    for (const path of (await candidates(files)).slice(0, MOST_LOOKED_AT)) {
      const file = await parseLabelMe(files, path).catch(() => null)
      if (file) return `${path} has "shapes" and "imagePath"`
    }
    return null
  },
  async open(files, context): Promise<Dataset> {
    const paths = await candidates(files)
    if (paths.length === 0 && !(await files.has(LABELS_FILE))) {
      throw new AppError('invalid-dataset', `${files.root} has no .json files. LabelMe keeps one beside each image.`)
    }
    return { labels: await declaredLabels(files), source: null, images: () => images(files, paths, context) }
  },
}

async function candidates(files: DatasetFiles): Promise<string[]> {
  return (await files.withEnding('.json')).filter((path) => path !== REPORT_NAME)
}

/** null for JSON of another kind. */
async function parseLabelMe(files: DatasetFiles, path: string, remark: (reason: string) => void = () => undefined): Promise<Values | null> {
  if (!(await mayBeLabelMe(files, path))) return null
  const { value, literal } = parseLoose(await files.readText(path, LARGEST))
  const values = asRecord(value)
  if (!isKeepable(values)) throw new AppError('invalid-dataset', 'it is nested too deep.')
  if (!values || !isLabelMe(values)) return null
  if (literal !== null) remark(literalRemark(literal))
  return values
}

/** From the beginning of a file: other JSON files may be too large to parse only to see what they are. */
async function mayBeLabelMe(files: DatasetFiles, path: string): Promise<boolean> {
  const head = await files.readHead(path, HEAD_BYTES)
  return /"(shapes|imageData|imagePath)"\s*:/.test(head.toString())
}

function isLabelMe(file: Values): boolean {
  return Array.isArray(file['shapes']) && ['imagePath', 'imageData', 'imageHeight'].some((key) => Object.hasOwn(file, key))
}

/** labels.txt, as LabelMe's own scripts have it: a name a line. */
async function declaredLabels(files: DatasetFiles): Promise<DatasetLabel[]> {
  if (!(await files.has(LABELS_FILE))) return []
  const lines = (await files.readText(LABELS_FILE, LARGEST)).split(/\r?\n/).map((line) => line.trim())
  const names = new Set(lines.filter((line) => line !== '' && line !== IGNORE_LABEL && line !== '_background_'))
  return [...names].map((name) => ({ name, source: null }))
}

async function* images(files: DatasetFiles, paths: readonly string[], context: ReadContext): AsyncGenerator<DatasetImage> {
  const describedBy = new Map<string, string>()
  for (const file of paths) {
    throwIfAborted(context.signal)
    const image = await readFile(files, file, context, describedBy)
    if (image) yield image
  }
}

/** The image of one file; null, with words, where there is none. */
async function readFile(
  files: DatasetFiles,
  file: string,
  context: ReadContext,
  describedBy: Map<string, string>,
): Promise<DatasetImage | null> {
  const refuse = (reason: string, objects = 0) => {
    context.problem({ file, place: '', reason, objects })
    return null
  }
  let values: Values | null
  try {
    values = await parseLabelMe(files, file, (reason) => void refuse(reason))
  } catch (error) {
    return refuse(`the file can't be read: ${(error as Error).message}`)
  }
  if (!values) return refuse('is no LabelMe file and was passed over')
  const { records, left } = recordsOf(values, context.options['groups'] === 'parts')
  context.seen(records.length)
  const { path, split } = placeOf(file, values)
  const before = describedBy.get(path)
  if (before !== undefined) return refuse(`describes ${path}, which ${before} describes already`, records.length)
  describedBy.set(path, file)
  const found = (await context.find(path)) ?? (await context.find(besideFile(file, values)))
  const frame = frameOf(found, await declaredSize(values))
  if (!frame) return refuse(`${path} was not found, and the file does not say how large it is`, records.length)
  const { size } = frame
  noteOtherSize(file, path, values, size, context)
  const { objects, kept } = readShapes(file, records, size, context)
  const image = { path, file: found?.file ?? null, size, split, source: sourceOf(values, [...kept, ...left]), objects }
  return upright(image, frame, (reason) => void refuse(reason))
}

/**
 * The shapes that count as objects, and those that do not because this program wrote them back only to keep them:
 * they have been told when they were first met.
 */
function recordsOf(values: Values, joins: boolean): { records: ShapeRecord[]; left: unknown[] } {
  const records = groupParts(values['shapes'] as unknown[], joins)
  const isLeft = ({ shapes }: ShapeRecord) => asRecord(values[OWN_KEY])?.['left'] === true && whyNoObject(shapes[0]) !== null
  return { records: records.filter((record) => !isLeft(record)), left: records.filter(isLeft).flatMap(({ shapes }) => shapes) }
}

function besideFile(file: string, values: Values): string {
  const { dir, name } = posix.parse(file)
  const named = values['imagePath']
  return typeof named === 'string' && named !== '' ? datasetPath(named, dir) : posix.join(dir, name)
}

/** Where the image belongs: what this program wrote, else the name in the file, relative to it. */
function placeOf(file: string, values: Values): { path: string; split: string | null } {
  const own = asRecord(values[OWN_KEY])
  const beside = besideFile(file, values)
  const path = typeof own?.['path'] === 'string' ? datasetPath(own['path']) : ''
  const split = own?.['split']
  return { path: path || beside || file, split: typeof split === 'string' ? split : splitOfPath(file) }
}

/** imageWidth and imageHeight, else the embedded picture's own size. */
async function declaredSize(values: Values): Promise<Size | null> {
  const stated = sizeOf(values['imageWidth'], values['imageHeight'])
  return stated ?? (typeof values['imageData'] === 'string' ? embeddedSize(values['imageData']) : null)
}

function noteOtherSize(file: string, path: string, values: Values, { width, height }: Size, context: ReadContext): void {
  const [w, h] = [values['imageWidth'], values['imageHeight']]
  if ((w === undefined && h === undefined) || (w === width && h === height)) return
  const said = `the file says ${JSON.stringify(w)} x ${JSON.stringify(h)} pixels, but ${path} has ${width} x ${height}`
  context.problem({ file, place: 'imageWidth', reason: `${said}; points are taken as pixels of the picture`, objects: 0 })
}

function readShapes(
  file: string,
  records: readonly ShapeRecord[],
  size: Size,
  context: ReadContext,
): { objects: DatasetObject[]; kept: unknown[] } {
  const objects: DatasetObject[] = []
  const kept: unknown[] = []
  for (const record of records) {
    const object = readObject(record, size)
    if (!('reason' in object)) {
      objects.push(object)
      continue
    }
    if (object.isKept) kept.push(...record.shapes)
    context.problem({ file, place: `shape ${record.index + 1}`, reason: object.reason, objects: 1 })
  }
  return { objects, kept }
}

const NOT_KEPT: ReadonlySet<string> = new Set(['shapes', 'imageData', 'imagePath', 'imageHeight', 'imageWidth', OWN_KEY])

/** Everything about the image but the picture itself, also the shapes that are no objects. */
function sourceOf(values: Values, shapes: readonly unknown[]): SourceValues {
  const kept = Object.entries(values).filter(([key]) => !NOT_KEPT.has(key))
  return { format: ID, ...(shapes.length > 0 && { shapes }), values: Object.fromEntries(kept) }
}
