/** What part of the image is shown, and whether annotations are. */
import type { Editor } from '../editorTypes.ts'
import { fitBox, fitImage, zoomAt } from '../viewport.ts'
import { encloseBoxes } from '../../../shared/geometry.ts'
import { selectedAnnotations } from './selected.ts'
import { action } from './action.ts'

const STEP = 1.25

function zoomBy(editor: Editor, factor: number): void {
  const { viewport } = editor.state
  editor.setViewport(zoomAt(viewport, { x: viewport.width / 2, y: viewport.height / 2 }, factor))
}

/** Shows the selected annotations as large as they fit, at most 800 %. */
function zoomToSelection(editor: Editor): void {
  const boxes = selectedAnnotations(editor).map(({ box }) => box)
  if (boxes.length > 0) editor.setViewport(fitBox(editor.state.viewport, boxes.reduce(encloseBoxes), 8))
}

export const viewActions = [
  action('view.fit', ['mod+f'], (editor) => {
    if (editor.state.image) editor.setViewport(fitImage(editor.state.viewport, editor.state.image))
  }, ({ state }) => state.image !== null),
  action('view.zoomIn', ['mod+=', 'mod++', '+', '='], (editor) => zoomBy(editor, STEP)),
  action('view.zoomOut', ['mod+-', '-'], (editor) => zoomBy(editor, 1 / STEP)),
  action('view.actualSize', ['mod+0'], (editor) => zoomBy(editor, 1 / editor.state.viewport.scale)),
  action('view.zoomToObject', ['z'], zoomToSelection, ({ state }) => state.selection.size > 0),
  action('view.toggleAll', ['t'], (editor) => editor.setAllHidden(!editor.state.allHidden)),
]
