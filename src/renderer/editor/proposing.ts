/** Words to proposals, and what becomes of proposals. */
import type { StoreApi } from 'zustand/vanilla'
import type { ImageRow, LabelRow } from '../../shared/appContract.ts'
import { AppError, messageOf } from '../../shared/errors.ts'
import type { Annotation, LabelId, Prompt } from '../../shared/model.ts'
import type { Api } from './autosave.ts'
import type { AnnotationDocument } from './document.ts'
import type { Editor, ProposeOptions } from './editorTypes.ts'
import type { labelMethods } from './labels.ts'
import { discardableOf, IDLE_RUN, proposalsOf, seenWindow } from './state.ts'
import type { EditorState, RunState } from './state.ts'

type ProposingMethods = Pick<Editor, 'propose' | 'stop' | 'acceptAll' | 'acceptSelected' | 'discardAll'>

interface Parts extends Pick<ReturnType<typeof labelMethods>, 'holdLabel'> {
  readonly doc: AnnotationDocument
  readonly loadLabels: () => Promise<void>
  /** Told of labels that a prompt has made. */
  readonly onLabels: (made: readonly LabelId[]) => void
}

export function proposingMethods(
  api: Api,
  store: StoreApi<EditorState>,
  { doc, loadLabels, holdLabel, onLabels }: Parts,
): ProposingMethods {
  let current: AbortController | null = null

  const ask = async (image: ImageRow, prompts: readonly Prompt[], options: ProposeOptions, signal: AbortSignal): Promise<RunState> => {
    const started = Date.now()
    const state = store.getState()
    const args = { imageId: image.id, frame: state.frame, ...seenWindow(state, image), prompts: [...prompts], ...options }
    const known = new Set(state.labels.map(({ id }) => id))
    const seconds = () => (Date.now() - started) / 1000
    try {
      const { answers } = await api['models.propose'](args, { signal, onProgress: (progress) => showProgress(store, signal, progress) })
      // A prompt may have made a label: its objects are not shown before it is known.
      await loadLabels()
      onLabels(madeBy(prompts, store.getState().labels.filter(({ id }) => !known.has(id))))
      await doc.reload(image.id)
      return { ...IDLE_RUN, imageId: image.id, answers, seconds: seconds() }
    } catch (error) {
      await doc.reload(image.id).catch(() => undefined)
      const isCancelled = error instanceof AppError && error.code === 'cancelled'
      return { ...IDLE_RUN, imageId: image.id, seconds: seconds(), error: isCancelled ? null : messageOf(error) }
    }
  }

  const propose: Editor['propose'] = async (prompts, options) => {
    const { image } = store.getState()
    if (!image || prompts.length === 0) return
    current?.abort()
    const controller = (current = new AbortController())
    store.setState({ run: { ...IDLE_RUN, busy: true, imageId: image.id, stage: 'decode' } })
    const run = await ask(image, prompts, options, controller.signal)
    if (current !== controller) return
    current = null
    store.setState({ run })
    // What the model missed is drawn by hand next, with the label it was asked for.
    if (run.answers.length > 0) holdLabel(prompts[0]!.label)
    const models = await api['models.status'](null).catch(() => null)
    if (models) store.setState({ models })
  }

  return { propose, stop: () => current?.abort(), ...reviewMethods(store, doc) }
}

function madeBy(prompts: readonly Prompt[], labels: readonly LabelRow[]): LabelId[] {
  const names = new Set(prompts.map(({ label }) => label.trim().normalize('NFC')))
  return labels.filter(({ name }) => names.has(name)).map(({ id }) => id)
}

function showProgress(
  store: StoreApi<EditorState>,
  signal: AbortSignal,
  { stage, box }: { stage: RunState['stage']; box?: RunState['boxes'][number] | undefined },
): void {
  if (signal.aborted) return
  store.setState(({ run }) => ({ run: { ...run, stage, boxes: box ? [...run.boxes, box] : run.boxes } }))
}

function reviewMethods(store: StoreApi<EditorState>, doc: AnnotationDocument): Pick<Editor, 'acceptAll' | 'acceptSelected' | 'discardAll'> {
  const proposals = () => proposalsOf(store.getState())
  const accept = (which: readonly Annotation[]) => {
    const updated = which.map((from) => [from, { ...from, state: 'accepted' as const }] as const)
    doc.commit({ added: [], updated, removed: [] }, 'accept')
  }
  return {
    acceptAll: () => accept(proposals()),
    acceptSelected: () => accept(proposals().filter(({ id }) => store.getState().selection.has(id))),
    discardAll: () => void doc.commit({ added: [], updated: [], removed: discardableOf(store.getState()) }, 'discard'),
  }
}
