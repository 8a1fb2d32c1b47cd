/** What a press would resize: the edge of the selected object, or of one that is not selected yet. */
import type { ImagePoint } from '../../../shared/geometry.ts'
import type { Annotation } from '../../../shared/model.ts'
import type { Editor } from '../editorTypes.ts'
import { reachOf } from '../gestures.ts'
import type { Handle } from './boxEdit.ts'
import { handleAt } from './boxEdit.ts'

export interface Grip {
  readonly annotation: Annotation
  readonly handle: Handle
}

/** The handle of the one selected object first; else that of the topmost object, unless a selected one lies there too. */
export function gripAt(editor: Editor, at: ImagePoint): Grip | null {
  const { annotations, selection, locked } = editor.state
  const unlocked = [...selection].filter((id) => !locked.has(id)).flatMap((id) => annotations.get(id) ?? [])
  const single = unlocked.length === 1 ? unlocked[0]! : null
  return (single && isShown(editor, single) ? gripOf(single, at, reachOf(editor)) : null) ?? gripBelow(editor, at)
}

function gripBelow(editor: Editor, at: ImagePoint): Grip | null {
  const { selection, locked } = editor.state
  const hits = editor.hits().at(at, reachOf(editor))
  const top = hits[0]
  if (!top || locked.has(top.id) || hits.some(({ id }) => selection.has(id))) return null
  // A small object keeps a middle to move it by.
  const { x0, y0, x1, y1 } = top.box
  return gripOf(top, at, Math.min(reachOf(editor), (x1 - x0) / 4, (y1 - y0) / 4))
}

function gripOf(annotation: Annotation, at: ImagePoint, reach: number): Grip | null {
  const handle = handleAt(annotation.box, at, reach)
  return handle && { annotation, handle }
}

function isShown({ state }: Editor, { id, frame }: Annotation): boolean {
  return !state.allHidden && !state.hidden.has(id) && frame === state.frame
}
