/** The shape of the pointer: what a press here would do. */
import type { Editor } from '../editor/editorTypes.ts'
import type { ToolName } from '../editor/state.ts'
import type { Handle } from '../editor/tools/boxEdit.ts'
import { gripAt } from '../editor/tools/grip.ts'

const OF_TOOL: Readonly<Record<ToolName, string>> = {
  select: 'default',
  box: 'crosshair',
  polygon: 'crosshair',
  points: 'crosshair',
  // The brush draws its own circle.
  brush: 'none',
  eraser: 'none',
}

/** A CSS cursor. */
export function cursorOf(editor: Editor): string {
  const { state } = editor
  if (state.tool !== 'select' || !state.cursor) return OF_TOOL[state.tool]
  const grip = state.draft ? null : gripAt(editor, state.cursor)
  if (grip) return resizeCursor(grip.handle)
  if (state.hovered === null) return 'default'
  return state.selection.has(state.hovered) ? 'move' : 'pointer'
}

function resizeCursor({ x, y }: Handle): string {
  if (x === 0) return 'ns-resize'
  if (y === 0) return 'ew-resize'
  return x === y ? 'nwse-resize' : 'nesw-resize'
}
