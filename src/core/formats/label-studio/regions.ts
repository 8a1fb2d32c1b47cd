/** The results of one annotation as objects: results of one region together, parts of one object together. */
import type { Size } from '../../../shared/geometry.ts'
import { UNMARKED } from '../../../shared/model.ts'
import type { Annotation, AnnotationState } from '../../../shared/model.ts'
import { SWAPPED_CORNERS } from '../dataset.ts'
import type { DatasetObject } from '../dataset.ts'
import { asRecord, polygonGeometry, withStatedBox } from '../common/foreignShapes.ts'
import type { Geometry } from '../common/foreignShapes.ts'
import { keep } from '../kept.ts'
import { ID, MARKS, OWN_KEY, regionAttributes } from './names.ts'
import type { Values } from './names.ts'
import { kindOf, regionGeometry } from './shapes.ts'
import type { Kind } from './shapes.ts'

export interface Region {
  readonly kind: Kind
  /** The result that draws it, the first part where there are several. */
  readonly main: Values
  readonly parts: readonly Values[]
  /** All results about it, `main` among them. */
  readonly results: readonly Values[]
}

export interface Regions {
  readonly regions: readonly Region[]
  /** Results that are about no region: relations, choices for the whole picture. */
  readonly others: readonly Values[]
  /** Entries that are no results at all. */
  readonly broken: number
}

export function regionsOf(list: unknown): Regions {
  const entries = (Array.isArray(list) ? list : []) as unknown[]
  const results = entries.map(asRecord).filter((result) => result !== null)
  const drawn = results.filter((result) => drawnKind(result) !== null && result['type'] !== 'relation')
  const groups = [...Map.groupBy(drawn, (result) => result['id'] ?? result).values()]
  const regions = groups.map((group): Region => {
    const main = group.find(({ type }) => /^(rectangle|polygon|ellipse|brush|keypoint)(labels)?$/.test(String(type))) ?? group[0]!
    return { kind: drawnKind(main)!, main, parts: [main], results: group }
  })
  const others = results.filter((result) => !drawn.includes(result))
  return { regions: joinParts(regions), others, broken: entries.length - results.length }
}

function drawnKind({ type, value }: Values): Kind | null {
  return kindOf({ type, value: asRecord(value) ?? {} })
}

function joinParts(regions: readonly Region[]): Region[] {
  const whole = Map.groupBy(regions, (region) => ownValues(region.main)['object'] ?? region)
  return [...whole.values()].map((parts) => ({
    ...parts[0]!,
    parts: parts.map(({ main }) => main),
    results: parts.flatMap(({ results }) => results),
  }))
}

export function ownValues(result: Values): Values {
  return asRecord(result[OWN_KEY]) ?? {}
}

/** Why a region is no object although it is no mistake either; null for all others. */
export function whyNoObject({ kind }: Region): string | null {
  return kind === 'keypoint' ? 'is a point and has no area' : null
}

/** All labels that a region has, in their order. */
export function labelsOf(results: readonly Values[]): string[] {
  const lists = results.flatMap(({ value }) => Object.entries(asRecord(value) ?? {})).filter(([key]) => key.endsWith('labels'))
  const names = lists.flatMap(([, list]) => (Array.isArray(list) ? list : [])).filter((name) => typeof name === 'string')
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))]
}

/** An object, or the words that say why it is none. `score`: of the prediction it is part of. */
export function readRegion(
  region: Region,
  size: Size,
  index: number,
  state: AnnotationState,
  score: unknown,
): DatasetObject | string {
  const { kind, main, parts, results } = region
  const [label] = labelsOf(results)
  if (label === undefined) return 'has no label'
  const geometry = geometryOf(kind, parts, size)
  if (typeof geometry === 'string') return geometry
  const own = ownValues(main)
  const placed = withStatedBox(geometry, own)
  return {
    ...UNMARKED,
    ...Object.fromEntries(MARKS.map((mark) => [mark, own[mark] === true])),
    ...placed,
    label,
    ...(kind === 'rectangle' && parts.some(isSwapped) && { remark: SWAPPED_CORNERS }),
    place: `region ${typeof main['id'] === 'string' ? main['id'].slice(0, 40) : index + 1} (${label})`,
    frame: 0,
    state,
    score: [main['score'], score].find((one): one is number => typeof one === 'number' && one >= 0 && one <= 1) ?? null,
    attributes: { ...regionAttributes(results), ...plainAttributes(own['attributes']) },
    group: Number.isSafeInteger(own['group']) ? (own['group'] as number) : null,
    z: index,
    source: Object.keys(own).length > 0 ? null : keep(ID, { results: results.map(withoutPixels) }, placed),
  }
}

function isSwapped(part: Values): boolean {
  const { width, height } = asRecord(part['value']) ?? {}
  return Number(width) < 0 || Number(height) < 0
}

function geometryOf(kind: Kind, parts: readonly Values[], size: Size): Geometry | string {
  const found = parts.map((part) => regionGeometry(kind, part, asRecord(part['value']) ?? {}, size, ownValues(part)['pixels']))
  const wrong = found.find((one) => typeof one === 'string')
  if (wrong !== undefined) return wrong
  const geometries = found as Geometry[]
  return geometries.length === 1 ? geometries[0]! : polygonGeometry(geometries.flatMap(({ polygon }) => polygon ?? []))
}

function plainAttributes(values: unknown): Annotation['attributes'] {
  const entries = Object.entries(asRecord(values) ?? {})
  return Object.fromEntries(
    entries.filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)),
  ) as Annotation['attributes']
}

/** A mask is kept as the mask of the object. */
function withoutPixels(result: Values): Values {
  const { rle, ...rest } = result
  const { rle: inner, ...value } = asRecord(result['value']) ?? {}
  return rle === undefined && inner === undefined ? result : { ...rest, value }
}
