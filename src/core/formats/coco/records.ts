/** Records of a COCO file as they are written: what nobody touched says what the imported file said. */
import type { Size } from '../../../shared/geometry.ts'
import type { Annotation, Label, Polygon } from '../../../shared/model.ts'
import type { keptValues, SourceValues } from '../kept.ts'
import { omit } from '../common/omit.ts'
import type { ExportImage, ExportSource } from '../source.ts'
import type { Tally } from '../common/tally.ts'
import { cocoGeometry } from './geometry.ts'
import type { CocoGeometry, MaskForm } from './geometry.ts'
import type { CategoryIds } from './ids.ts'

type Id = number | string

/** Everything before the lists of images and annotations, without the closing brace. */
export function documentHead({ labels, source }: ExportSource, categories: CategoryIds, ofCategory: (label: Label) => object = () => ({})): string {
  const kept = source?.['format'] === 'coco' ? (source['members'] as SourceValues | undefined) : undefined
  const { info = { description: 'Exported by Marquee', version: '1.0' }, licenses = [], ...others } = kept ?? {}
  const members = Object.entries({ info, licenses, ...others }).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
  const list = labels.map((label) => JSON.stringify({ ...categoryRecord(label, categories.get(label.id)!), ...ofCategory(label) })).join(',\n')
  return `{\n${members.join(',\n')},\n"categories": [\n${list}\n]`
}

function categoryRecord({ name, source }: Label, id: Id): object {
  const { format = 'coco', supercategory } = source ?? {}
  const others = format === 'coco' ? omit(source ?? {}, 'format', 'id', 'name', 'supercategory') : {}
  return { id, name, supercategory: typeof supercategory === 'string' ? supercategory : '', ...others }
}

export function imageRecord({ image: { width, height }, source }: ExportImage, id: Id, fileName: string): object {
  const others = source?.['format'] === 'coco' ? omit(source, 'format', 'id', 'file_name') : {}
  return { id, file_name: fileName, width, height, ...others }
}

/** What the imported file said of an annotation. */
export type Kept = ReturnType<typeof keptValues>

/** Ids of the record. */
export interface RecordIds {
  readonly id: Id
  readonly image: Id
  readonly category: Id
}

const WRITTEN = ['id', 'image_id', 'category_id', 'segmentation', 'area', 'bbox', 'iscrowd', 'score', 'attributes']

export function annotationRecord(annotation: Annotation, kept: Kept, { image }: ExportImage, ids: RecordIds, form: MaskForm, tally: Tally): object {
  const values = kept?.values ?? {}
  const verbatim = kept?.untouched === true ? keptGeometry(annotation, values, image, form) : cocoGeometry(annotation, image, form)
  tally.holesBridged += verbatim.bridged
  if (verbatim.note) tally.note(image.path, verbatim.note)
  return {
    id: ids.id,
    image_id: ids.image,
    category_id: ids.category,
    segmentation: verbatim.segmentation,
    area: verbatim.area,
    bbox: verbatim.bbox,
    iscrowd: annotation.iscrowd ? 1 : 0,
    ...scoreOf(annotation, values['score']),
    ...(annotation.group !== null && { group_id: annotation.group }),
    ...attributesOf(annotation, values['attributes']),
    ...omit(values, ...WRITTEN),
  }
}

type Written = Pick<CocoGeometry, 'segmentation' | 'note' | 'bridged'> & { readonly area: unknown; readonly bbox: unknown }

/** The numbers of the file, and its polygon or mask where it was not asked for in another form. */
function keptGeometry(annotation: Annotation, values: SourceValues, size: Size, form: MaskForm): Written {
  const { polygon, mask } = annotation
  const { area, bbox } = values
  const isVerbatim = polygon ? isNear(polygon, size) : !mask || form === 'auto'
  const segmentation = polygon ?? (values['segmentation'] as CocoGeometry['segmentation'] | undefined) ?? mask ?? []
  if (isVerbatim && area !== undefined && bbox !== undefined) return { segmentation, area, bbox, bridged: 0, note: null }
  const made = cocoGeometry(annotation, size, form)
  const numbers = { area: area ?? made.area, bbox: bbox ?? made.bbox }
  return isVerbatim ? { segmentation, ...numbers, bridged: 0, note: null } : { ...made, ...numbers }
}

/** Readers that rasterise polygons take memory for every pixel from the image to the farthest corner. */
function isNear(polygon: Polygon, { width, height }: Size): boolean {
  return polygon.every((ring) => ring.every((value, i) => Math.abs(value) <= 2 * (i % 2 === 0 ? width : height)))
}

function scoreOf({ score }: Annotation, kept: unknown): object {
  if (score !== null) return { score }
  return kept === undefined ? {} : { score: kept }
}

/** The project's attributes and flags, and what the file had beside them. */
function attributesOf({ attributes, occluded, truncated, difficult }: Annotation, kept: unknown): object {
  const isObject = typeof kept === 'object' && kept !== null && !Array.isArray(kept)
  if (kept !== undefined && !isObject) return { attributes: kept }
  const before = (kept ?? {}) as SourceValues
  const flags = Object.entries({ occluded, truncated, difficult }).filter(([key, value]) => value || key in before)
  const all = { ...before, ...attributes, ...Object.fromEntries(flags) }
  return kept === undefined && Object.keys(all).length === 0 ? {} : { attributes: all }
}
