/** The window through which a deep picture is seen: what it is, how a drag changes it, and keeping it with the project. */
import { SampleWindow, type SampleStats } from '../../shared/pictures.ts'
import type { Editor } from '../editor/editorTypes.ts'
import type { Adjustments, EditorState } from '../editor/state.ts'

export type WindowChoice = Adjustments['window']

const KEY = 'window.samples'
/** Steps of a drag are not kept one by one. */
const KEPT_AFTER_MS = 400
const MAX_VALUE = 65535
/** Per CSS pixel of a drag: the width grows by this share, the level moves by this share of the width. */
const DRAG = { width: 0.006, level: 0.003 } as const

/** Null while it is not known. */
export function windowOf({ adjustments: { window }, picture: { samples } }: EditorState): SampleWindow | null {
  if (typeof window === 'object') return window
  return samples && samples[window]
}

/** To the right wider, upwards brighter, as the window and level of scans; in whole stored values. */
export function draggedWindow({ low, high }: SampleWindow, dx: number, dy: number): SampleWindow {
  const before = high - low
  const grown = before * Math.exp(dx * DRAG.width)
  // A narrow window moves by one value for each step of the pointer, at least.
  const width = Math.min(MAX_VALUE, Math.max(1, dx > 0 ? Math.max(grown, before + 1) : dx < 0 ? Math.min(grown, before - 1) : grown))
  const level = (low + high) / 2 + Math.sign(dy) * Math.max(Math.abs(dy) * width * DRAG.level, Math.min(1, Math.abs(dy)))
  const from = Math.round(Math.min(MAX_VALUE - width, Math.max(0, level - width / 2)))
  return { low: from, high: Math.min(MAX_VALUE, Math.max(from + 1, Math.round(from + width))) }
}

/** As scans tell it: how many values, and the one in the middle. */
export function widthAndLevel({ low, high }: SampleWindow): { width: number; level: number } {
  return { width: high - low, level: Math.round((low + high) / 2) }
}

/** The smallest number of bits, of those that cameras and scanners store, that holds all values. */
export function bitsUsed({ range }: SampleStats): number {
  return [8, 10, 12, 14].find((bits) => range.high < 2 ** bits) ?? 16
}

/** Takes up the window chosen before in this project and keeps each further choice, until the signal fires. */
export function keepWindow(editor: Editor, signal: AbortSignal): void {
  const start = editor.state.adjustments.window
  const read = async () => {
    const { [KEY]: kept } = await editor.api['settings.get'](null)
    const parsed = SampleWindow.safeParse(kept)
    const choice = kept === 'percentiles' ? kept : parsed.data
    if (choice && !signal.aborted && editor.state.adjustments.window === start) editor.setAdjustments({ window: choice })
  }
  read().catch(() => undefined)
  let timer: ReturnType<typeof setTimeout> | undefined
  const unsubscribe = editor.store.subscribe(({ adjustments: { window } }, { adjustments: before }) => {
    if (window === before.window) return
    clearTimeout(timer)
    timer = setTimeout(() => void editor.api['settings.set']({ key: KEY, value: window }).catch(() => undefined), KEPT_AFTER_MS)
  })
  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    unsubscribe()
  })
}
