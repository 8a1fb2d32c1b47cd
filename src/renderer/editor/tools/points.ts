/**
 * Left clicks add, right or Alt clicks take away; the mask follows every click. With an annotation selected its box is
 * part of the question, without one a new annotation comes of the clicks; a click outside the box adds a piece. Every
 * click is a step of undo.
 */
import { cropToRle } from '../../../shared/maskCrop.ts'
import type { Annotation } from '../../../shared/model.ts'
import type { KeyInput, PointerInput } from '../editorTypes.ts'
import { foregroundBox } from '../maskCrop.ts'
import { drawnAnnotation, withModelMask, withPixels } from '../shapes.ts'
import type { Click } from '../state.ts'
import type { Piece } from './pieces.ts'
import { answered, piecesOf, promptsOf, united, withClick } from './pieces.ts'
import { Tool } from './tool.ts'

type Pieces = readonly Piece[]

/** What an annotation came of: undo brings back the record, and with it its clicks. */
const known = new WeakMap<Annotation, Pieces>()

/** The clicks an annotation came of, for the overlay. */
export function clicksOf(annotation: Annotation): readonly Click[] {
  return clicksIn(known.get(annotation) ?? [])
}

const clicksIn = (pieces: Pieces): readonly Click[] => pieces.flatMap(({ clicks }) => clicks)

export class PointsTool extends Tool {
  readonly name = 'points'
  /** The question under way; null when every click is answered. */
  #asked: Pieces | null = null

  override pointerDown({ at, right, alt }: PointerInput): void {
    const { image, selection, locked } = this.editor.state
    if (at.x < 0 || at.y < 0 || at.x >= image!.width || at.y >= image!.height) return
    const target = this.#target()
    if (selection.size > 0 && (!target || locked.has(target.id))) return
    const before = this.#asked ?? (target ? (known.get(target) ?? piecesOf(target, image!)) : [])
    const positive = !(right || alt)
    if (before.length === 0 && !positive) return
    this.#ask(withClick(before, { at, positive }), target)
  }

  override key({ key }: KeyInput): boolean {
    const target = this.#target()
    if (key !== 'Enter' || !target || this.state !== 'idle' || clicksOf(target).length === 0) return false
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

  #ask(pieces: Pieces, target: Annotation | null): void {
    this.#asked = pieces
    this.state = 'waiting'
    this.editor.setDraft({ kind: 'clicks', clicks: clicksIn(pieces) })
    void this.editor.previewMasks(promptsOf(pieces)).then((answers) => {
      if (this.#asked !== pieces) return
      this.cancel()
      if (answers) this.#answer(answered(pieces, answers, this.editor.state.image!), pieces, target)
      this.editor.store.setState({ toolPath: this.path })
    })
  }

  #answer(found: Pieces, asked: Pieces, target: Annotation | null): void {
    if (found.length < asked.length) this.editor.report('The model finds nothing at these points. Click into the middle of the object.')
    else if (target) this.#change(found, target)
    else this.#add(found)
  }

  #change(pieces: Pieces, { id }: Annotation): void {
    const now = this.editor.state.annotations.get(id)
    const to = now && this.#shaped(now, pieces)
    if (to) this.#remember(this.editor.update([id], () => to, 'points'), to, pieces)
  }

  #add(pieces: Pieces): void {
    const { editor } = this
    editor.withLabel((labelId) => {
      const added = this.#shaped(drawnAnnotation(editor.state, labelId, { box: { x0: 0, y0: 0, x1: 0, y1: 0 } }), pieces)
      const gesture = added && editor.commit({ added: [added], updated: [], removed: [] }, 'points')
      if (!gesture) return
      editor.select([added.id])
      this.#remember(gesture, added, pieces)
    })
  }

  /** One piece is the model's; several are the person's, since no box alone would give them again. */
  #shaped(annotation: Annotation, pieces: Pieces): Annotation | null {
    const size = this.editor.state.image!
    const crop = united(pieces)
    const box = crop && foregroundBox(crop)
    if (!box) return null
    return pieces.length > 1 ? withPixels(annotation, crop, size) : withModelMask(annotation, cropToRle(crop, size), box)
  }

  #remember(gesture: unknown, { id }: Annotation, pieces: Pieces): void {
    const now = this.editor.state.annotations.get(id)
    if (gesture && now) known.set(now, pieces)
  }
}
