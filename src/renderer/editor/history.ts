/**
 * Undo and redo for one window: a stack per image and one for labels, which belong to every image; one entry per gesture.
 * What is undone is the latest of the image at hand and of the labels, by the order in which they were done.
 */
import type { ChangeSet } from '../../shared/changes.ts'
import { isEmpty, reverse, squash } from '../../shared/changes.ts'
import { AppError } from '../../shared/errors.ts'
import type { Annotation, AnnotationId, ImageId, LabelId } from '../../shared/model.ts'
import type { ProjectAct } from './labelActs.ts'

interface Entry<What> {
  /** When it was done, counted in gestures of this window. */
  readonly at: number
  /** When it was undone last, counted likewise. */
  undoneAt: number
  what: What
}

interface Stacks<What> {
  readonly undo: Entry<What>[]
  readonly redo: Entry<What>[]
}

export interface ActStep {
  readonly act: ProjectAct
  readonly at: number
}

/** What has to be done to go a step back or forth. */
export type Step = { readonly changes: ChangeSet } | ActStep

export class History {
  readonly #byImage = new Map<ImageId, Stacks<ChangeSet>>()
  #labels: Stacks<ProjectAct> = { undo: [], redo: [] }
  #done = 0
  #undone = 0

  #stacks(imageId: ImageId | null): Stacks<ChangeSet> {
    let stacks = imageId === null ? undefined : this.#byImage.get(imageId)
    if (!stacks) {
      stacks = { undo: [], redo: [] }
      if (imageId !== null) this.#byImage.set(imageId, stacks)
    }
    return stacks
  }

  /** A finished gesture; what was undone before it on this image, or of labels, can no longer be redone. */
  record(imageId: ImageId, changes: ChangeSet): void {
    if (isEmpty(changes)) return
    const stacks = this.#stacks(imageId)
    stacks.undo.push({ at: ++this.#done, undoneAt: 0, what: changes })
    stacks.redo.length = this.#labels.redo.length = 0
  }

  /** What a person did to labels; nothing undone before it can be redone. */
  recordAct(act: ProjectAct): void {
    for (const { redo } of this.#byImage.values()) redo.length = 0
    this.#labels.redo.length = 0
    const last = this.#labels.undo.at(-1)
    if (last?.at === this.#done && act.joins !== null && last.what.joins === act.joins) last.what = { ...act, undo: last.what.undo }
    else this.#labels.undo.push({ at: ++this.#done, undoneAt: 0, what: act })
  }

  /**
   * Puts changes into a gesture recorded before, if nothing later touched the same annotations; returns the gesture as it
   * is now, or null where it was undone or the changes do not follow from it.
   */
  amend(imageId: ImageId, gesture: ChangeSet, changes: ChangeSet): ChangeSet | null {
    const entry = this.#stacks(imageId).undo.findLast(({ what }) => what === gesture)
    if (!entry) return null
    try {
      entry.what = squash(gesture, changes)
      return entry.what
    } catch (error) {
      if (error instanceof AppError && error.code === 'stale-revision') return null
      throw error
    }
  }

  /** The last gesture on an image, or null. */
  last(imageId: ImageId | null): ChangeSet | null {
    return this.#stacks(imageId).undo.at(-1)?.what ?? null
  }

  /** What takes back the last gesture, or null. */
  undo(imageId: ImageId | null): Step | null {
    const own = this.#stacks(imageId)
    const isLabels = (this.#labels.undo.at(-1)?.at ?? 0) > (own.undo.at(-1)?.at ?? 0)
    if (isLabels) return stepOf(this.#move(this.#labels.undo, this.#labels.redo))
    const entry = this.#move(own.undo, own.redo)
    return entry && { changes: reverse(entry.what) }
  }

  /** What does the last undone gesture again, or null. */
  redo(imageId: ImageId | null): Step | null {
    const own = this.#stacks(imageId)
    const isLabels = (this.#labels.redo.at(-1)?.undoneAt ?? 0) > (own.redo.at(-1)?.undoneAt ?? 0)
    if (isLabels) return stepOf(this.#move(this.#labels.redo, this.#labels.undo))
    const entry = this.#move(own.redo, own.undo)
    return entry && { changes: entry.what }
  }

  #move<What>(from: Entry<What>[], to: Entry<What>[]): Entry<What> | null {
    const entry = from.pop()
    if (!entry) return null
    entry.undoneAt = ++this.#undone
    to.push(entry)
    return entry
  }

  canUndo(imageId: ImageId | null): boolean {
    return this.#stacks(imageId).undo.length + this.#labels.undo.length > 0
  }

  canRedo(imageId: ImageId | null): boolean {
    return this.#stacks(imageId).redo.length + this.#labels.redo.length > 0
  }

  /** Images with gestures that came after. */
  imagesAfter(at: number): ImageId[] {
    return [...this.#byImage].filter(([, { undo, redo }]) => [...undo, ...redo].some((entry) => entry.at > at)).map(([imageId]) => imageId)
  }

  /** In gestures that came after: these annotations (all where null) have the label `to` where they had `from`. */
  relabel(at: number, ids: ReadonlySet<AnnotationId> | null, from: LabelId, to: LabelId): void {
    const change = (record: Annotation) =>
      record.labelId === from && (ids?.has(record.id) ?? true) ? { ...record, labelId: to } : record
    for (const { undo, redo } of this.#byImage.values())
      for (const entry of [...undo, ...redo]) if (entry.at > at) entry.what = mapped(entry.what, change)
  }

  /** Gestures that came before, and are undone: they can no longer be redone. */
  forgetUndoneBefore(at: number): void {
    for (const { redo } of this.#byImage.values()) redo.splice(0, Infinity, ...redo.filter((entry) => entry.at > at))
  }

  /** An act that can't be undone or redone any more. */
  forgetAct(act: ProjectAct): void {
    const others = (entries: readonly Entry<ProjectAct>[]) => entries.filter(({ what }) => what !== act)
    this.#labels = { undo: others(this.#labels.undo), redo: others(this.#labels.redo) }
  }

  /** After somebody else changed the image: entries no longer fit what is stored. */
  forget(imageId: ImageId): void {
    this.#byImage.delete(imageId)
  }

  forgetAll(): void {
    this.#byImage.clear()
    this.#labels = { undo: [], redo: [] }
  }
}

function stepOf(entry: Entry<ProjectAct> | null): ActStep | null {
  return entry && { act: entry.what, at: entry.at }
}

function mapped({ added, updated, removed }: ChangeSet, change: (record: Annotation) => Annotation): ChangeSet {
  return { added: added.map(change), updated: updated.map(([from, to]) => [change(from), change(to)] as const), removed: removed.map(change) }
}

/** Takes an act back or does it again; gestures on images that came after it are then those of another label. */
export async function stepAct(history: History, direction: 'undo' | 'redo', { act, at }: ActStep): Promise<void> {
  const { moved } = act
  if (direction === 'undo') {
    const ids = await act.undo(history.imagesAfter(at))
    if (moved) history.relabel(at, new Set(ids), moved.to, moved.from)
  } else {
    await act.redo()
    if (moved) history.relabel(at, null, moved.from, moved.to)
    if (act.removes) history.forgetUndoneBefore(at)
  }
}
