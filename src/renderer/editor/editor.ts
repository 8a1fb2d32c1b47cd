/** The editor of one window: state in one store, every edit through one document. */
import { createStore } from 'zustand/vanilla'
import type { Annotation, AnnotationId } from '../../shared/model.ts'
import { messageOf } from '../../shared/errors.ts'
import type { Api } from './autosave.ts'
import { AnnotationDocument } from './document.ts'
import type { Editor } from './editorTypes.ts'
import { findLastImage, keepLastImage, openFirstImage } from './firstImage.ts'
import { gestureMethods } from './gestures.ts'
import { imageMethods } from './images.ts'
import { makeLateMasks } from './lateMasks.ts'
import { labelLoader, labelMethods } from './labels.ts'
import { maskingMethods } from './masking.ts'
import { problemMethods } from './problems.ts'
import { projectLoader } from './project.ts'
import { watchPromptLabels } from './promptLabels.ts'
import { proposingMethods } from './proposing.ts'
import { removingMethods } from './removing.ts'
import type { EditorState } from './state.ts'
import { INITIAL_STATE } from './state.ts'
import { createTools } from './tools/index.ts'
import { viewMethods } from './view.ts'
import { watchChanges } from './watching.ts'

/** `stored` are the settings of the host, where they were asked for already. */
export function createEditor(api: Api, stored: Editor['stored'] = api['settings.get'](null)): Editor {
  // Whoever needs them hears of it.
  stored.catch(() => undefined)
  const store = createStore<EditorState>(() => INITIAL_STATE)
  const problems = problemMethods(store)
  const { report } = problems
  const loadLabels = labelLoader(api, store)
  const doc = new AnnotationDocument(api, store, { report, loadLabels })
  const { holdLabel, ...labels } = labelMethods(api, store, { doc, loadLabels, report })
  const leave = () => void editor.cancelGesture()
  const ending = new AbortController()
  const loadProject = projectLoader(api, store, ending.signal)
  const { openRow, leaveRemoved, ...images } = imageMethods(api, store, doc, { report, leave })

  const update: Editor['update'] = (ids, change, reason) => {
    const { annotations } = store.getState()
    const updated = [...ids].flatMap((id) => changeOf(annotations.get(id), change))
    return doc.commit({ added: [], updated, removed: [] }, reason)
  }

  const editor: Editor = {
    api,
    stored,
    store,
    get state() {
      return store.getState()
    },
    start: async () => {
      // Nobody shows images of another place before it is known which one comes first.
      store.setState({ loading: true })
      makeLateMasks(editor, ending.signal)
      void watchChanges({ api, store, doc, loadLabels, loadProject, leaveRemoved, report, openFirst: () => editor.openIndex(0) }, ending.signal)
      try {
        const [models, last] = await Promise.all([api['models.status'](null), findLastImage(api, stored), loadLabels(), loadProject()])
        keepLastImage(api, store, ending.signal)
        store.setState({ models })
        if (last) await openRow(last)
        else store.setState({ loading: false })
      } catch (error) {
        store.setState({ loading: false })
        report(messageOf(error))
      }
      await openFirstImage(editor, ending.signal)
    },
    settle: async () => {
      leave()
      editor.stop()
      await doc.stored()
    },
    close: async () => {
      ending.abort()
      editor.stop()
      await doc.settled()
    },
    ...problems,
    ...labels,
    ...viewMethods(store),
    ...images,
    ...removingMethods(api, store, { doc, loadLabels, loadProject, leaveRemoved, open: (id) => editor.openImage(id), report }),
    ...maskingMethods(api, store, report),
    ...proposingMethods(api, store, { doc, loadLabels, holdLabel, onLabels: watchPromptLabels(api, store, { doc, loadLabels }, ending.signal) }),
    ...gestureMethods(() => editor, () => tools),
    commit: (changes, reason) => doc.commit(changes, reason),
    amend: (gesture, id, change, reason) => doc.amend(gesture, id, change, reason),
    update,
    undo: () => step('undo'),
    redo: () => step('redo'),
    useLabel: (labelId) => {
      store.setState({ activeLabelId: labelId })
      update(unlocked(store.getState()), (annotation) => (annotation.labelId === labelId ? annotation : { ...annotation, labelId }), 'label')
    },
  }
  const tools = createTools(editor)
  const step = (direction: 'undo' | 'redo') => {
    if (!editor.cancelGesture()) doc[direction]()
  }
  return editor
}

function unlocked({ selection, locked }: EditorState): AnnotationId[] {
  return [...selection].filter((id) => !locked.has(id))
}

function changeOf(from: Annotation | undefined, change: (annotation: Annotation) => Annotation): [Annotation, Annotation][] {
  const to = from && change(from)
  return from && to && to !== from ? [[from, to]] : []
}
