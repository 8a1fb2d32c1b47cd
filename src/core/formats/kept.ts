/**
 * Values of a foreign file that have no place in the project, kept so that what nobody touched leaves as it came.
 * They live in `source` of annotations and labels, under the id of the format they came from.
 */
import { hash } from 'node:crypto'
import type { Annotation } from '../../shared/model.ts'

export type SourceValues = Readonly<Record<string, unknown>>

type Geometry = Pick<Annotation, 'box' | 'mask' | 'polygon'>

/** The `source` of an imported annotation: the values, whose they are, and what the geometry was when they were right. */
export function keep(format: string, values: SourceValues, geometry: Geometry): SourceValues {
  return { format, geometry: geometryHash(geometry), values }
}

/** What `format` said about an annotation; `untouched`: its box, mask and polygon are still those of the file. */
export function keptValues(annotation: Geometry & Pick<Annotation, 'source'>, format: string): { values: SourceValues; untouched: boolean } | null {
  const { source } = annotation
  if (source?.['format'] !== format || typeof source['values'] !== 'object' || source['values'] === null) return null
  return { values: source['values'] as SourceValues, untouched: source['geometry'] === geometryHash(annotation) }
}

/** The hash that `keep` took; null where nothing was kept. */
export function keptGeometry({ source }: Pick<Annotation, 'source'>): string | null {
  return typeof source?.['geometry'] === 'string' ? source['geometry'] : null
}

/** Characters of `geometryHash`. */
export const GEOMETRY_HASH_LENGTH = 22

/** Numbers of a geometry on their way into a hash; grows to the largest met. */
let scratch = new Float64Array(1024)

/** The same for the same numbers. They are hashed as they are in memory: to write them out in decimals takes five times as long. */
export function geometryHash({ box, mask, polygon }: Geometry): string {
  const numbers = 8 + (polygon ? polygon.reduce((sum, ring) => sum + 1 + ring.length, 0) : 0)
  const length = numbers + Math.ceil((mask?.counts.length ?? 0) / 8)
  if (length > scratch.length) scratch = new Float64Array(length * 2)
  const values = scratch
  let at = 0
  // There is one zero: -0 does not come back from JSON.
  const put = (value: number) => (values[at++] = value + 0)
  for (const value of [box.x0, box.y0, box.x1, box.y1, polygon?.length ?? -1, mask?.size[0] ?? -1, mask?.size[1] ?? -1, mask?.counts.length ?? -1]) put(value)
  for (const ring of polygon ?? []) {
    put(ring.length)
    for (let i = 0; i < ring.length; i++) values[at++] = ring[i]! + 0
  }
  const bytes = Buffer.from(values.buffer, 0, length * 8)
  if (mask) bytes.fill(0, at * 8).write(mask.counts, at * 8, 'latin1')
  return hash('sha256', bytes, 'base64url').slice(0, GEOMETRY_HASH_LENGTH)
}
