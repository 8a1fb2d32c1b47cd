/** Labels of the project, and the one in hand. */
import type { StoreApi } from 'zustand/vanilla'
import type { LabelId } from '../../shared/model.ts'
import type { Api } from './autosave.ts'
import type { Editor } from './editorTypes.ts'
import { messageOf } from './problems.ts'
import type { EditorState } from './state.ts'

/** The label made when something is drawn in a project that has none. */
const FIRST_LABEL = 'object'

type LabelMethods = Pick<Editor, 'addLabel' | 'updateLabel' | 'removeLabel' | 'withLabel'> & {
  loadLabels(): Promise<void>
  /** The label of that name, where there is one, is what is drawn with next. */
  holdLabel(name: string): void
}

export function labelMethods(api: Api, store: StoreApi<EditorState>, report: (message: string) => void): LabelMethods {
  const loadLabels = async () => {
    const labels = await api['labels.list'](null)
    const { activeLabelId } = store.getState()
    const isThere = labels.some(({ id }) => id === activeLabelId)
    store.setState({ labels, activeLabelId: isThere ? activeLabelId : (labels[0]?.id ?? null) })
  }

  /** Does it, says what went wrong, and shows the labels as they are then. */
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result | null> => {
    try {
      const result = await work()
      await loadLabels()
      return result
    } catch (error) {
      report(messageOf(error))
      return null
    }
  }

  const addLabel = async (name: string) => {
    const label = await attempt(() => api['labels.ensure']({ name }))
    if (label) store.setState({ activeLabelId: label.id })
    return label?.id ?? null
  }

  return {
    loadLabels,
    holdLabel: (name) =>
      store.setState(({ labels, activeLabelId }) => ({ activeLabelId: labels.find((label) => label.name === name.normalize('NFC'))?.id ?? activeLabelId })),
    addLabel,
    updateLabel: async (id, change) => void (await attempt(() => api['labels.update']({ id, ...change }))),
    removeLabel: async (id, into) => void (await attempt(() => api['labels.remove']({ id, into }))),
    withLabel: (then: (id: LabelId) => void) => {
      const { activeLabelId } = store.getState()
      if (activeLabelId !== null) then(activeLabelId)
      else void addLabel(FIRST_LABEL).then((id) => (id === null ? undefined : then(id)))
    },
  }
}
