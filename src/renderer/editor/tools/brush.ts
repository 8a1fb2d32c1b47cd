/** Strokes add to or take from the mask of the selected annotation; a brush without one starts a new mask. */
import type { ImagePoint } from '../../../shared/geometry.ts'
import type { MaskCrop } from '../../../shared/maskCrop.ts'
import { cropToRle } from '../../../shared/maskCrop.ts'
import { hasOutline } from '../../../shared/model.ts'
import type { Annotation } from '../../../shared/model.ts'
import type { Editor, PointerInput } from '../editorTypes.ts'
import { reachOf } from '../gestures.ts'
import { coveredPixels } from '../maskCache.ts'
import { combineCrops, cropExtent, foregroundBox } from '../maskCrop.ts'
import { drawnAnnotation, withBoxKept, withPixels } from '../shapes.ts'
import { strokeCrop } from './stroke.ts'
import { Tool } from './tool.ts'

export class BrushTool extends Tool {
  readonly name: 'brush' | 'eraser'
  #points: readonly ImagePoint[] = []
  #isErasing = false

  constructor(editor: Editor, name: 'brush' | 'eraser') {
    super(editor)
    this.name = name
  }

  override pointerDown(input: PointerInput): void {
    this.#isErasing = (this.name === 'eraser') !== (input.right || input.alt)
    this.#points = [input.at]
    this.state = 'painting'
    this.#show()
  }

  override pointerMove({ at }: PointerInput): void {
    if (this.state !== 'painting') return
    this.#points = [...this.#points, at]
    this.#show()
  }

  override pointerUp(): void {
    if (this.state !== 'painting') return
    const stroke = strokeCrop(this.#points, this.editor.state.brushRadius, this.editor.state.image!)
    const target = this.#target()
    this.finish()
    if (target) paint(this.editor, target, stroke, this.#isErasing)
    else if (!this.#isErasing) startMask(this.editor, stroke)
  }

  #show(): void {
    const { brushRadius } = this.editor.state
    this.editor.setDraft({ kind: 'stroke', points: this.#points, radius: brushRadius, erase: this.#isErasing })
  }

  /** The one selected; an eraser without one means what lies where it starts. */
  #target(): Annotation | null {
    const { annotations, selection, locked } = this.editor.state
    const [first] = selection
    const selected = selection.size === 1 ? annotations.get(first!) : undefined
    const under = this.#isErasing ? this.editor.hits().at(this.#points[0]!, reachOf(this.editor))[0] : undefined
    const target = selected ?? under
    return target && !locked.has(target.id) ? target : null
  }
}

function paint(editor: Editor, target: Annotation, stroke: MaskCrop, isErasing: boolean): void {
  const size = editor.state.image!
  const isBoxOnly = !hasOutline(target)
  const before = coveredPixels(target, size)
  const added = isErasing ? stroke : sparingOthers(editor, stroke, target)
  const pixels = isErasing ? combineCrops(before, added, 'subtract') : isBoxOnly ? added : combineCrops(before, added, 'union')
  const to = withPixels(target, pixels, size)
  if (to) editor.update([target.id], () => withBoxKept(target, to, size), isErasing ? 'erase' : 'paint')
  else if (isErasing) editor.commit({ added: [], updated: [], removed: [target] }, 'erase')
}

function startMask(editor: Editor, stroke: MaskCrop): void {
  editor.withLabel((labelId) => {
    const size = editor.state.image!
    const pixels = sparingOthers(editor, stroke, null)
    const box = foregroundBox(pixels)
    if (!box) return
    const added = drawnAnnotation(editor.state, labelId, { box, mask: cropToRle(pixels, size) })
    if (editor.commit({ added: [added], updated: [], removed: [] }, 'paint')) editor.select([added.id])
  })
}

/** The stroke without the pixels of other annotations, where painting over them is not wanted. Boxes alone hold no pixels. */
function sparingOthers(editor: Editor, stroke: MaskCrop, target: Annotation | null): MaskCrop {
  if (editor.state.paintOverOthers) return stroke
  const others = editor.hits().meeting(cropExtent(stroke)).filter(({ id, mask, polygon }) => id !== target?.id && (mask || polygon))
  return others.reduce((left, other) => combineCrops(left, coveredPixels(other, editor.state.image!), 'subtract'), stroke)
}
