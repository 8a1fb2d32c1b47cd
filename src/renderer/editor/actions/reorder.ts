/** Which objects lie on top of which. */
import type { Editor } from '../editorTypes.ts'
import { topZ } from '../shapes.ts'
import { editableSelection } from './selected.ts'

/** The selected objects keep their order among themselves. */
export function reorderSelected(editor: Editor, to: 'front' | 'back'): void {
  const all = [...editor.state.annotations.values()]
  const chosen = editableSelection(editor).sort((a, b) => a.z - b.z)
  const bottom = all.reduce((least, { z }) => Math.min(least, z), 0)
  const start = to === 'front' ? topZ(all) + 1 : bottom - chosen.length
  const z = new Map(chosen.map(({ id }, i) => [id, start + i]))
  editor.update(z.keys(), (now) => ({ ...now, z: z.get(now.id)! }), to)
}
