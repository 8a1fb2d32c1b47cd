/** A label that a prompt made goes with the last of what was proposed for it, unless something of it was ever accepted. */
import type { StoreApi } from 'zustand/vanilla'
import type { LabelId } from '../../shared/model.ts'
import type { Api } from './autosave.ts'
import type { AnnotationDocument } from './document.ts'
import type { Annotations } from './edits.ts'
import { removeAct } from './labelActs.ts'
import type { EditorState } from './state.ts'

interface Parts {
  readonly doc: AnnotationDocument
  readonly loadLabels: () => Promise<void>
}

/** Gives the function that is told of labels a prompt has made; until the signal fires. */
export function watchPromptLabels(api: Api, store: StoreApi<EditorState>, { doc, loadLabels }: Parts, signal: AbortSignal): (made: readonly LabelId[]) => void {
  const unproved = new Set<LabelId>()

  const remove = async (id: LabelId, follows: ReturnType<AnnotationDocument['lastGesture']>) => {
    await doc.stored()
    const labels = await api['labels.list'](null)
    const position = labels.findIndex((label) => label.id === id)
    const label = labels[position]
    if (!label || label.annotations > 0 || !unproved.has(id)) return
    const { edits } = await api['labels.remove']({ id, into: null })
    await loadLabels()
    doc.recordAct({ ...removeAct(api, { label, position, into: null, edits }, () => doc.settled()), follows })
  }

  const look = ({ image, annotations }: EditorState, before: EditorState) => {
    if (unproved.size === 0 || annotations === before.annotations) return
    for (const { labelId, state } of annotations.values()) if (state === 'accepted') unproved.delete(labelId)
    if (image?.id !== before.image?.id) return
    const [had, has] = [labelsOf(before.annotations), labelsOf(annotations)]
    for (const id of unproved) {
      // One that can't be removed now stays in the list, as it would have.
      if (had.has(id) && !has.has(id)) queueMicrotask(() => void doc.changeProject(() => remove(id, doc.lastGesture())).catch(() => undefined))
    }
  }
  signal.addEventListener('abort', store.subscribe(look))
  return (made) => made.forEach((id) => unproved.add(id))
}

function labelsOf(annotations: Annotations): ReadonlySet<LabelId> {
  return new Set([...annotations.values()].map(({ labelId }) => labelId))
}
