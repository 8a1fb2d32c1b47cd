/** A command is one object: menus, keys and the command palette all use it. */
import type { Editor } from '../editorTypes.ts'

export const ACTION_GROUPS = ['image', 'edit', 'review', 'tool', 'label', 'object', 'view', 'brush'] as const
export type ActionGroup = (typeof ACTION_GROUPS)[number]

export interface Action {
  /** Stable, e.g. `edit.undo`; rebound keys are stored under it. */
  readonly id: string
  readonly group: ActionGroup
  /** i18n key of its title: `action.<id>`. */
  readonly titleKey: string
  /** Default keys, e.g. 'mod+z', 'shift+tab', 'd'; mod is Ctrl, or Cmd on macOS. Lower case KeyboardEvent.key. */
  readonly keys: readonly string[]
  enabled(editor: Editor): boolean
  perform(editor: Editor): void
}

/** An action in its group; enabled always unless said otherwise. */
export function action(
  id: `${ActionGroup}.${string}`,
  keys: readonly string[],
  perform: (editor: Editor) => void,
  enabled: (editor: Editor) => boolean = () => true,
): Action {
  const group = id.slice(0, id.indexOf('.')) as ActionGroup
  return { id, group, titleKey: `action.${id}`, keys, enabled, perform }
}
