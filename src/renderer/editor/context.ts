/** The editor of the window, for React. */
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import { AppError } from '../../shared/errors.ts'
import type { Editor } from './editorTypes.ts'
import type { EditorState } from './state.ts'

export const EditorContext = createContext<Editor | null>(null)

export function useEditor(): Editor {
  const editor = useContext(EditorContext)
  if (!editor) throw new AppError('internal', 'There is no editor above this component: wrap it in EditorContext.')
  return editor
}

/** A part of the editor's state; the component draws again only when that part is another one. */
export function useEditorState<Part>(selector: (state: EditorState) => Part): Part {
  return useStore(useEditor().store, selector)
}
