/** Undo and redo for one window: one stack per image, one entry per gesture. */
import type { ChangeSet } from '../../shared/changes.ts'
import { isEmpty, reverse, squash } from '../../shared/changes.ts'
import { AppError } from '../../shared/errors.ts'
import type { ImageId } from '../../shared/model.ts'

interface Stacks {
  readonly undo: ChangeSet[]
  readonly redo: ChangeSet[]
}

export class History {
  readonly #byImage = new Map<ImageId, Stacks>()

  #stacks(imageId: ImageId): Stacks {
    let stacks = this.#byImage.get(imageId)
    if (!stacks) this.#byImage.set(imageId, (stacks = { undo: [], redo: [] }))
    return stacks
  }

  /** A finished gesture; what was undone before it can no longer be redone. */
  record(imageId: ImageId, changes: ChangeSet): void {
    if (isEmpty(changes)) return
    const stacks = this.#stacks(imageId)
    stacks.undo.push(changes)
    stacks.redo.length = 0
  }

  /**
   * Puts changes into a gesture recorded before, if nothing later touched the same annotations; returns the gesture as it
   * is now, or null where it was undone or the changes do not follow from it.
   */
  amend(imageId: ImageId, gesture: ChangeSet, changes: ChangeSet): ChangeSet | null {
    const { undo } = this.#stacks(imageId)
    const at = undo.lastIndexOf(gesture)
    if (at < 0) return null
    try {
      const amended = squash(gesture, changes)
      undo[at] = amended
      return amended
    } catch (error) {
      if (error instanceof AppError && error.code === 'stale-revision') return null
      throw error
    }
  }

  /** The changes that take back the last gesture, or null. */
  undo(imageId: ImageId): ChangeSet | null {
    const { undo, redo } = this.#stacks(imageId)
    const changes = undo.pop()
    if (!changes) return null
    redo.push(changes)
    return reverse(changes)
  }

  /** The changes that do the last undone gesture again, or null. */
  redo(imageId: ImageId): ChangeSet | null {
    const { undo, redo } = this.#stacks(imageId)
    const changes = redo.pop()
    if (!changes) return null
    undo.push(changes)
    return changes
  }

  canUndo(imageId: ImageId): boolean {
    return this.#stacks(imageId).undo.length > 0
  }

  canRedo(imageId: ImageId): boolean {
    return this.#stacks(imageId).redo.length > 0
  }

  /** After somebody else changed the image: entries no longer fit what is stored. */
  forget(imageId: ImageId): void {
    this.#byImage.delete(imageId)
  }

  forgetAll(): void {
    this.#byImage.clear()
  }
}
