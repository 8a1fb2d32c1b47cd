/** What the engine does and how fast it was, as it changes: for the status bar. */
import { useEffect } from 'react'
import type { Editor } from '../editor/index.ts'
import { windowState } from './windowState.ts'

/** News come at most this often; a host that is away is asked again after the second. */
const CALM_MS = 150
const RETRY_MS = 1000

export function useActivity(editor: Editor): void {
  useEffect(() => {
    const ending = new AbortController()
    void follow(editor, ending.signal)
    return () => ending.abort()
  }, [editor])
}

async function follow(editor: Editor, signal: AbortSignal): Promise<void> {
  let after = 0
  while (!signal.aborted) {
    try {
      const activity = await editor.api['models.activity']({ after }, { signal })
      after = activity.sequence
      windowState.setState({ activity })
      editor.store.setState({ models: activity.status })
      await pause(CALM_MS)
    } catch {
      if (!signal.aborted) windowState.setState({ activity: null })
      await pause(RETRY_MS)
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
