/** Models that are being installed: it goes on while the dialog is closed. What was broken off goes on from there later. */
import { createStore } from 'zustand/vanilla'
import type { ModelRow } from '../../../shared/appContract.ts'
import { AppError, messageOf } from '../../../shared/errors.ts'
import type { Editor } from '../../editor/index.ts'

export interface Install {
  readonly stage: 'look-up' | 'download' | 'check'
  readonly received: number
  readonly total: number
  /** Why it ended, until it is tried again; null while it goes on. */
  readonly error: string | null
  readonly stop: () => void
}

/** By model id. */
export const installs = createStore<Readonly<Record<string, Install>>>()(() => ({}))

/** Resolves when it is over, whatever came of it. */
export async function install({ api }: Editor, { id, received, size }: Pick<ModelRow, 'id' | 'received' | 'size'>): Promise<void> {
  const controller = new AbortController()
  const begin: Install = { stage: 'look-up', received, total: size, error: null, stop: () => controller.abort() }
  const change = (part: Partial<Install>) => installs.setState(({ [id]: before = begin }) => ({ [id]: { ...before, ...part } }))
  change(begin)
  try {
    const onProgress = ({ stage, received, total }: { stage: Install['stage']; received: number; total: number | null }) =>
      change({ stage, received, total: total ?? size })
    await api['models.install']({ id }, { signal: controller.signal, onProgress })
    forget(id)
  } catch (error) {
    if (error instanceof AppError && error.code === 'cancelled') forget(id)
    else change({ error: messageOf(error) })
  }
}

/** A failure was read. */
export function forget(id: string): void {
  installs.setState((all) => Object.fromEntries(Object.entries(all).filter(([other]) => other !== id)), true)
}

export const bytesText = (bytes: number): string => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${String(Math.ceil(bytes / 1e6))} MB`)
