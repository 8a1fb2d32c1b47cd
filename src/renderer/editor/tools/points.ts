/**
 * Left clicks add, right or Alt clicks take away; the mask follows every click. With an annotation selected its box is
 * part of the question, without one a new annotation comes of the clicks. Every click is a step of undo.
 */
import type { Box, Size } from '../../../shared/geometry.ts'
import { clipBox } from '../../../shared/geometry.ts'
import type { Annotation, LabelId } from '../../../shared/model.ts'
import type { KeyInput, PointerInput, SegmentResult } from '../editorTypes.ts'
import { maskCrop } from '../maskCache.ts'
import type { MaskCrop } from '../maskCrop.ts'
import { combineCrops, cropToRle, foregroundBox, isForeground, splitCrop } from '../maskCrop.ts'
import { drawnAnnotation, withModelMask } from '../shapes.ts'
import type { Click } from '../state.ts'
import { Tool } from './tool.ts'

interface Question {
  readonly box: Box | null
  readonly clicks: readonly Click[]
}

/** What was asked to get an annotation: undo brings back the record, and with it its clicks. */
const questions = new WeakMap<Annotation, Question>()

/** The clicks an annotation came of, for the overlay. */
export function clicksOf(annotation: Annotation): readonly Click[] {
  return questions.get(annotation)?.clicks ?? []
}

export class PointsTool extends Tool {
  readonly name = 'points'
  /** The question under way; null when every click is answered. */
  #asked: Question | null = null

  override pointerDown({ at, right, alt }: PointerInput): void {
    const { image, selection, locked } = this.editor.state
    if (at.x < 0 || at.y < 0 || at.x >= image!.width || at.y >= image!.height) return
    const target = this.#target()
    if (selection.size > 0 && (!target || locked.has(target.id))) return
    const before = this.#asked ?? (target && questions.get(target)) ?? { box: target?.box ?? null, clicks: [] }
    const isFirstOfNew = !target && before.clicks.length === 0
    if (isFirstOfNew && (right || alt)) return
    this.#ask({ box: before.box, clicks: [...before.clicks, { at, positive: !(right || alt) }] }, target)
  }

  override key({ key }: KeyInput): boolean {
    if (key !== 'Enter' || !this.#target() || this.state !== 'idle') return false
    const { clicks } = questions.get(this.#target()!) ?? { clicks: [] }
    if (clicks.length === 0) return false
    this.editor.select([])
    return true
  }

  protected override finish(): void {
    super.finish()
    this.#asked = null
  }

  #target(): Annotation | null {
    const { annotations, selection } = this.editor.state
    const [id] = selection
    return (selection.size === 1 && annotations.get(id!)) || null
  }

  #ask(question: Question, target: Annotation | null): void {
    this.#asked = question
    this.state = 'waiting'
    this.editor.setDraft({ kind: 'clicks', clicks: question.clicks })
    const points = question.clicks.map(({ at, positive }) => ({ x: at.x, y: at.y, positive }))
    void this.editor.previewMask({ box: question.box, points }).then((result) => {
      if (this.#asked !== question) return
      this.cancel()
      if (result) this.#answer(question, target, result)
      this.editor.store.setState({ toolPath: this.path })
    })
  }

  #answer(question: Question, target: Annotation | null, answer: SegmentResult): void {
    const { editor } = this
    const result = question.box ? answer : clickedParts(answer, question.clicks, editor.state.image!)
    if (result.box.x0 >= result.box.x1 || result.box.y0 >= result.box.y1) {
      editor.report('The model finds nothing at these points. Click into the middle of the object.')
    } else if (target) {
      const now = editor.state.annotations.get(target.id)
      if (now) this.#remember(editor.update([now.id], () => withModelMask(now, result.mask, this.#boxOf(result)), 'points'), now, question)
    } else editor.withLabel((labelId) => this.#add(question, labelId, result))
  }

  #add(question: Question, labelId: LabelId, result: SegmentResult): void {
    const { editor } = this
    const added = withModelMask(drawnAnnotation(editor.state, labelId, { box: this.#boxOf(result) }), result.mask)
    const gesture = editor.commit({ added: [added], updated: [], removed: [] }, 'points')
    if (gesture) editor.select([added.id])
    this.#remember(gesture, added, question)
  }

  #remember(gesture: unknown, { id }: Annotation, question: Question): void {
    const now = this.editor.state.annotations.get(id)
    if (gesture && now) questions.set(now, question)
  }

  #boxOf({ box }: SegmentResult): Box {
    return clipBox(box, this.editor.state.image!)
  }
}

/** Without a box a model also marks what merely looks alike: only the parts that were clicked are kept, where there are any. */
function clickedParts(result: SegmentResult, clicks: readonly Click[], size: Size): SegmentResult {
  const parts = splitCrop(maskCrop(result.mask))
  const isClicked = (part: MaskCrop) =>
    clicks.some(({ at, positive }) => positive && isForeground(part, Math.floor(at.x), Math.floor(at.y)))
  const clicked = parts.filter(isClicked)
  if (clicked.length === 0 || clicked.length === parts.length) return result
  const kept = clicked.reduce((all, part) => combineCrops(all, part, 'union'))
  return { ...result, mask: cropToRle(kept, size), box: foregroundBox(kept)! }
}
