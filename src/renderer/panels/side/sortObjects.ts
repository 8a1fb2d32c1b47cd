/** The order of the object list. */
import type { LabelRow } from '../../../shared/appContract.ts'
import type { Annotation, LabelId } from '../../../shared/model.ts'

export const SORTS = ['place', 'score', 'label'] as const
export type Sort = (typeof SORTS)[number]

/** By place: top to bottom, then left to right. By score: the least certain first, because they want a look. */
export function sortObjects(annotations: Iterable<Annotation>, sort: Sort, labels: readonly LabelRow[]): Annotation[] {
  const names = new Map<LabelId, string>(labels.map(({ id, name }) => [id, name]))
  const byPlace = (a: Annotation, b: Annotation) => a.box.y0 - b.box.y0 || a.box.x0 - b.box.x0
  const orders: Record<Sort, (a: Annotation, b: Annotation) => number> = {
    place: byPlace,
    score: (a, b) => (a.score ?? 2) - (b.score ?? 2) || byPlace(a, b),
    label: (a, b) => (names.get(a.labelId) ?? '').localeCompare(names.get(b.labelId) ?? '') || byPlace(a, b),
  }
  return [...annotations].sort(orders[sort])
}
