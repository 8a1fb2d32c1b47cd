/** Objects that belong together: a number they share, new on their image. */
import type { Editor } from '../editorTypes.ts'
import { editableSelection } from './selected.ts'

export function groupSelected(editor: Editor): void {
  const groups = [...editor.state.annotations.values()].map(({ group }) => group ?? 0)
  setGroup(editor, groups.reduce((most, group) => Math.max(most, group), 0) + 1)
}

/** Of the selected objects; null takes them out of theirs. One step of undo. */
export function setGroup(editor: Editor, group: number | null): void {
  const ids = editableSelection(editor).map(({ id }) => id)
  editor.update(ids, (now) => (now.group === group ? now : { ...now, group }), group === null ? 'ungroup' : 'group')
}

export const hasGroup = (editor: Editor): boolean => editableSelection(editor).some(({ group }) => group !== null)
