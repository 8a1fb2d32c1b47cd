/** Proposals: accept, discard, walk through. */
import type { Editor } from '../editorTypes.ts'
import { action } from './action.ts'
import { selectNeighbour } from './walk.ts'

const proposals = ({ state }: Editor) => [...state.annotations.values()].filter((annotation) => annotation.state === 'proposed')

export const reviewActions = [
  action('review.acceptAll', ['enter'], (editor) => editor.acceptAll(), (editor) => proposals(editor).length > 0),
  action('review.acceptSelected', ['shift+enter'], (editor) => editor.acceptSelected(), (editor) =>
    proposals(editor).some(({ id }) => editor.state.selection.has(id))),
  action('review.discardAll', [], (editor) => editor.discardAll(), (editor) => proposals(editor).length > 0),
  action('review.stop', [], (editor) => editor.stop(), ({ state }) => state.run.busy),
  action('review.nextObject', ['tab'], (editor) => selectNeighbour(editor, 1), ({ state }) => state.annotations.size > 0),
  action('review.previousObject', ['shift+tab'], (editor) => selectNeighbour(editor, -1), ({ state }) => state.annotations.size > 0),
]
