/**
 * A ChangeSet says what became of annotations, with the record before and after. It is what is saved, undone, logged
 * and sent: undo applies the reverse, a drag is the squash of its moves.
 * The idea is tldraw's RecordsDiff (packages/store/src/lib/RecordsDiff.ts).
 */
import { z } from 'zod'
import { AppError } from './errors.ts'
import { AnnotationSchema } from './model.ts'
import type { Annotation, AnnotationId } from './model.ts'

export interface ChangeSet {
  readonly added: readonly Annotation[]
  /** The record before and after; both have the same id. */
  readonly updated: readonly (readonly [from: Annotation, to: Annotation])[]
  readonly removed: readonly Annotation[]
}

/** For the wire: also refuses a ChangeSet that names an annotation twice or changes its id or image. */
export const ChangeSetSchema = z
  .object({
    added: z.array(AnnotationSchema).readonly(),
    updated: z.array(z.tuple([AnnotationSchema, AnnotationSchema]).readonly()).readonly(),
    removed: z.array(AnnotationSchema).readonly(),
  })
  .refine((changes) => problemOf(changes) === null, 'the changes contradict each other')

/** Why a box is stored whose mask is asked for at that moment: by it the log tells boxes that wait for a mask. */
export const DRAW_BOX = 'draw box'

export const EMPTY_CHANGES: ChangeSet = Object.freeze({
  added: Object.freeze([]),
  updated: Object.freeze([]),
  removed: Object.freeze([]),
})

export function isEmpty(changes: ChangeSet): boolean {
  return changes.added.length + changes.updated.length + changes.removed.length === 0
}

/** The changes that undo `changes`. */
export function reverse(changes: ChangeSet): ChangeSet {
  return {
    added: changes.removed,
    updated: changes.updated.map(([from, to]) => [to, from] as const),
    removed: changes.added,
  }
}

/**
 * The annotations after `changes`, as a new Map.
 * Throws `stale-revision` where the annotations are not those the changes were made from,
 * `invalid-argument` where the changes contradict each other.
 */
export function apply(
  annotations: ReadonlyMap<AnnotationId, Annotation>,
  changes: ChangeSet,
): Map<AnnotationId, Annotation> {
  const result = new Map(annotations)
  for (const { id, from, to } of stepsOf(changes)) {
    if (!fits(result.get(id), from)) throw misfit(id)
    if (to) result.set(id, to)
    else result.delete(id)
  }
  return result
}

/**
 * One ChangeSet that does what the given ones do one after the other; what ends as it began is left out.
 * Throws `stale-revision` where one does not start from where the one before it ended.
 */
export function squash(...sets: readonly ChangeSet[]): ChangeSet {
  const net = new Map<AnnotationId, Step>()
  for (const changes of sets) {
    for (const step of stepsOf(changes)) {
      const earlier = net.get(step.id)
      if (earlier && !fits(earlier.to ?? undefined, step.from)) throw misfit(step.id)
      net.set(step.id, { id: step.id, from: earlier ? earlier.from : step.from, to: step.to })
    }
  }
  return changesOf(net.values())
}

/** True when two records say the same, whatever the order of their keys. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]))
}

/** What a ChangeSet does to one annotation; null stands for "not there". */
export interface Step {
  readonly id: AnnotationId
  readonly from: Annotation | null
  readonly to: Annotation | null
}

/** One step per annotation, removals first. Throws `invalid-argument` where the changes contradict each other. */
export function stepsOf(changes: ChangeSet): Step[] {
  const problem = problemOf(changes)
  if (problem) throw new AppError('invalid-argument', problem)
  return [
    ...changes.removed.map((from) => ({ id: from.id, from, to: null })),
    ...changes.updated.map(([from, to]) => ({ id: from.id, from, to })),
    ...changes.added.map((to) => ({ id: to.id, from: null, to })),
  ]
}

function changesOf(steps: Iterable<Step>): ChangeSet {
  const added: Annotation[] = []
  const updated: (readonly [Annotation, Annotation])[] = []
  const removed: Annotation[] = []
  for (const { from, to } of steps) {
    if (from && to && !isSame(from, to)) updated.push([from, to])
    else if (from && !to) removed.push(from)
    else if (to && !from) added.push(to)
  }
  return { added, updated, removed }
}

/** Why the changes cannot be meant, or null. */
function problemOf(changes: ChangeSet): string | null {
  const moved = changes.updated.find(([from, to]) => from.id !== to.id || from.imageId !== to.imageId)
  if (moved) return `A change may not give annotation ${moved[0].id} another id or image.`
  const seen = new Set<AnnotationId>()
  for (const { id } of [...changes.removed, ...changes.updated.map(([from]) => from), ...changes.added]) {
    if (seen.has(id)) return `The changes name annotation ${id} twice.`
    seen.add(id)
  }
  return null
}

function fits(present: Annotation | undefined, from: Annotation | null): boolean {
  return from ? present !== undefined && isSame(present, from) : present === undefined
}

function misfit(id: AnnotationId): AppError {
  return new AppError('stale-revision', 'This annotation was changed meanwhile. Reload the image and make the change again.', {
    annotationId: id,
  })
}
