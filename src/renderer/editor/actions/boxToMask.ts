/** Asks the models for the mask of each selected box; one step of undo. */
import type { Editor } from '../editorTypes.ts'
import { withModelMask } from '../shapes.ts'
import { editableSelection } from './selected.ts'

export async function boxToMask(editor: Editor): Promise<void> {
  const asked = editableSelection(editor)
  const imageId = editor.state.image?.id
  const results = await editor.segment(asked.map(({ box }) => ({ box, points: [] })))
  if (!results || editor.state.image?.id !== imageId) return
  const masks = new Map(asked.map((annotation, i) => [annotation.id, results[i]?.mask]))
  editor.update(masks.keys(), (now) => {
    const mask = masks.get(now.id)
    return mask ? withModelMask(now, mask) : now
  }, 'box to mask')
}
