/** A drag draws a box; on release the models are asked for what is in it. */
import { DRAW_BOX, isSame } from '../../../shared/changes.ts'
import type { Box, ImagePoint } from '../../../shared/geometry.ts'
import type { LabelId } from '../../../shared/model.ts'
import type { Editor, PointerInput } from '../editorTypes.ts'
import { REACH, reachOf } from '../gestures.ts'
import { drawnAnnotation, withModelMask } from '../shapes.ts'
import { boxBetween, isThin, snapPoint } from './boxEdit.ts'
import { Tool } from './tool.ts'

export class BoxTool extends Tool {
  readonly name = 'box'
  #from: ImagePoint = { x: 0, y: 0 }

  override pointerDown(input: PointerInput): void {
    if (input.right) return
    this.#from = this.#snapped(input)
    this.state = 'drawing'
  }

  override pointerMove(input: PointerInput): void {
    if (this.state === 'drawing') this.editor.setDraft({ kind: 'box', box: this.#box(input) })
  }

  override pointerUp(input: PointerInput): void {
    if (this.state !== 'drawing') return
    const box = this.#box(input)
    this.finish()
    if (isThin(box, Math.max(1, REACH / 2 / this.editor.state.viewport.scale))) this.#selectAt(input)
    else this.editor.withLabel((labelId) => addBox(this.editor, box, labelId))
  }

  #box(input: PointerInput): Box {
    return boxBetween(this.#from, this.#snapped(input), this.editor.state.image!)
  }

  #snapped({ at }: PointerInput): ImagePoint {
    return snapPoint(at, this.editor.state.image!, reachOf(this.editor))
  }

  /** A click without a drag means what is there already. */
  #selectAt({ at }: PointerInput): void {
    const hit = this.editor.hits().at(at, reachOf(this.editor))[0]
    this.editor.select(hit ? [hit.id] : [])
  }
}

/** The box is stored at once; its mask joins the same step of undo when it comes. */
function addBox(editor: Editor, box: Box, labelId: LabelId): void {
  const added = drawnAnnotation(editor.state, labelId, { box })
  const gesture = editor.commit({ added: [added], updated: [], removed: [] }, DRAW_BOX)
  if (!gesture) return
  editor.select([added.id])
  void editor.segment([{ box, points: [] }]).then((results) => {
    const mask = results?.[0]?.mask
    if (mask) editor.amend(gesture, added.id, (now) => (isSame(now.box, box) && !now.mask ? withModelMask(now, mask) : now), 'mask')
  })
}
