/** Which image is looked at. */
import type { EditorState } from '../state.ts'
import { action } from './action.ts'

/** Then where the last match lies is for the host to say. */
const isSearch = ({ search }: EditorState) => search.trim() !== ''

export const imageActions = [
  action('image.next', ['d'], (editor) => void editor.next(), ({ state }) => isSearch(state) || (state.image?.index ?? 0) < state.imageCount - 1),
  action('image.previous', ['a'], (editor) => void editor.previous(), ({ state }) => isSearch(state) || (state.image?.index ?? 0) > 0),
]
