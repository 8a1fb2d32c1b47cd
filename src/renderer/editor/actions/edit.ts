/** Undo, copies and removal. */
import { discardableOf } from '../state.ts'
import { action } from './action.ts'
import { copyToNextImage, duplicateSelected } from './copies.ts'
import { editableSelection, hasEditable } from './selected.ts'

export const editActions = [
  action('edit.undo', ['mod+z'], (editor) => editor.undo(), ({ state }) => state.canUndo),
  action('edit.redo', ['mod+shift+z', 'mod+y'], (editor) => editor.redo(), ({ state }) => state.canRedo),
  action('edit.delete', ['delete', 'backspace'], (editor) => {
    editor.commit({ added: [], updated: [], removed: editableSelection(editor) }, 'delete')
  }, hasEditable),
  action('edit.duplicate', ['mod+d'], duplicateSelected, ({ state }) => state.selection.size > 0),
  action('edit.copyToNext', ['mod+shift+d'], (editor) => void copyToNextImage(editor), ({ state }) =>
    state.selection.size > 0 && (state.image?.index ?? 0) < state.imageCount - 1),
  action('edit.selectAll', ['mod+a'], (editor) => editor.select(editor.hits().all().map(({ id }) => id))),
  action('edit.cancel', ['escape'], (editor) => {
    const { state } = editor
    if (editor.cancelGesture()) return
    if (state.run.busy) editor.stop()
    else if (discardableOf(state).length > 0) editor.discardAll()
    else if (state.selection.size > 0) editor.select([])
    else editor.setTool('select')
  }),
]
