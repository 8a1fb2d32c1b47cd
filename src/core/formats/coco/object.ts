/** An annotation record of a COCO file as an object of a dataset. */
import type { Size } from '../../../shared/geometry.ts'
import type { AnnotationState } from '../../../shared/model.ts'
import type { DatasetObject } from '../dataset.ts'
import type { SourceValues } from '../kept.ts'
import { omit } from '../common/omit.ts'
import type { CocoRecord } from './document.ts'
import { readShape } from './segmentation.ts'

export interface ObjectPlace {
  readonly label: string
  readonly size: Size
  readonly place: string
  readonly state: AnnotationState
  /** Its number on the image. */
  readonly order: number
}

export interface MadeObject {
  /** Its `source` is still to come. */
  readonly object: DatasetObject
  /** What is kept verbatim. */
  readonly values: SourceValues
  readonly remark: string | null
}

/** Keys that have a place in the project. */
const READ = ['image_id', 'category_id', 'segmentation', 'iscrowd', 'score', 'attributes', 'group_id']
const FLAGS = ['occluded', 'truncated', 'difficult'] as const

/** The object, or in words why there is none. */
export function cocoObject(record: CocoRecord, { label, size, place, state, order }: ObjectPlace): MadeObject | string {
  const { segmentation, iscrowd, score, attributes, group_id: group } = record
  const isGroup = Number.isSafeInteger(group)
  const shape = readShape(segmentation, record['bbox'], size)
  if (typeof shape === 'string') return shape
  const isScore = typeof score === 'number' && score >= 0 && score <= 1
  const read = readAttributes(attributes)
  const { occluded, truncated, difficult } = read.flags
  const object = {
    label, place, state, box: shape.box, mask: shape.mask, polygon: shape.polygon, frame: 0, group: isGroup ? (group as number) : null, z: order,
    score: isScore ? score : null, iscrowd: iscrowd === 1 || iscrowd === true, occluded, truncated, difficult, attributes: read.attributes, source: null,
  }
  const values = omit(record, ...READ)
  if (shape.keepsSegmentation) values['segmentation'] = segmentation
  if (score !== undefined && !isScore) values['score'] = score
  if (group !== undefined && !isGroup) values['group_id'] = group
  if (read.rest !== undefined) values['attributes'] = read.rest
  return { object, values, remark: shape.remark }
}

type Attributes = Record<string, string | number | boolean>

/** Attributes that the project can hold; `rest`: what it can't, and the flags that were said, to be kept. */
function readAttributes(value: unknown): { attributes: Attributes; flags: Record<(typeof FLAGS)[number], boolean>; rest: unknown } {
  const flags = { occluded: false, truncated: false, difficult: false }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { attributes: {}, flags, rest: value }
  const entries = Object.entries(value)
  const isPlain = ([, one]: readonly [string, unknown]) => ['string', 'number', 'boolean'].includes(typeof one) && one !== Infinity && one !== -Infinity
  const isFlag = ([key, one]: readonly [string, unknown]) => typeof one === 'boolean' && FLAGS.some((flag) => flag === key)
  for (const [key, one] of entries.filter(isFlag)) flags[key as (typeof FLAGS)[number]] = one as boolean
  const attributes = Object.fromEntries(entries.filter((entry) => isPlain(entry) && !isFlag(entry))) as Attributes
  const rest = entries.filter((entry) => !isPlain(entry) || isFlag(entry))
  return { attributes, flags, rest: rest.length > 0 || entries.length === 0 ? Object.fromEntries(rest) : undefined }
}
