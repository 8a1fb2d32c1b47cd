/** Objects as sets of pixels. */
import type { Annotation } from '../../../shared/model.ts'
import { partsOf, polygonOf } from '../../../shared/rings.ts'
import type { Editor } from '../editorTypes.ts'
import { coveredPixels } from '../maskCache.ts'
import type { Combination } from '../maskCrop.ts'
import { combineCrops, splitCrop } from '../maskCrop.ts'
import { newId, withPixels, withPolygon } from '../shapes.ts'
import { editableSelection } from './selected.ts'

/** The object selected first becomes the result; the other is gone, but for subtract, where it stays as it is. */
export function combineSelected(editor: Editor, how: Combination): void {
  const [first, second] = editableSelection(editor)
  const { image } = editor.state
  if (!first || !second || !image) return
  const result = withPixels(first, combineCrops(coveredPixels(first, image), coveredPixels(second, image), how), image)
  if (!result) {
    editor.report(how === 'intersect' ? 'The two objects have no pixel in common.' : 'Nothing of the first object would be left.')
    return
  }
  const removed = how === 'subtract' ? [] : [second]
  if (editor.commit({ added: [], updated: [[first, result]], removed }, how)) editor.select([first.id])
}

/** One object per part that hangs together; the first keeps the record. */
export function splitSelected(editor: Editor): void {
  const [whole] = editableSelection(editor)
  if (!whole) return
  const parts = annotationsOf(editor, whole)
  if (parts.length < 2) {
    editor.report('This object is in one piece.')
    return
  }
  const [first, ...others] = parts
  const added = others.map((part) => ({ ...part, id: newId(), state: 'accepted' as const }))
  const gesture = editor.commit({ added, updated: [[whole, first!]], removed: [] }, 'split')
  if (gesture) editor.select([whole.id, ...added.map(({ id }) => id)])
}

/** One for each part. */
function annotationsOf({ state }: Editor, whole: Annotation): Annotation[] {
  if (whole.polygon) return partsOf(whole.polygon).map((part) => withPolygon(whole, polygonOf([part])))
  if (!whole.mask) return [whole]
  return splitCrop(coveredPixels(whole, state.image!)).flatMap((part) => withPixels(whole, part, state.image!) ?? [])
}
