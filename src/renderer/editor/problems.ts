/** What went wrong, in one place, each said once. */
import type { StoreApi } from 'zustand/vanilla'
import type { Editor } from './editorTypes.ts'
import type { EditorState } from './state.ts'

const KEPT = 20

export function problemMethods(store: StoreApi<EditorState>): Pick<Editor, 'report' | 'dismissProblem'> {
  let nextId = 1
  return {
    report: (message) => {
      const others = store.getState().problems.filter((problem) => problem.message !== message)
      store.setState({ problems: [...others, { id: nextId++, message }].slice(-KEPT) })
    },
    dismissProblem: (id) => store.setState(({ problems }) => ({ problems: problems.filter((problem) => problem.id !== id) })),
  }
}
