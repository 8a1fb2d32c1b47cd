/** Which image is looked at. */
import { action } from './action.ts'

export const imageActions = [
  action('image.next', ['d'], (editor) => void editor.next(), ({ state }) => (state.image?.index ?? 0) < state.imageCount - 1),
  action('image.previous', ['a'], (editor) => void editor.previous(), ({ state }) => (state.image?.index ?? 0) > 0),
]
