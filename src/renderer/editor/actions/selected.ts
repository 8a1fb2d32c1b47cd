/** The annotations that an action is about. */
import type { Annotation } from '../../../shared/model.ts'
import type { Editor } from '../editorTypes.ts'

/** In the order they were selected. */
export function selectedAnnotations({ state }: Editor): Annotation[] {
  return [...state.selection].flatMap((id) => state.annotations.get(id) ?? [])
}

/** Those that are not locked. */
export function editableSelection(editor: Editor): Annotation[] {
  return selectedAnnotations(editor).filter(({ id }) => !editor.state.locked.has(id))
}

export const hasEditable = (editor: Editor): boolean => editableSelection(editor).length > 0
