/** What becomes of records when a person changes them. */
import type { AnnotationDoc } from '../../shared/appContract.ts'
import type { ChangeSet } from '../../shared/changes.ts'
import { apply, isSame } from '../../shared/changes.ts'
import { AppError } from '../../shared/errors.ts'
import { hasOutline } from '../../shared/model.ts'
import type { Annotation, AnnotationId } from '../../shared/model.ts'
import type { Pending } from './autosave.ts'

export type Annotations = ReadonlyMap<AnnotationId, Annotation>

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
  return hasOutline(from) && !(isSame(from.mask, to.mask) && isSame(from.polygon, to.polygon))
}

/** The annotation as a gesture left it. */
export function recordOf({ added, updated }: ChangeSet, id: AnnotationId): Annotation | undefined {
  return added.find((record) => record.id === id) ?? updated.find(([, to]) => to.id === id)?.[1]
}

/** Those loaded; records that did not change stay the same objects, so that what is cached under them stays. */
export function keptSame(before: Annotations, loaded: Iterable<Annotation>): Annotations {
  const same = (record: Annotation) => {
    const present = before.get(record.id)
    return present && isSame(present, record) ? present : record
  }
  return new Map([...loaded].map((record) => [record.id, same(record)]))
}

/** What is not yet stored on what is, as far as it fits, and which of it does. */
export function onTop(doc: AnnotationDoc, pending: readonly Pending[]): { annotations: Annotations; kept: Pending[] } {
  let annotations: Annotations = new Map(doc.annotations.map((annotation) => [annotation.id, annotation]))
  const kept = pending.filter(({ changes }) => {
    try {
      annotations = apply(annotations, changes)
      return true
    } catch (error) {
      if (error instanceof AppError) return false
      throw error
    }
  })
  return { annotations, kept }
}
