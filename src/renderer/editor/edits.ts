/** What becomes of records when a person changes them. */
import type { ChangeSet } from '../../shared/changes.ts'
import { isSame } from '../../shared/changes.ts'
import type { Annotation, AnnotationId } from '../../shared/model.ts'

/**
 * Without records that stay as they are. Whoever changes a proposal has looked at it, so it is accepted; and a model's
 * score says nothing about an outline or a label that a person corrected, so it goes.
 */
export function acceptEdited(changes: ChangeSet): ChangeSet {
  const updated = changes.updated.filter(([from, to]) => !isSame(from, to))
  return { ...changes, updated: updated.map(([from, to]) => [from, acceptedAfter(from, to)]) }
}

function acceptedAfter(from: Annotation, to: Annotation): Annotation {
  const accepted = to.state === 'proposed' ? { ...to, state: 'accepted' as const } : to
  return to.score !== null && isCorrected(from, to) ? { ...accepted, score: null } : accepted
}

/** A first mask for a box is no correction. */
function isCorrected(from: Annotation, to: Annotation): boolean {
  if (from.labelId !== to.labelId || !isSame(from.box, to.box)) return true
  const hadOutline = from.mask !== null || from.polygon !== null
  return hadOutline && !(isSame(from.mask, to.mask) && isSame(from.polygon, to.polygon))
}

/** The annotation as a gesture left it. */
export function recordOf({ added, updated }: ChangeSet, id: AnnotationId): Annotation | undefined {
  return added.find((record) => record.id === id) ?? updated.find(([, to]) => to.id === id)?.[1]
}
