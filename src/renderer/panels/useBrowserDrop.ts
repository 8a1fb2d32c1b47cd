/** A browser would leave the window for a file dropped on it, and never says where the file lies. */
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Editor } from '../editor/index.ts'

export function useBrowserDrop(editor: Editor, inBrowser: boolean): void {
  const { t } = useTranslation()
  useEffect(() => {
    if (!inBrowser) return
    const listening = new AbortController()
    const allow = (event: DragEvent) => event.preventDefault()
    const drop = (event: DragEvent) => {
      event.preventDefault()
      editor.report(t('open.dropped'))
    }
    window.addEventListener('dragover', allow, { signal: listening.signal })
    window.addEventListener('drop', drop, { signal: listening.signal })
    return () => listening.abort()
  }, [editor, inBrowser, t])
}
