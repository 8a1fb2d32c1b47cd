/** From object to object by keyboard: proposals while there are any, else all, row by row. */
import type { Annotation } from '../../../shared/model.ts'
import type { Editor } from '../editorTypes.ts'
import { fitBox, visibleBox } from '../viewport.ts'

export function selectNeighbour(editor: Editor, by: 1 | -1): void {
  const visible = editor.hits().all()
  const proposed = visible.filter(({ state }) => state === 'proposed')
  const walked = (proposed.length > 0 ? proposed : visible).sort(byPlace)
  if (walked.length === 0) return
  const at = walked.findIndex(({ id }) => editor.state.selection.has(id))
  const start = at < 0 && by < 0 ? 0 : at
  const next = walked[(start + by + walked.length) % walked.length]!
  editor.select([next.id])
  reveal(editor, next)
}

function byPlace(a: Annotation, b: Annotation): number {
  return a.box.y0 - b.box.y0 || a.box.x0 - b.box.x0 || (a.id < b.id ? -1 : 1)
}

/** Brings an annotation into view where no part of it is; zooms out only as far as needed. */
function reveal(editor: Editor, { box }: Annotation): void {
  const { viewport } = editor.state
  const view = visibleBox(viewport)
  const isInView = box.x0 < view.x1 && box.x1 > view.x0 && box.y0 < view.y1 && box.y1 > view.y0
  if (!isInView) editor.setViewport(fitBox(viewport, box, viewport.scale))
}
