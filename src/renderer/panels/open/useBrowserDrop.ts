/** A browser would leave the window for what is dropped on it, and never says where that lies: its folder is asked for. */
import { useEffect } from 'react'
import { DATASET_FILE } from './dropping.ts'
import { openDialog, windowState } from '../windowState.ts'

export function useBrowserDrop(inBrowser: boolean): void {
  useEffect(() => {
    if (!inBrowser) return
    const listening = new AbortController()
    const allow = (event: DragEvent) => event.preventDefault()
    const drop = (event: DragEvent) => {
      event.preventDefault()
      const name = event.dataTransfer?.files[0]?.name
      if (name === undefined) return
      openDialog(DATASET_FILE.test(name) ? 'import' : 'open')
      windowState.setState({ dropped: name })
    }
    window.addEventListener('dragover', allow, { signal: listening.signal })
    window.addEventListener('drop', drop, { signal: listening.signal })
    return () => listening.abort()
  }, [inBrowser])
}
