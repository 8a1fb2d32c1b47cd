/** One long call at a time, with its progress, its result or its error. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { CallOptions } from '../../shared/contract.ts'
import { toWireError, type WireError } from '../../shared/errors.ts'

interface State<Progress, Result> {
  readonly running: boolean
  readonly progress: Progress | null
  readonly result: Result | null
  /** null too where it was cancelled. */
  readonly error: WireError | null
}

export interface Job<Progress, Result> extends State<Progress, Result> {
  /** What ran before is stopped; its result counts no more. */
  start(call: (options: CallOptions<Progress>) => Promise<Result>): void
  stop(): void
  /** What was wrong is being put right. */
  forget(): void
}

const IDLE = { running: false, progress: null, result: null, error: null } as const

/** Stopped when whoever uses it is gone. */
export function useJob<Progress, Result>(): Job<Progress, Result> {
  const [state, setState] = useState<State<Progress, Result>>(IDLE)
  const controller = useRef(new AbortController())
  const stop = useCallback(() => controller.current.abort(), [])
  useEffect(() => stop, [stop])
  const start = useCallback((call: (options: CallOptions<Progress>) => Promise<Result>) => {
    controller.current.abort()
    const own = (controller.current = new AbortController())
    const show = (next: Partial<State<Progress, Result>>) => {
      if (controller.current === own) setState((before) => ({ ...before, ...next }))
    }
    show({ ...IDLE, running: true })
    call({ signal: own.signal, onProgress: (progress) => show({ progress }) }).then(
      (result) => show({ ...IDLE, result }),
      (problem: unknown) => {
        const error = toWireError(problem)
        show({ ...IDLE, error: error.code === 'cancelled' ? null : error })
      },
    )
  }, [])
  const forget = useCallback(() => setState((before) => (before.error === null ? before : { ...before, error: null })), [])
  return { ...state, start, stop, forget }
}
