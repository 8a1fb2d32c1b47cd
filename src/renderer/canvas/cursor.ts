/** The shape of the pointer: what a press here would do. */
import { REACH } from '../editor/gestures.ts'
import type { EditorState, ToolName } from '../editor/state.ts'
import type { Handle } from '../editor/tools/boxEdit.ts'
import { handleAt } from '../editor/tools/boxEdit.ts'

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
export function cursorOf(state: EditorState): string {
  if (state.tool !== 'select' || !state.cursor) return OF_TOOL[state.tool]
  const [id] = state.selection
  const selected = state.selection.size === 1 && !state.locked.has(id!) ? state.annotations.get(id!) : undefined
  const handle = selected && !state.draft ? handleAt(selected.box, state.cursor, REACH / state.viewport.scale) : null
  if (handle) return resizeCursor(handle)
  if (state.hovered === null) return 'default'
  return state.selection.has(state.hovered) ? 'move' : 'pointer'
}

function resizeCursor({ x, y }: Handle): string {
  if (x === 0) return 'ns-resize'
  if (y === 0) return 'ew-resize'
  return x === y ? 'nwse-resize' : 'nesw-resize'
}
