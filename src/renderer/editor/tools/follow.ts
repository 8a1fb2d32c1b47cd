/** While a box is dragged, its mask follows: previews as fast as the models answer, the last one stored with the gesture. */
import type { Box } from '../../../shared/geometry.ts'
import { isSame } from '../../../shared/changes.ts'
import type { Annotation, Rle } from '../../../shared/model.ts'
import type { Editor, Gesture } from '../editorTypes.ts'
import { followsModel, stretched, withModelMask } from '../shapes.ts'

export class Follower {
  readonly #editor: Editor
  readonly #start: Annotation
  #mask: { readonly mask: Rle; readonly box: Box } | null = null
  #live = true

  constructor(editor: Editor, start: Annotation) {
    this.#editor = editor
    this.#start = start
  }

  /** The annotation with this box as far as is known; `onMask` is called when a newer mask has come. */
  aim(box: Box, onMask: () => void): Annotation {
    if (followsModel(this.#start)) void this.#ask(box, onMask)
    return this.at(box)
  }

  /** Stores the gesture, and later the mask of its last box in the same step of undo. */
  finish(box: Box, reason: string): Gesture | null {
    this.#live = false
    const to = this.at(box)
    const gesture = this.#editor.update([to.id], () => to, reason)
    if (gesture && followsModel(this.#start) && this.#mask?.box !== box) this.#complete(gesture, box)
    return gesture
  }

  stop(): void {
    this.#live = false
  }

  async #ask(box: Box, onMask: () => void): Promise<void> {
    const result = (await this.#editor.previewMasks([{ box, points: [] }]))?.[0]
    if (!result || !this.#live) return
    this.#mask = { mask: result.mask, box }
    onMask()
  }

  /** The annotation with this box as far as is known. */
  at(box: Box): Annotation {
    if (this.#mask) return withModelMask(this.#start, this.#mask.mask, box)
    return stretched(this.#start, box, this.#editor.state.image!)
  }

  #complete(gesture: Gesture, box: Box): void {
    const { id, imageId } = this.#start
    // A box moved on meanwhile, as by a key held down, asks again itself.
    const isWanted = () => {
      const { image, annotations } = this.#editor.state
      return image?.id !== imageId || isSame(annotations.get(id)?.box, box)
    }
    void this.#editor.segment([{ box, points: [] }], isWanted).then((results) => {
      const mask = results?.[0]?.mask
      if (!mask) return
      this.#editor.amend(gesture, id, (now) => (isSame(now.box, box) ? withModelMask(now, mask) : now), 'mask')
    })
  }
}
