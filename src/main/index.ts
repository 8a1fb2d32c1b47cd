/** Entry of the desktop program: one instance, one window, and the services of core behind it. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, dialog, session, shell, type BrowserWindow } from 'electron'
import { createEngineClient } from '../core/inference/engineClient.ts'
import { createAppServices } from '../core/services/appServices.ts'
import { dataFolderOf, openingOf } from '../core/services/opening.ts'
import { CHANNEL, type Notice } from '../shared/bridge.ts'
import { toWireError } from '../shared/errors.ts'
import { launchEngine } from './engineProcess.ts'
import { Files, pathsOf } from './files.ts'
import { openGate } from './ipc.ts'
import { showMenu } from './menu.ts'
import { registerSchemes, serveSchemes } from './protocol.ts'
import { denyPermissions, guardPages } from './security.ts'
import { openWindow } from './window.ts'

/** The built program lies in `out/main`. */
const built = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

const dataFolder = dataFolderOf()
/** What is to be opened before there is a window: the arguments, and on macOS files that were double clicked. */
const asked = pathsOf(process.argv, app.isPackaged, process.cwd())
let openLater = (paths: readonly string[]) => {
  asked.push(...paths)
}

async function start(): Promise<void> {
  await app.whenReady()
  denyPermissions(session.defaultSession)
  const { projectFile, paths } = await openingOf(asked, dataFolder)
  const engine = createEngineClient({ launch: launchEngine })
  const showInFolder = (path: string) => {
    shell.showItemInFolder(path)
  }
  const services = await createAppServices({ dataFolder, projectFile, engine, showInFolder })
  endWith(services)
  serveSchemes(built('renderer'), services)
  const window = openWindow({ stateFile: join(dataFolder, 'window', 'state.json'), preload: built('preload/index.cjs') })
  const tell = (notice: Notice) => window.webContents.send(CHANNEL, notice)
  const files = new Files(window, services, () => {
    tell({ type: 'project' })
    void menu()
  })
  openLater = (more) => {
    bringForward(window)
    if (more.length > 0) void files.open(more)
  }
  const open = (what: Parameters<Files['ask']>[0]) => void files.ask(what)
  openGate(window, services, { onOpen: open, onDropped: (path) => { files.drop(path) } })
  const menu = async () => {
    const command = (id: string) => tell({ type: 'command', id })
    const actions = { command, open, openProject: (file: string) => void files.open([file]) }
    showMenu({ language: app.getLocale(), platform: process.platform, recent: await services.session.recent(), actions })
  }
  await menu()
  await files.add(paths)
}

function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** The program ends with its window, and the store and the engine before it does. */
function endWith(services: { close(): Promise<void> }): void {
  app.on('window-all-closed', () => {
    app.quit()
  })
  app.once('will-quit', (event) => {
    event.preventDefault()
    void services.close().finally(() => {
      app.exit(0)
    })
  })
}

registerSchemes()
guardPages()
// The lock is one for each data folder, so it comes after that is known.
app.setPath('userData', join(dataFolder, 'window'))
if (app.requestSingleInstanceLock({ paths: asked })) {
  app.on('second-instance', (_event, _argv, _folder, data) => {
    openLater((data as { paths: string[] }).paths)
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    openLater([path])
  })
  start().catch((error: unknown) => {
    dialog.showErrorBox('Marquee could not start', toWireError(error).message)
    app.exit(1)
  })
} else {
  app.quit()
}
