/**
 * Clicks set vertices and a drag sets them along the way; the first one again, Enter or a double click closes. With an
 * object selected Alt, or cutting mode, makes it a hole. With a polygon selected: drag a vertex, press on an edge to add
 * one, Alt+click takes one away; a hole is moved by its handle.
 */
import type { ImagePoint } from '../../../shared/geometry.ts'
import { clipBox } from '../../../shared/geometry.ts'
import type { AnnotationId } from '../../../shared/model.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import { simplifyLine } from '../../../shared/simplify.ts'
import { editableSelection } from '../actions/selected.ts'
import type { KeyInput, PointerInput } from '../editorTypes.ts'
import { REACH, reachOf } from '../gestures.ts'
import { drawnAnnotation } from '../shapes.ts'
import { isThin } from './boxEdit.ts'
import { cutHole } from './cut.ts'
import { distance, ringOf } from './polygonEdit.ts'
import { Tool } from './tool.ts'
import type { PolygonDrag } from './polygonDrag.ts'
import { takeVertex } from './polygonDrag.ts'

/** Freehand: a point each so many CSS pixels, and how far the line drawn of them may be from the way the hand took. */
const FREEHAND = { step: 2, tolerance: 0.8 } as const

/** Fewer than three corners, or all in one line. */
const NO_AREA = 'A polygon needs three corners that do not lie in one line: click further ones, or Esc to leave it.'

export class PolygonTool extends Tool {
  readonly name = 'polygon'
  #points: readonly ImagePoint[] = []
  /** While the button is down: where in `#points` the press set its vertex. */
  #pressed: number | null = null
  #isFreehand = false
  /** The object that gets a hole. */
  #cut: AnnotationId | null = null
  #dragged: PolygonDrag | null = null

  override pointerDown(input: PointerInput): void {
    if (input.right) return
    if (this.#isDrawing) this.#add(this.#onImage(input))
    else if (!this.editor.state.cutting) this.#press(input)
    else this.#begin(input)
    if (this.#isDrawing) this.#pressed = this.#points.length - 1
  }

  override pointerMove(input: PointerInput): void {
    if (this.#dragged) this.#dragged.move(this.#onImage(input))
    else if (this.#isDrawing && !this.#drawFreehand(this.#onImage(input))) this.#show(this.#onImage(input))
  }

  override pointerUp(): void {
    const dragged = this.#dragged
    if (this.#isFreehand) this.#endFreehand()
    this.#pressed = null
    if (!dragged) return
    this.finish()
    dragged.store()
  }

  override doubleClick(): boolean {
    if (!this.#isDrawing) return false
    this.#close()
    return true
  }

  override key({ key, mod }: KeyInput): boolean {
    if (!this.#isDrawing) return false
    const isUndo = mod && key.toLowerCase() === 'z'
    if (key === 'Enter') this.#close()
    else if (key === 'Backspace' || isUndo) this.#removeLast()
    else return false
    return true
  }

  override cancel(): boolean {
    const { cutting } = this.editor.state
    this.editor.store.setState({ cutting: false })
    return super.cancel() || cutting
  }

  protected override finish(): void {
    super.finish()
    this.editor.store.setState({ cutting: false })
    this.#points = []
    this.#dragged = this.#cut = this.#pressed = null
    this.#isFreehand = false
  }

  get #isDrawing(): boolean {
    return this.state === 'drawing' || this.state === 'cutting'
  }

  /** On a vertex or an edge of the selected polygon, or else on ground to draw on. */
  #press(input: PointerInput): void {
    const taken = takeVertex(this.editor, input)
    if (taken === null) this.#begin(input)
    else if (taken !== 'done') {
      this.state = 'vertex'
      this.#dragged = taken
    }
  }

  #begin(input: PointerInput): void {
    const [target, ...others] = editableSelection(this.editor)
    const isCut = (input.alt || this.editor.state.cutting) && target !== undefined && others.length === 0
    this.#cut = isCut ? target.id : null
    this.state = isCut ? 'cutting' : 'drawing'
    this.#points = [this.#onImage(input)]
    this.#show(input.at)
  }

  #onImage({ at }: PointerInput): ImagePoint {
    const { width, height } = this.editor.state.image!
    const reach = reachOf(this.editor)
    const along = (value: number, limit: number) => (value < reach ? 0 : value > limit - reach ? limit : Math.round(value * 100) / 100)
    return { x: along(at.x, width), y: along(at.y, height) }
  }

  #show(cursor: ImagePoint | null): void {
    const corners = this.#isFreehand ? (this.#pressed ?? 0) + 1 : this.#points.length
    this.editor.setDraft({ kind: 'polygon', points: this.#points, cursor, corners, cuts: this.state === 'cutting' })
  }

  #add(at: ImagePoint): void {
    const reach = reachOf(this.editor)
    if (this.#isAtFirst(at)) this.#close()
    else if (distance(this.#points.at(-1)!, at) > reach / 3) {
      this.#points = [...this.#points, at]
      this.#show(at)
    }
  }

  #isAtFirst(at: ImagePoint): boolean {
    return this.#points.length >= 3 && distance(this.#points[0]!, at) <= reachOf(this.editor)
  }

  /** False while the button is up, or the hand has hardly moved since it went down. */
  #drawFreehand(at: ImagePoint): boolean {
    if (this.#pressed === null) return false
    const far = distance(this.#points.at(-1)!, at) * this.editor.state.viewport.scale
    if (!this.#isFreehand && far <= REACH) return false
    this.#isFreehand = true
    if (far >= FREEHAND.step) this.#points = [...this.#points, at]
    this.#show(null)
    return true
  }

  #endFreehand(): void {
    const from = this.#pressed ?? 0
    const line = simplifyLine(this.#points.slice(from), FREEHAND.tolerance / this.editor.state.viewport.scale)
    this.#points = [...this.#points.slice(0, from), ...line]
    this.#isFreehand = false
    if (this.#isAtFirst(this.#points.at(-1)!)) this.#close()
    else this.#show(null)
  }

  #removeLast(): void {
    this.#points = this.#points.slice(0, -1)
    if (this.#points.length === 0) this.finish()
    else this.#show(null)
  }

  /** Where the corners are no polygon yet that is said, and drawing goes on. */
  #close(): void {
    const points = this.#isAtFirst(this.#points.at(-1)!) ? this.#points.slice(0, -1) : this.#points
    const ring = ringOf(points.length < 3 ? this.#points : points)
    const size = this.editor.state.image!
    if (ring.length < 6 || isThin(clipBox(polygonBox([ring]), size), 0.5)) {
      this.editor.report(NO_AREA)
      return
    }
    const cut = this.#cut && this.editor.state.annotations.get(this.#cut)
    this.finish()
    if (cut) cutHole(this.editor, cut, ring)
    else this.#draw(ring)
  }

  #draw(ring: number[]): void {
    this.editor.withLabel((labelId) => {
      const added = drawnAnnotation(this.editor.state, labelId, { box: polygonBox([ring]), polygon: [ring] })
      if (this.editor.commit({ added: [added], updated: [], removed: [] }, 'draw polygon')) this.editor.select([added.id])
    })
  }
}
