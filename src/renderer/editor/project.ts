/** What is known of the project: asked at the start, when images change, and each second while folders are read. */
import type { StoreApi } from 'zustand/vanilla'
import type { Api } from './autosave.ts'
import type { EditorState } from './state.ts'

const SCANNING_MS = 1000

/** The function it returns asks the host; nothing is asked again once the signal fires. */
export function projectLoader(api: Api, store: StoreApi<EditorState>, signal: AbortSignal): () => Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const load = async () => {
    const project = await api['project.info'](null)
    if (signal.aborted) return
    store.setState({ project, imageCount: project.images })
    clearTimeout(timer)
    if (project.scanning) timer = setTimeout(() => void load().catch(() => undefined), SCANNING_MS)
  }
  signal.addEventListener('abort', () => clearTimeout(timer))
  return load
}
