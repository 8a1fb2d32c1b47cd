/**
 * Clicks set vertices; the first one again, Enter or a double click closes. With a polygon selected: drag a vertex, press
 * on an edge to add one, Alt+click takes one away.
 */
import type { ImagePoint } from '../../../shared/geometry.ts'
import { clipBox } from '../../../shared/geometry.ts'
import type { Annotation, Polygon } from '../../../shared/model.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import type { KeyInput, PointerInput } from '../editorTypes.ts'
import { REACH, reachOf } from '../gestures.ts'
import { drawnAnnotation, withPolygon } from '../shapes.ts'
import { isThin } from './boxEdit.ts'
import type { Vertex } from './polygonEdit.ts'
import { distance, edgeAt, ringOf, vertexAt, withVertexAdded, withVertexMoved, withoutVertex } from './polygonEdit.ts'
import { Tool } from './tool.ts'

export class PolygonTool extends Tool {
  readonly name = 'polygon'
  #points: readonly ImagePoint[] = []
  /** The annotation whose vertex is dragged, as it would be now. */
  #edited: { readonly start: Annotation; readonly polygon: Polygon; readonly vertex: Vertex } | null = null

  override pointerDown(input: PointerInput): void {
    if (input.right) return
    if (this.state === 'drawing') this.#add(this.#onImage(input))
    else if (!this.#takeVertex(input)) {
      this.state = 'drawing'
      this.#points = [this.#onImage(input)]
      this.#show(input.at)
    }
  }

  override pointerMove(input: PointerInput): void {
    if (this.state === 'drawing') this.#show(this.#onImage(input))
    else if (this.state === 'vertex') this.#drag(this.#onImage(input))
  }

  override pointerUp(): void {
    const edited = this.#edited
    if (this.state !== 'vertex' || !edited) return
    this.finish()
    if (edited.polygon !== edited.start.polygon) this.#store(edited.start, edited.polygon)
  }

  override doubleClick(): boolean {
    if (this.state !== 'drawing') return false
    this.#close()
    return true
  }

  override key({ key, mod }: KeyInput): boolean {
    if (this.state !== 'drawing') return false
    const isUndo = mod && key.toLowerCase() === 'z'
    if (key === 'Enter') this.#close()
    else if (key === 'Backspace' || isUndo) this.#removeLast()
    else return false
    return true
  }

  protected override finish(): void {
    super.finish()
    this.#points = []
    this.#edited = null
  }

  #onImage({ at }: PointerInput): ImagePoint {
    const { width, height } = this.editor.state.image!
    const reach = reachOf(this.editor)
    const along = (value: number, limit: number) => (value < reach ? 0 : value > limit - reach ? limit : Math.round(value * 100) / 100)
    return { x: along(at.x, width), y: along(at.y, height) }
  }

  #show(cursor: ImagePoint | null): void {
    this.editor.setDraft({ kind: 'polygon', points: this.#points, cursor })
  }

  #add(at: ImagePoint): void {
    const reach = reachOf(this.editor)
    if (this.#points.length >= 3 && distance(this.#points[0]!, at) <= reach) this.#close()
    else if (distance(this.#points.at(-1)!, at) > reach / 3) {
      this.#points = [...this.#points, at]
      this.#show(at)
    }
  }

  #removeLast(): void {
    this.#points = this.#points.slice(0, -1)
    if (this.#points.length === 0) this.finish()
    else this.#show(null)
  }

  /** Fewer than three points, or points in one line, are no polygon: then drawing goes on. */
  #close(): void {
    const polygon = [ringOf(this.#points)]
    const size = this.editor.state.image!
    if (this.#points.length < 3 || isThin(clipBox(polygonBox(polygon), size), 0.5)) return
    this.finish()
    this.editor.withLabel((labelId) => {
      const added = drawnAnnotation(this.editor.state, labelId, { box: polygonBox(polygon), polygon })
      if (this.editor.commit({ added: [added], updated: [], removed: [] }, 'draw polygon')) this.editor.select([added.id])
    })
  }

  /** True when the press was for a vertex or an edge of the selected polygon. */
  #takeVertex({ at, alt }: PointerInput): boolean {
    const { annotations, selection, locked } = this.editor.state
    const [id] = selection
    const start = selection.size === 1 && !locked.has(id!) ? annotations.get(id!) : undefined
    if (!start?.polygon) return false
    const reach = reachOf(this.editor)
    const vertex = vertexAt(start.polygon, at, reach)
    const edge = vertex ?? edgeAt(start.polygon, at, (reach * 4) / REACH)
    if (!edge) return false
    if (alt) {
      if (vertex) this.#store(start, withoutVertex(start.polygon, vertex))
      return true
    }
    this.state = 'vertex'
    this.#edited = { start, vertex: edge, polygon: vertex ? start.polygon : withVertexAdded(start.polygon, edge, at) }
    return true
  }

  #drag(at: ImagePoint): void {
    const { start, polygon, vertex } = this.#edited!
    const moved = withVertexMoved(polygon, vertex, at)
    this.#edited = { start, vertex, polygon: moved }
    this.editor.setDraft({ kind: 'preview', annotations: [withPolygon(start, moved)] })
  }

  #store(start: Annotation, polygon: Polygon): void {
    if (polygon.length === 0) this.editor.commit({ added: [], updated: [], removed: [start] }, 'remove polygon')
    else this.editor.update([start.id], (now) => withPolygon(now, polygon), 'edit polygon')
  }
}
