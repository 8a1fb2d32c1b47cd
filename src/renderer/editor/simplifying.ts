/** Fewer corners for the selected objects: looked at first, then applied as one step of undo or left. */
import { hasOutline } from '../../shared/model.ts'
import type { Annotation } from '../../shared/model.ts'
import type { Simplified } from '../../shared/simplify.ts'
import { simplifyPolygon } from '../../shared/simplify.ts'
import { editableSelection } from './actions/selected.ts'
import type { Editor } from './editorTypes.ts'
import { tracedPolygon } from './maskCache.ts'
import { withPolygon } from './shapes.ts'

export interface SimplifyReport {
  /** Corners of all selected objects; those of a mask are the turns of its pixel edge. */
  readonly before: number
  readonly after: number
  /** Overlap of the pixels before and after, 0..1, of the object it is least for. */
  readonly iou: number
}

/** Shows the selected objects with fewer corners, each within `tolerance` image pixels; null where none has an outline. Boxes stay. */
export function previewSimplify(editor: Editor, tolerance: number): SimplifyReport | null {
  const results = simplified(editor, tolerance)
  editor.setDraft(results.length === 0 ? null : { kind: 'preview', annotations: results.map(([now, { polygon }]) => withPolygon(now, polygon)) })
  if (results.length === 0) return null
  return {
    before: results.reduce((sum, [, { before }]) => sum + before, 0),
    after: results.reduce((sum, [, { after }]) => sum + after, 0),
    iou: results.reduce((least, [, { iou }]) => Math.min(least, iou), 1),
  }
}

/** What a preview of this tolerance shows, as one step of undo; masks become polygons. */
export function applySimplify(editor: Editor, tolerance: number): void {
  editor.setDraft(null)
  const polygons = new Map(simplified(editor, tolerance).map(([{ id }, { polygon }]) => [id, polygon]))
  editor.update(polygons.keys(), (now) => withPolygon(now, polygons.get(now.id)!), 'simplify')
}

export function cancelSimplify(editor: Editor): void {
  editor.setDraft(null)
}

function simplified(editor: Editor, tolerance: number): (readonly [Annotation, Simplified])[] {
  const { image } = editor.state
  if (!image) return []
  const outlined = editableSelection(editor).filter(hasOutline)
  return outlined.flatMap((annotation) => {
    const polygon = tracedPolygon(annotation)
    return polygon.length === 0 ? [] : [[annotation, simplifyPolygon(polygon, tolerance, image)] as const]
  })
}
