/** A vertex of the selected polygon, or of a hole in it, under a pointer. */
import type { ImagePoint } from '../../../shared/geometry.ts'
import type { Annotation } from '../../../shared/model.ts'
import type { Part } from '../../../shared/rings.ts'
import { isSound, partsOf, polygonOf } from '../../../shared/rings.ts'
import { editableSelection } from '../actions/selected.ts'
import type { Editor, PointerInput } from '../editorTypes.ts'
import { REACH, reachOf } from '../gestures.ts'
import { withPolygon } from '../shapes.ts'
import type { Vertex } from './polygonEdit.ts'
import { edgeAt, vertexAt, withVertexAdded, withVertexMoved, withoutVertex } from './polygonEdit.ts'

/** What the press means: a vertex to drag (a new one on an edge), one taken away at once with Alt, or null for none of this. */
export function takeVertex(editor: Editor, { at, alt }: PointerInput): VertexDrag | 'done' | null {
  const [start, ...others] = editableSelection(editor)
  if (!start?.polygon || others.length > 0) return null
  const parts = partsOf(start.polygon)
  const reach = reachOf(editor)
  const vertex = vertexAt(parts, at, reach)
  const edge = vertex ?? edgeAt(parts, at, (reach * 4) / REACH)
  if (!edge) return null
  if (!alt) return new VertexDrag(editor, start, edge, vertex ? parts : withVertexAdded(parts, edge, at))
  if (vertex) storeParts(editor, start, withoutVertex(parts, vertex))
  return 'done'
}

export class VertexDrag {
  readonly #editor: Editor
  readonly #start: Annotation
  readonly #vertex: Vertex
  /** Holes of the part lie where they should, and are to stay so. */
  readonly #isSound: boolean
  /** As they would be if the drag ended now. */
  #parts: readonly Part[]

  constructor(editor: Editor, start: Annotation, vertex: Vertex, parts: readonly Part[]) {
    this.#editor = editor
    this.#start = start
    this.#vertex = vertex
    this.#parts = parts
    this.#isSound = isSound(parts[vertex.part]!)
  }

  /** A hole stays inside its outline: a vertex stops where going on would make them cross. */
  move(to: ImagePoint): void {
    const moved = withVertexMoved(this.#parts, this.#vertex, to)
    const part = moved[this.#vertex.part]!
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
