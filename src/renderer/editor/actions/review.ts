/** Proposals: accept, discard, walk through. */
import { discardableOf, proposalsOf } from '../state.ts'
import { action } from './action.ts'
import { selectNeighbour } from './walk.ts'

export const reviewActions = [
  action('review.acceptAll', ['enter'], (editor) => editor.acceptAll(), ({ state }) => proposalsOf(state).length > 0),
  action('review.acceptSelected', ['shift+enter'], (editor) => editor.acceptSelected(), ({ state }) =>
    proposalsOf(state).some(({ id }) => state.selection.has(id))),
  action('review.discardAll', [], (editor) => editor.discardAll(), ({ state }) => discardableOf(state).length > 0),
  action('review.stop', [], (editor) => editor.stop(), ({ state }) => state.run.busy),
  action('review.nextObject', ['tab'], (editor) => selectNeighbour(editor, 1), ({ state }) => state.annotations.size > 0),
  action('review.previousObject', ['shift+tab'], (editor) => selectNeighbour(editor, -1), ({ state }) => state.annotations.size > 0),
]
