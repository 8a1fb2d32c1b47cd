/** Boxes whose masks never came: the window was closed, or the models could not, before they answered. */
import { DRAW_BOX } from '../../shared/changes.ts'
import { hasOutline } from '../../shared/model.ts'
import type { AnnotationId, ImageId } from '../../shared/model.ts'
import type { Project } from '../store/project.ts'

/** By the log: drawn for a mask, and without one ever since. Boxes that were imported, or whose mask was taken back, are not among them. */
export function masksToCome({ annotations, log }: Project, imageId: ImageId): AnnotationId[] {
  const open = annotations.load(imageId).annotations.filter((one) => one.origin === 'drawn' && !hasOutline(one))
  if (open.length === 0) return []
  const drawn = new Set<AnnotationId>()
  const had = new Set<AnnotationId>()
  for (const { reason, changes } of log.ofImage(imageId)) {
    if (reason === DRAW_BOX) for (const { id } of changes.added) drawn.add(id)
    for (const record of [...changes.added, ...changes.updated.map(([, to]) => to)]) if (hasOutline(record)) had.add(record.id)
  }
  return open.map(({ id }) => id).filter((id) => drawn.has(id) && !had.has(id))
}
