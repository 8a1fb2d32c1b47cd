/** Keys 1-9: the label whose key it is, or the n-th label while no label has that key. */
import type { LabelRow } from '../../../shared/appContract.ts'
import type { Editor } from '../editorTypes.ts'
import { action } from './action.ts'

/** The label that a digit stands for, or undefined. */
export function labelOfKey(labels: readonly LabelRow[], key: string): LabelRow | undefined {
  const ordered = [...labels].sort((a, b) => a.order - b.order)
  const nth = ordered[Number(key) - 1]
  return ordered.find((label) => label.key === key) ?? (nth?.key === null ? nth : undefined)
}

export const labelActions = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((key) => {
  const label = ({ state }: Editor) => labelOfKey(state.labels, key)
  return action(`label.${key}`, [key], (editor) => {
    const found = label(editor)
    if (found) editor.useLabel(found.id)
  }, (editor) => label(editor) !== undefined)
})
