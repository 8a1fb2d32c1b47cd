/** Every command of the editor, in the order menus and the command palette show them. */
import type { Action } from './action.ts'
import { brushActions } from './brush.ts'
import { editActions } from './edit.ts'
import { imageActions } from './image.ts'
import { labelActions } from './label.ts'
import { objectActions } from './object.ts'
import { reviewActions } from './review.ts'
import { toolActions } from './tool.ts'
import { viewActions } from './view.ts'

export { ACTION_GROUPS } from './action.ts'
export type { Action, ActionGroup } from './action.ts'

export const actions: readonly Action[] = [
  ...imageActions,
  ...editActions,
  ...reviewActions,
  ...toolActions,
  ...labelActions,
  ...objectActions,
  ...viewActions,
  ...brushActions,
]
