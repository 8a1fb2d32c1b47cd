/**
 * Values of a foreign file that have no place in the project, kept so that what nobody touched leaves as it came.
 * They live in `source` of annotations and labels, under the id of the format they came from.
 */
import { createHash } from 'node:crypto'
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

/** The same for the same geometry, whatever the order of keys. */
export function geometryHash({ box, mask, polygon }: Geometry): string {
  const text = JSON.stringify([box.x0, box.y0, box.x1, box.y1, mask && [mask.size, mask.counts], polygon])
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
