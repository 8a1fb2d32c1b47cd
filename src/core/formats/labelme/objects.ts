/** The shapes of one LabelMe file as objects: parts of one object together, values without a place here kept. */
import type { Size } from '../../../shared/geometry.ts'
import { UNMARKED } from '../../../shared/model.ts'
import type { Annotation } from '../../../shared/model.ts'
import type { DatasetObject } from '../dataset.ts'
import { asRecord, polygonGeometry, withStatedBox } from '../common/foreignShapes.ts'
import type { Geometry } from '../common/foreignShapes.ts'
import { keep } from '../kept.ts'
import { ID, IGNORE_LABEL, MARKS, OWN_KEY } from './names.ts'
import { WITHOUT_AREA, flatPoints, shapeGeometry, shapeType } from './shapes.ts'
import type { Shape } from './shapes.ts'

/** The shapes of one object; more than one where this program wrote the parts of a polygon. */
export interface ShapeRecord {
  /** Of its first shape within the file. */
  readonly index: number
  readonly shapes: readonly unknown[]
}

/** `joins`: polygons of one label and group_id are the parts of one object, as LabelMe's own scripts paint them. */
export function groupParts(shapes: readonly unknown[], joins: boolean): ShapeRecord[] {
  const records: { index: number; shapes: unknown[] }[] = []
  const byObject = new Map<string, { shapes: unknown[] }>()
  shapes.forEach((shape, index) => {
    const key = partKey(shape, joins)
    const known = key === null ? undefined : byObject.get(key)
    if (known) return known.shapes.push(shape)
    const record = { index, shapes: [shape] }
    if (key !== null) byObject.set(key, record)
    return records.push(record)
  })
  return records
}

/** The same for all parts of one object; null for what is one by itself. */
function partKey(value: unknown, joins: boolean): string | null {
  const shape = asRecord(value)
  if (!shape || shapeType(shape) !== 'polygon') return null
  const { object } = ownValues(shape)
  if (typeof object === 'number') return JSON.stringify([shape['label'], object])
  return joins && Number.isSafeInteger(shape['group_id']) ? JSON.stringify([shape['label'], 'group', shape['group_id']]) : null
}

/** Why a shape is no object of the project. `isKept`: it is written back to where it came from. */
export interface Unread {
  readonly reason: string
  readonly isKept: boolean
}

export function readObject({ index, shapes }: ShapeRecord, size: Size): DatasetObject | Unread {
  const shape = asRecord(shapes[0])
  if (!shape) return broken('is no shape')
  const label = typeof shape['label'] === 'string' ? shape['label'].trim() : ''
  if (label === '') return broken('has no label')
  const without = whyNoObject(shape)
  if (without) return { reason: `${without}; it is kept for an export as LabelMe`, isKept: true }
  const geometry = shapes.length === 1 ? shapeGeometry(shape, size) : partsGeometry(shapes)
  if (typeof geometry === 'string') return broken(geometry)
  const placed = withStatedBox(geometry, ownValues(shape))
  return { label, place: `shape ${index + 1} (${label})`, ...placed, ...facts(shape, placed), z: index }
}

function broken(reason: string): Unread {
  return { reason, isKept: false }
}

/** Why a shape is no object although it is no mistake either; null for all others. */
export function whyNoObject(value: unknown): string | null {
  const shape = asRecord(value)
  if (!shape || typeof shape['label'] !== 'string' || !flatPoints(shape['points'])?.length) return null
  if (shape['label'] === IGNORE_LABEL && ownValues(shape)['object'] === undefined) {
    return `is ${IGNORE_LABEL}: pixels for training to leave out, no object`
  }
  const kind = WITHOUT_AREA.get(shapeType(shape))
  return kind ? `is ${kind} and has no area` : null
}

function partsGeometry(shapes: readonly unknown[]): Geometry | string {
  const rings = shapes.map((shape) => flatPoints(asRecord(shape)!['points']))
  return rings.includes(null) ? 'has points that are no places on an image' : polygonGeometry(rings as number[][])
}

function ownValues(shape: unknown): Readonly<Record<string, unknown>> {
  return asRecord(asRecord(shape)?.[OWN_KEY]) ?? {}
}

type Facts = Omit<DatasetObject, keyof Geometry | 'label' | 'place' | 'z'>

function facts(shape: Shape, geometry: Geometry): Facts {
  const score = shape['score']
  const isScore = typeof score === 'number' && score >= 0 && score <= 1
  const group = shape['group_id']
  const values = keptOf(shape, Number.isSafeInteger(group), isScore)
  const marks = Object.fromEntries(MARKS.map((mark) => [mark, shape[mark] === true]))
  return {
    ...UNMARKED,
    ...marks,
    frame: 0,
    state: 'accepted',
    score: isScore ? score : null,
    attributes: attributesOf(shape),
    group: Number.isSafeInteger(group) && ownValues(shape)['ungrouped'] !== true ? (group as number) : null,
    source: Object.keys(values).length > 0 ? keep(ID, values, geometry) : null,
  }
}

/** Flags and the description are what a person says about an object; so are X-AnyLabeling's attributes. */
function attributesOf(shape: Shape): Annotation['attributes'] {
  const { description } = shape
  return {
    ...(hasPlainValues(shape['attributes']) ? shape['attributes'] : {}),
    ...(hasOnlyBooleans(shape['flags']) ? shape['flags'] : {}),
    ...(typeof description === 'string' && description !== '' ? { description } : {}),
  }
}

function hasPlainValues(value: unknown): value is Annotation['attributes'] {
  const record = asRecord(value)
  return record !== null && Object.values(record).every((one) => ['string', 'number', 'boolean'].includes(typeof one))
}

function hasOnlyBooleans(value: unknown): value is Record<string, boolean> {
  const record = asRecord(value)
  return record !== null && Object.values(record).every((one) => typeof one === 'boolean')
}

/** What has no place in an annotation: unknown keys, and the points of kinds that became polygons. */
function keptOf(shape: Shape, isGroup: boolean, isScore: boolean): Record<string, unknown> {
  const isPlain = ['polygon', 'mask'].includes(shapeType(shape))
  const known: Readonly<Record<string, boolean>> = {
    label: true,
    mask: shapeType(shape) === 'mask' || shape['mask'] === null,
    points: isPlain,
    shape_type: isPlain,
    [OWN_KEY]: true,
    group_id: isGroup || shape['group_id'] === null,
    score: isScore || shape['score'] === null,
    description: typeof shape['description'] === 'string' || shape['description'] === null,
    flags: hasOnlyBooleans(shape['flags']) || shape['flags'] === null,
    attributes: hasPlainValues(shape['attributes']),
    ...Object.fromEntries(MARKS.map((mark) => [mark, typeof shape[mark] === 'boolean'])),
  }
  return Object.fromEntries(Object.entries(shape).filter(([key]) => !Object.hasOwn(known, key) || !known[key]))
}
