/** The selected objects with corners instead of pixels, and the other way round; neither changes a pixel. */
import type { Editor } from '../editorTypes.ts'
import { coveredPixels, tracedPolygon } from '../maskCache.ts'
import { withPixels, withPolygon } from '../shapes.ts'
import { editableSelection } from './selected.ts'

export const hasPolygon = (editor: Editor): boolean => editableSelection(editor).some(({ polygon }) => polygon !== null)
export const hasNoPolygon = (editor: Editor): boolean => editableSelection(editor).some(({ polygon }) => polygon === null)

/** A mask is traced along its pixel edges, a box gets its four corners. */
export function toPolygon(editor: Editor): void {
  const ids = editableSelection(editor).filter(({ polygon }) => polygon === null).map(({ id }) => id)
  const isEmpty = (polygon: readonly unknown[]) => polygon.length === 0
  editor.update(ids, (now) => (isEmpty(tracedPolygon(now)) ? now : withPolygon(now, tracedPolygon(now))), 'mask to polygon')
}

export function toMask(editor: Editor): void {
  const size = editor.state.image!
  const ids = editableSelection(editor).filter(({ polygon }) => polygon !== null).map(({ id }) => id)
  editor.update(ids, (now) => withPixels(now, coveredPixels(now, size), size) ?? now, 'polygon to mask')
}
