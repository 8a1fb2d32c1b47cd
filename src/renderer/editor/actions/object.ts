/** What can be done with the selected annotations. */
import type { Editor } from '../editorTypes.ts'
import { action } from './action.ts'
import { boxToMask } from './boxToMask.ts'
import { combineSelected, splitSelected } from './combine.ts'
import { hasNoPolygon, hasPolygon, toMask, toPolygon } from './convert.ts'
import { groupSelected, hasGroup, setGroup } from './group.ts'
import { reorderSelected } from './reorder.ts'
import { editableSelection, hasEditable } from './selected.ts'

const isSingle = (editor: Editor) => editableSelection(editor).length === 1
const isPair = (editor: Editor) => editableSelection(editor).length === 2
const hasAny = ({ state }: Editor) => state.selection.size > 0

function toggle(editor: Editor, set: 'hidden' | 'locked'): void {
  const { selection, [set]: chosen } = editor.state
  const on = ![...selection].every((id) => chosen.has(id))
  if (set === 'hidden') editor.setHidden(selection, on)
  else editor.setLocked(selection, on)
}

export const objectActions = [
  action('object.hide', ['h'], (editor) => toggle(editor, 'hidden'), hasAny),
  action('object.lock', ['l'], (editor) => toggle(editor, 'locked'), hasAny),
  action('object.boxToMask', ['m'], (editor) => void boxToMask(editor), hasEditable),
  action('object.toPolygon', ['alt+v'], toPolygon, hasNoPolygon),
  action('object.toMask', ['alt+m'], toMask, hasPolygon),
  action('object.cutHole', ['alt+c'], (editor) => {
    editor.setTool('polygon')
    editor.store.setState({ cutting: true })
  }, isSingle),
  action('object.union', ['alt+u'], (editor) => combineSelected(editor, 'union'), isPair),
  action('object.subtract', ['alt+s'], (editor) => combineSelected(editor, 'subtract'), isPair),
  action('object.intersect', ['alt+i'], (editor) => combineSelected(editor, 'intersect'), isPair),
  action('object.split', ['alt+p'], splitSelected, isSingle),
  action('object.group', ['mod+g'], groupSelected, (editor) => editableSelection(editor).length > 1),
  action('object.ungroup', ['mod+shift+g'], (editor) => setGroup(editor, null), hasGroup),
  action('object.bringToFront', ['mod+]'], (editor) => reorderSelected(editor, 'front'), hasEditable),
  action('object.sendToBack', ['mod+['], (editor) => reorderSelected(editor, 'back'), hasEditable),
]
