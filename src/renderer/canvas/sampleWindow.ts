/** The window through which a deep picture is seen: what it is, how a drag changes it, and keeping it with the project. */
import { SampleWindow } from '../../shared/pictures.ts'
import type { Editor } from '../editor/editorTypes.ts'
import type { EditorState } from '../editor/state.ts'

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
  const growth = before * Math.expm1(dx * DRAG.width)
  // By even numbers, so that the level stays; a narrow window by one value for each step of the pointer.
  const step = Math.abs(growth) < 2 ? Math.sign(dx) : 2 * Math.round(growth / 2)
  const width = Math.min(MAX_VALUE, Math.max(1, before + step))
  return windowAt(width, (low + high) / 2 + Math.sign(dy) * Math.max(Math.abs(dy) * width * DRAG.level, Math.min(1, Math.abs(dy))))
}

/** The window of a width, 1 to 65535 and whole, around a level; as near to it as the type allows. */
export function windowAt(width: number, level: number): SampleWindow {
  const low = Math.round(Math.min(MAX_VALUE - width, Math.max(0, level - width / 2)))
  return { low, high: low + width }
}

/** As scans tell it: how many values, and the one in the middle. */
export function widthAndLevel({ low, high }: SampleWindow): { width: number; level: number } {
  return { width: high - low, level: Math.round((low + high) / 2) }
}

/** Takes up the window chosen before in this project and keeps each further choice, until the signal fires. */
export function keepWindow(editor: Editor, signal: AbortSignal): void {
  const start = editor.state.adjustments.window
  const read = async () => {
    const { [KEY]: kept } = await editor.stored
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
