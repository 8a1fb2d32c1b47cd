/** The window: where it was last time, and back again when its page is gone. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { BrowserWindow, dialog, screen, type Rectangle } from 'electron'
import { z } from 'zod'
import { hardened, PAGE } from './security.ts'

const WindowState = z.object({ x: z.number().int(), y: z.number().int(), width: z.number().int(), height: z.number().int(), maximized: z.boolean() })
export type WindowState = z.infer<typeof WindowState>

const FIRST_SIZE = { width: 1360, height: 860 }
const LEAST_SIZE = { width: 800, height: 560 }
/** So much of the window, in screen points, must be on a screen to be taken hold of. */
const GRIP = 80
/** Pages lost within a minute after which the person is asked instead of trying again. */
const MAX_LOSSES = 3

interface WindowOptions {
  /** File that keeps where the window was. */
  readonly stateFile: string
  /** Built preload script. */
  readonly preload: string
}

/** Opens the window; it is shown once its page has been drawn. */
export function openWindow({ stateFile, preload }: WindowOptions): BrowserWindow {
  const state = placedOn(readState(stateFile), screen.getAllDisplays().map(({ workArea }) => workArea))
  const window = new BrowserWindow({
    ...(state ?? FIRST_SIZE),
    minWidth: LEAST_SIZE.width,
    minHeight: LEAST_SIZE.height,
    title: 'Marquee',
    show: false,
    // The page has menus of its own; Alt shows the native ones.
    autoHideMenuBar: true,
    webPreferences: hardened({ preload }),
  })
  if (state?.maximized) window.maximize()
  window.once('ready-to-show', () => {
    window.show()
  })
  window.on('close', () => {
    writeState(stateFile, { ...window.getNormalBounds(), maximized: window.isMaximized() })
  })
  returnWhenGone(window)
  void window.loadURL(PAGE)
  return window
}

/** Null where no screen shows enough of the window: the screen it was on is gone. */
export function placedOn(state: WindowState | null, screens: readonly Rectangle[]): WindowState | null {
  if (state === null) return null
  const isSeen = screens.some(({ x, y, width, height }) => {
    const seen = Math.min(state.x + state.width, x + width) - Math.max(state.x, x)
    // The title bar is what is taken hold of: it may be neither above nor below the screen.
    return seen >= GRIP && state.y >= y && state.y + GRIP <= y + height
  })
  return isSeen ? state : null
}

function readState(file: string): WindowState | null {
  try {
    return WindowState.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // Never written, or damaged: the window opens where the system puts it.
    return null
  }
}

function writeState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(state))
  } catch (error) {
    console.error(`Where the window was could not be kept: ${String(error)}`)
  }
}

/** Every change is stored as it is made, so that a lost page is loaded again; a page lost over and over is not. */
function returnWhenGone(window: BrowserWindow): void {
  let losses: number[] = []
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    const now = Date.now()
    losses = [...losses.filter((time) => now - time < 60_000), now]
    if (losses.length < MAX_LOSSES) window.webContents.reload()
    else void askAfterLosses(window, reason)
  })
}

async function askAfterLosses(window: BrowserWindow, reason: string): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: `The window stopped ${String(MAX_LOSSES)} times within a minute (${reason}).`,
    detail: 'All your changes are stored. Close other programs if memory is short, then try again.',
    buttons: ['Try again', 'Close Marquee'],
    defaultId: 0,
    cancelId: 1,
  })
  if (response === 0) window.webContents.reload()
  else window.close()
}
