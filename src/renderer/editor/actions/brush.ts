/** Size and manners of brush and eraser. */
import { action } from './action.ts'

const STEP = 1.25

export const brushActions = [
  action('brush.smaller', ['['], (editor) => editor.setBrushRadius(editor.state.brushRadius / STEP)),
  action('brush.larger', [']'], (editor) => editor.setBrushRadius(editor.state.brushRadius * STEP)),
  action('brush.paintOverOthers', [], (editor) => editor.setPaintOverOthers(!editor.state.paintOverOthers)),
]
