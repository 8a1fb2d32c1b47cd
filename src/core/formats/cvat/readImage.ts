/** One <image> of a CVAT file, as far as it can be read. */
import { AppError } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'
import type { DatasetImage, DatasetObject, ReadContext } from '../dataset.ts'
import { datasetPath } from '../common/files/datasetPath.ts'
import { sizeOf } from '../common/foreignShapes.ts'
import { frameOf, upright } from '../common/upright.ts'
import type { SourceValues } from '../kept.ts'
import type { XmlPiece } from '../common/xml/xmlElements.ts'
import { attributesOf, parseXml } from '../common/xml/xmlTree.ts'
import type { XmlNode } from '../common/xml/xmlTree.ts'
import type { Meta } from './meta.ts'
import { ID, IMAGES_FOLDER, OWN_ATTRIBUTE } from './names.ts'
import { keptElement, ownValues, readObject, recordsOf, whyNoObject } from './objects.ts'
import type { ShapeRecord } from './objects.ts'
import type { Attributes } from './shapes.ts'

export interface AnnotationFile {
  readonly path: string
  readonly meta: Meta
  /** The part of the dataset that all of its images belong to. */
  readonly split: string | null
}

const HEAD_CHARACTERS = 4096
const LONGEST_REASON = 200
const SHAPES = /<(box|polygon|mask|ellipse|polyline|points|skeleton|cuboid|tag)[\s>]/g
export const VIDEO = 'is a track of "CVAT for video". Export the task from CVAT as "CVAT for images 1.1" instead'

/** The one element of a piece; a string says where it is broken. */
export function parsed({ text }: XmlPiece): XmlNode | string {
  try {
    return parseXml(text, 'in it,')[0] ?? 'is empty'
  } catch (error) {
    if (error instanceof AppError) return error.message.slice(0, LONGEST_REASON)
    throw error
  }
}

/** What is no image, or a broken one: all shapes in it stay out. */
export function explain(file: string, piece: XmlPiece, { seen, problem }: ReadContext, why?: string): void {
  const objects = [...piece.text.matchAll(SHAPES)].length
  seen(objects)
  const reason = why ?? piece.broken ?? (piece.tag === 'track' ? VIDEO : `<${piece.tag}> was passed over`)
  problem({ file, place: nameIn(piece), reason, objects })
}

function nameIn({ tag, text }: XmlPiece): string {
  const [, name] = /\s(?:name|id)="([^"]{0,200})"/.exec(text.slice(0, HEAD_CHARACTERS)) ?? []
  return `${tag || 'end'}${name === undefined ? '' : ` ${name}`}`
}

export async function readImage(
  file: AnnotationFile,
  piece: XmlPiece,
  index: number,
  taken: Set<string>,
  context: ReadContext,
): Promise<DatasetImage | null> {
  const node = parsed(piece)
  if (typeof node === 'string') {
    explain(file.path, piece, context, node)
    return null
  }
  const attributes = attributesOf(node)
  const records = recordsOf(node)
  const isLeft = (record: ShapeRecord) => ownValues(attributes)['left'] === true && whyNoObject(record) !== null
  const counted = records.filter((record) => !isLeft(record))
  context.seen(counted.length)
  const refuse = (reason: string) => {
    context.problem({ file: file.path, place: `image ${index}`, reason, objects: counted.length })
    return null
  }
  const name = datasetPath(attributes['name'] ?? '')
  const split = attributes['subset'] || file.split
  const path = taken.has(name) && split ? datasetPath(name, split) : name
  if (path === '') return refuse('has no name')
  if (taken.has(path)) return refuse(`${path} is there twice; the first one came in`)
  taken.add(path)
  const found = await findPicture(path, name, split, context)
  const frame = frameOf(found, declaredSize(attributes))
  if (!frame) return refuse(`${path} was not found, and the file does not say how large it is`)
  const { size } = frame
  noteOtherSize(file.path, path, attributes, size, context)
  const { objects, kept } = readShapes(file, path, counted, size, context)
  const shapes = [...kept, ...records.filter(isLeft).flatMap(({ nodes }) => nodes.map(keptElement))]
  const image = { path, file: found?.file ?? null, size, split: split || null, source: sourceOf(attributes, shapes), objects }
  return upright(image, frame, (reason) => context.problem({ file: file.path, place: `image ${path}`, reason, objects: 0 }))
}

/** CVAT puts pictures into images/, those of a project into a folder for each part. */
async function findPicture(
  path: string,
  name: string,
  split: string | null,
  context: ReadContext,
): ReturnType<ReadContext['find']> {
  const inFolder = split && path !== name ? await context.find(`${IMAGES_FOLDER}/${split}/${name}`) : null
  return inFolder ?? (await context.find(path)) ?? (split ? context.find(`${IMAGES_FOLDER}/${split}/${name}`) : null)
}

function declaredSize({ width, height }: Attributes): Size | null {
  return sizeOf(Number(width ?? NaN), Number(height ?? NaN))
}

function noteOtherSize(file: string, path: string, attributes: Attributes, { width, height }: Size, context: ReadContext): void {
  const said = declaredSize(attributes)
  if (!said || (said.width === width && said.height === height)) return
  const sizes = `the file says ${said.width} x ${said.height} pixels, but the picture has ${width} x ${height}`
  const reason = `${sizes}; numbers are taken as pixels of the picture`
  context.problem({ file, place: `image ${path}`, reason, objects: 0 })
}

function readShapes(
  { path: file, meta }: AnnotationFile,
  path: string,
  records: readonly ShapeRecord[],
  size: Size,
  context: ReadContext,
): { objects: DatasetObject[]; kept: object[] } {
  const objects: DatasetObject[] = []
  const kept: object[] = []
  for (const record of records) {
    const why = whyNoObject(record)
    const object = why === null ? readObject(record, size, meta) : `${why}; it is kept for an export as CVAT`
    if (why !== null) kept.push(...record.nodes.map(keptElement))
    if (typeof object !== 'string') objects.push(object)
    else context.problem({ file, place: `image ${path}, ${record.tag} ${record.index + 1}`, reason: object, objects: 1 })
  }
  return { objects, kept }
}

const NOT_KEPT: ReadonlySet<string> = new Set(['id', 'name', 'width', 'height', 'subset', OWN_ATTRIBUTE])

function sourceOf(attributes: Attributes, shapes: readonly object[]): SourceValues {
  const rest = Object.entries(attributes).filter(([name]) => !NOT_KEPT.has(name))
  const { id } = attributes
  return {
    format: ID,
    ...(id !== undefined && /^\d{1,15}$/.test(id) && { id: Number(id) }),
    ...(rest.length > 0 && { attributes: Object.fromEntries(rest) }),
    ...(shapes.length > 0 && { shapes }),
  }
}
