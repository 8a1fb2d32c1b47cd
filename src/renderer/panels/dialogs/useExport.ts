/** One export at a time, with its progress, its report or its error. */
import { useCallback, useRef, useState } from 'react'
import type { ExportReport } from '../../../shared/appContract.ts'
import { AppError } from '../../../shared/errors.ts'
import { useEditor } from '../../editor/index.ts'

interface State {
  readonly running: boolean
  readonly done: number
  readonly total: number
  readonly error: string | null
  readonly report: ExportReport | null
}

const IDLE: State = { running: false, done: 0, total: 0, error: null, report: null }

export interface ExportArgs {
  readonly format: 'coco' | 'voc'
  readonly path: string
  readonly acceptedOnly: boolean
}

export function useExport() {
  const editor = useEditor()
  const [state, setState] = useState(IDLE)
  const controller = useRef(new AbortController())
  const write = async (args: ExportArgs) => {
    controller.current = new AbortController()
    setState({ ...IDLE, running: true })
    try {
      const report = await editor.api['exports.write'](args, {
        signal: controller.current.signal,
        onProgress: (progress) => setState((before) => ({ ...before, ...progress })),
      })
      setState({ ...IDLE, report })
    } catch (error) {
      const cancelled = error instanceof AppError && error.code === 'cancelled'
      setState({ ...IDLE, error: cancelled ? null : error instanceof Error ? error.message : String(error) })
    }
  }
  /** What was wrong is being put right. */
  const forget = useCallback(() => setState((before) => (before.error === null ? before : { ...before, error: null })), [])
  return { ...state, forget, start: (args: ExportArgs) => void write(args), stop: () => controller.current.abort() }
}
