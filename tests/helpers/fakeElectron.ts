/**
 * Stands in for the `electron` module: records what it was asked for and lets a test raise Electron's events.
 * Use: `vi.mock('electron', () => import('../../helpers/fakeElectron.ts'))`, then import from here what the test looks at.
 */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'

type Listener = (...args: never[]) => unknown

/** An event as Electron passes it, e.g. `{ url }` of a navigation. */
export function event<More extends object>(more: More = {} as More): More & { prevented: boolean; preventDefault(): void } {
  const made = {
    ...more,
    prevented: false,
    preventDefault: () => {
      made.prevented = true
    },
  }
  return made
}

class App extends EventEmitter {
  isPackaged = true
  locale = 'en-GB'
  lockData: unknown
  hasLock = true
  readonly paths = new Map<string, string>()
  readonly calls: string[] = []
  #ready = Promise.withResolvers<void>()
  whenReady = () => this.#ready.promise
  becomeReady = () => {
    this.calls.push('ready')
    this.#ready.resolve()
  }
  getLocale = () => this.locale
  setPath = (name: string, path: string) => {
    this.calls.push(`setPath ${name}`)
    this.paths.set(name, path)
  }
  requestSingleInstanceLock = (data: unknown) => {
    this.calls.push('lock')
    this.lockData = data
    return this.hasLock
  }
  quit = () => {
    this.calls.push('quit')
  }
  exit = (code: number) => {
    this.calls.push(`exit ${String(code)}`)
  }
}
export const app = new App()

export class WebContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | null = null
  readonly sent: { channel: string; message: unknown }[] = []
  reloads = 0
  setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }) => {
    this.openHandler = handler
  }
  send = (channel: string, message: unknown) => {
    this.sent.push({ channel, message })
  }
  reload = () => {
    this.reloads++
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = []
  readonly webContents = new WebContents()
  readonly options: Record<string, unknown> & { webPreferences: Record<string, unknown> }
  readonly loaded: string[] = []
  readonly calls: string[] = []
  bounds = { x: 10, y: 20, width: 1000, height: 700 }
  maximized = false
  minimized = false
  destroyed = false
  constructor(options: BrowserWindow['options']) {
    super()
    this.options = options
    BrowserWindow.all.push(this)
    app.emit('web-contents-created', event(), this.webContents)
  }
  loadURL = (url: string) => {
    this.loaded.push(url)
    return Promise.resolve()
  }
  show = () => this.calls.push('show')
  focus = () => this.calls.push('focus')
  restore = () => this.calls.push('restore')
  close = () => this.calls.push('close')
  maximize = () => {
    this.maximized = true
  }
  isMaximized = () => this.maximized
  isMinimized = () => this.minimized
  isDestroyed = () => this.destroyed
  getNormalBounds = () => this.bounds
}

export const screen = {
  workAreas: [{ x: 0, y: 0, width: 1920, height: 1080 }],
  getAllDisplays: () => screen.workAreas.map((workArea) => ({ workArea })),
}

export const shell = {
  opened: [] as string[],
  /** What was shown in the file manager. */
  shown: [] as string[],
  showItemInFolder: (path: string) => {
    shell.shown.push(path)
  },
  openExternal: (url: string) => {
    shell.opened.push(url)
    return Promise.resolve()
  },
}

export class Session {
  requestHandler: ((contents: null, permission: string, answer: (granted: boolean) => void) => void) | null = null
  checkHandler: ((contents: null, permission: string) => boolean) | null = null
  deviceHandler: (() => boolean) | null = null
  setPermissionRequestHandler = (handler: Session['requestHandler']) => {
    this.requestHandler = handler
  }
  setPermissionCheckHandler = (handler: Session['checkHandler']) => {
    this.checkHandler = handler
  }
  setDevicePermissionHandler = (handler: Session['deviceHandler']) => {
    this.deviceHandler = handler
  }
}
export const session = { defaultSession: new Session() }

interface Scheme {
  readonly scheme: string
  readonly privileges: Readonly<Record<string, boolean>>
}
export const protocol = {
  schemes: [] as readonly Scheme[],
  handlers: new Map<string, (request: { url: string }) => Promise<Response>>(),
  registerSchemesAsPrivileged: (schemes: readonly Scheme[]) => {
    app.calls.push('schemes')
    protocol.schemes = schemes
  },
  handle: (scheme: string, handler: (request: { url: string }) => Promise<Response>) => {
    protocol.handlers.set(scheme, handler)
  },
}

export const ipcMain = new EventEmitter()

export interface MenuItem {
  readonly label?: string
  readonly role?: string
  readonly submenu?: readonly MenuItem[]
  readonly accelerator?: string
  readonly click?: () => void
}
export const Menu = {
  shown: [] as readonly MenuItem[],
  buildFromTemplate: (template: readonly MenuItem[]) => template,
  setApplicationMenu: (template: readonly MenuItem[]) => {
    Menu.shown = template
  },
}

export const dialog = {
  chosen: [] as string[],
  answer: 0,
  messages: [] as { message: string }[],
  errors: [] as string[],
  showOpenDialog: (_window: unknown, options: { properties: string[] }) => {
    dialog.asked = options
    return Promise.resolve({ canceled: dialog.chosen.length === 0, filePaths: dialog.chosen })
  },
  asked: null as { properties: string[] } | null,
  showMessageBox: (_window: unknown, options: { message: string }) => {
    dialog.messages.push(options)
    return Promise.resolve({ response: dialog.answer })
  },
  showErrorBox: (_title: string, message: string) => {
    dialog.errors.push(message)
  },
}

/** A utility process whose other end is the test. */
export class UtilityProcess extends EventEmitter {
  readonly entry: string
  readonly options: Record<string, unknown>
  readonly stderr = new PassThrough()
  readonly posted: unknown[] = []
  killed = false
  constructor(entry: string, options: Record<string, unknown>) {
    super()
    this.entry = entry
    this.options = options
  }
  postMessage = (message: unknown) => {
    this.posted.push(message)
  }
  kill = () => {
    this.killed = true
    return true
  }
}
export const utilityProcess = {
  started: [] as UtilityProcess[],
  fork: (entry: string, _args: string[], options: Record<string, unknown>) => {
    const child = new UtilityProcess(entry, options)
    utilityProcess.started.push(child)
    return child
  },
}

// The renderer's side, for the preload script.
export const contextBridge = {
  exposed: new Map<string, Record<string, Listener>>(),
  exposeInMainWorld: (name: string, api: Record<string, Listener>) => {
    contextBridge.exposed.set(name, api)
  },
}
class IpcRenderer extends EventEmitter {
  readonly posted: { channel: string; message: unknown }[] = []
  send = (channel: string, message: unknown) => {
    this.posted.push({ channel, message })
  }
}
export const ipcRenderer = new IpcRenderer()
export const webUtils = { getPathForFile: (file: { path?: string }) => file.path ?? '' }
