/** A vertex of the selected polygon, or of a hole in it, or a hole as a whole, under a pointer. */
import type { ImagePoint } from '../../../shared/geometry.ts'
import type { Annotation } from '../../../shared/model.ts'
import type { Part } from '../../../shared/rings.ts'
import { isSound, partsOf, polygonOf } from '../../../shared/rings.ts'
import { editableSelection } from '../actions/selected.ts'
import type { Editor, PointerInput } from '../editorTypes.ts'
import { REACH, reachOf } from '../gestures.ts'
import { withPolygon } from '../shapes.ts'
import { distance, edgeAt, holeHandles, vertexAt, withHoleMoved, withVertexAdded, withVertexMoved, withoutVertex } from './polygonEdit.ts'

/** A hole narrower than this has no handle, CSS pixels. */
export const LEAST_HANDLED = 5 * REACH

/**
 * What the press means: a vertex to drag (a new one on an edge), a hole by its handle, a vertex taken away at once with Alt,
 * or null for none of this.
 */
export function takeVertex(editor: Editor, { at, alt }: PointerInput): PolygonDrag | 'done' | null {
  const [start, ...others] = editableSelection(editor)
  if (!start?.polygon || others.length > 0) return null
  const parts = partsOf(start.polygon)
  const reach = reachOf(editor)
  const vertex = vertexAt(parts, at, reach)
  const handle = vertex ? undefined : holeHandles(parts, LEAST_HANDLED / editor.state.viewport.scale).find((one) => distance(one.at, at) <= reach)
  if (handle && !alt) return new PolygonDrag(editor, start, handle.part, (to) => withHoleMoved(parts, handle, { x: to.x - at.x, y: to.y - at.y }))
  const edge = vertex ?? edgeAt(parts, at, (reach * 4) / REACH)
  if (!edge) return null
  if (!alt) {
    const from = vertex ? parts : withVertexAdded(parts, edge, at)
    return new PolygonDrag(editor, start, edge.part, (to) => withVertexMoved(from, edge, to), from)
  }
  if (vertex) storeParts(editor, start, withoutVertex(parts, vertex))
  return 'done'
}

export class PolygonDrag {
  readonly #editor: Editor
  readonly #start: Annotation
  readonly #part: number
  readonly #moved: (to: ImagePoint) => readonly Part[]
  /** Holes of the part lie where they should, and are to stay so. */
  readonly #isSound: boolean
  /** As they would be if the drag ended now. */
  #parts: readonly Part[]

  /** Of one part; `moved` gives the parts with the pointer there, `from` those before it has moved. */
  constructor(editor: Editor, start: Annotation, part: number, moved: (to: ImagePoint) => readonly Part[], from = partsOf(start.polygon!)) {
    this.#editor = editor
    this.#start = start
    this.#part = part
    this.#moved = moved
    this.#parts = from
    this.#isSound = isSound(from[part]!)
  }

  /** A hole stays inside its outline: what is dragged stops where going on would make them cross. */
  move(to: ImagePoint): void {
    const moved = this.#moved(to)
    const part = moved[this.#part]!
    const isStopped = this.#isSound && part.holes.length > 0 && !isSound(part)
    if (!isStopped) this.#parts = moved
    this.#editor.setDraft({ kind: 'preview', annotations: [withPolygon(this.#start, polygonOf(this.#parts))] })
  }

  store(): void {
    if (this.#parts !== partsOf(this.#start.polygon!)) storeParts(this.#editor, this.#start, this.#parts)
  }
}

function storeParts(editor: Editor, start: Annotation, parts: readonly Part[]): void {
  if (parts.length === 0) editor.commit({ added: [], updated: [], removed: [start] }, 'remove polygon')
  else editor.update([start.id], (now) => withPolygon(now, polygonOf(parts)), 'edit polygon')
}
