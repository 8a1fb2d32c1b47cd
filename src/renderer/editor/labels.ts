/** Labels of the project, and the one in hand. */
import type { StoreApi } from 'zustand/vanilla'
import type { LabelId } from '../../shared/model.ts'
import { messageOf } from '../../shared/errors.ts'
import type { Api } from './autosave.ts'
import type { AnnotationDocument } from './document.ts'
import type { Editor } from './editorTypes.ts'
import { addAct, changeAct, removeAct } from './labelActs.ts'
import type { EditorState } from './state.ts'

/** The label made when something is drawn in a project that has none. */
const FIRST_LABEL = 'object'

type LabelMethods = Pick<Editor, 'addLabel' | 'updateLabel' | 'removeLabel' | 'withLabel'> & {
  /** The label of that name, where there is one, is what is drawn with next. */
  holdLabel(name: string): void
}

export function labelLoader(api: Api, store: StoreApi<EditorState>): () => Promise<void> {
  return async () => {
    const labels = await api['labels.list'](null)
    const { activeLabelId } = store.getState()
    const isThere = labels.some(({ id }) => id === activeLabelId)
    store.setState({ labels, activeLabelId: isThere ? activeLabelId : (labels[0]?.id ?? null) })
  }
}

interface Parts {
  readonly doc: AnnotationDocument
  readonly loadLabels: () => Promise<void>
  readonly report: (message: string) => void
}

type LabelChanges = Pick<Editor, 'updateLabel' | 'removeLabel'> & { add(name: string, isStep: boolean): Promise<LabelId | null> }

/** Each a step of undo. */
function labelChanges(api: Api, store: StoreApi<EditorState>, { doc, loadLabels, report }: Parts): LabelChanges {
  const labels = () => store.getState().labels
  const settled = () => doc.settled()

  /** Does it in its turn, says what went wrong, and shows the labels as they are then. */
  const attempt = <Result>(work: () => Promise<Result>): Promise<Result | null> =>
    doc.changeProject(async () => {
      try {
        return await work()
      } catch (error) {
        report(messageOf(error))
        await loadLabels().catch(() => undefined)
        return null
      }
    })

  const add = async (name: string, isStep: boolean) => {
    const made = await attempt(() => ensured(name, isStep))
    if (made) store.setState({ activeLabelId: made.id })
    return made?.id ?? null
  }

  const ensured = async (name: string, isStep: boolean) => {
    const made = await api['labels.ensure']({ name })
    const isNew = !labels().some(({ id }) => id === made.id)
    await loadLabels()
    if (isNew && isStep) doc.recordAct(addAct(api, made, labels().findIndex(({ id }) => id === made.id), settled))
    return made
  }

  const update: Editor['updateLabel'] = async (id, change) => {
    const before = labels()
    await api['labels.update']({ id, ...change })
    await loadLabels()
    const act = changeAct(api, id, change, before, labels())
    if (act) doc.recordAct(act)
  }

  const remove: Editor['removeLabel'] = async (id, into) => {
    const position = labels().findIndex((label) => label.id === id)
    const label = labels()[position]
    await doc.stored()
    const { edits } = await api['labels.remove']({ id, into })
    await loadLabels()
    await doc.reloadOpen()
    if (label) doc.recordAct(removeAct(api, { label, position, into, edits }, settled))
  }

  return {
    add,
    updateLabel: async (id, change) => void (await attempt(() => update(id, change))),
    removeLabel: async (id, into) => void (await attempt(() => remove(id, into))),
  }
}

export function labelMethods(api: Api, store: StoreApi<EditorState>, parts: Parts): LabelMethods {
  const { add, ...changes } = labelChanges(api, store, parts)
  return {
    ...changes,
    holdLabel: (name) =>
      store.setState(({ labels: all, activeLabelId }) => ({ activeLabelId: all.find((label) => label.name === name.normalize('NFC'))?.id ?? activeLabelId })),
    addLabel: (name) => add(name, true),
    withLabel: (then: (id: LabelId) => void) => {
      const { activeLabelId } = store.getState()
      if (activeLabelId !== null) then(activeLabelId)
      else void add(FIRST_LABEL, false).then((id) => (id === null ? undefined : then(id)))
    },
  }
}
