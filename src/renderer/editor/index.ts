/** The editor as panels and canvas see it. */
export { createEditor } from './editor.ts'
export { EditorContext, useEditor, useEditorState } from './context.ts'
export { actions, ACTION_GROUPS } from './actions/index.ts'
export type { Action, ActionGroup } from './actions/index.ts'
export type { Editor, Gesture, KeyInput, PointerInput, ProposeOptions, SegmentResult } from './editorTypes.ts'
export { TOOL_NAMES } from './state.ts'
export type { Adjustments, Draft, EditorState, Problem, RunState, SaveState, ToolName } from './state.ts'
export type { Api } from './autosave.ts'
