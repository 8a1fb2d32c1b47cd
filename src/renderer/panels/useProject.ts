/** Keeps the project's name, counts and notice current: asked again when images change and while folders are read. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { Editor } from '../editor/index.ts'
import { windowState } from './windowState.ts'

const SCANNING_MS = 1000

export function useProject(editor: Editor): void {
  const version = useStore(editor.store, ({ imagesVersion }) => imagesVersion)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let ended = false
    const ask = async () => {
      const project = await editor.api['project.info'](null)
      if (ended) return
      windowState.setState({ project })
      document.title = `${project.name} – Marquee`
      if (project.scanning) timer = setTimeout(() => void ask().catch(report), SCANNING_MS)
    }
    const report = (error: unknown) => editor.report(error instanceof Error ? error.message : String(error))
    void ask().catch(report)
    return () => {
      ended = true
      clearTimeout(timer)
    }
  }, [editor, version])
}
