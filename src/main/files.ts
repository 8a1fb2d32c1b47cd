/** Whatever a person opens by means of the system: arguments, a double click, a second start, dialogs, drops. */
import { resolve } from 'node:path'
import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron'
import { readIntoProject } from '../core/services/appImages.ts'
import type { createAppServices } from '../core/services/appServices.ts'
import { openingOf } from '../core/services/opening.ts'
import { IMAGE_EXTENSIONS } from '../core/media/formats.ts'
import type { AskToOpen } from '../shared/bridge.ts'
import { toWireError } from '../shared/errors.ts'

type Services = Awaited<ReturnType<typeof createAppServices>>

const DIALOGS: Readonly<Record<AskToOpen['what'], OpenDialogOptions>> = {
  folder: { properties: ['openDirectory', 'createDirectory'] },
  images: { properties: ['openFile', 'multiSelections'], filters: [{ name: 'Images', extensions: [...IMAGE_EXTENSIONS] }] },
  project: { properties: ['openFile'], filters: [{ name: 'Marquee', extensions: ['marquee'] }] },
}

/** Paths among the arguments of a start. Electron's own come first: its program, and from the sources the script. */
export function pathsOf(argv: readonly string[], isPackaged: boolean, folder: string): string[] {
  return argv
    .slice(isPackaged ? 1 : 2)
    .filter((arg) => !arg.startsWith('-'))
    .map((arg) => resolve(folder, arg))
}

export class Files {
  readonly #window: BrowserWindow
  readonly #services: Services
  readonly #onProject: () => void

  /** `onProject` is told when another project is open. */
  constructor(window: BrowserWindow, services: Services, onProject: () => void) {
    this.#window = window
    this.#services = services
    this.#onProject = onProject
  }

  /** Opens a project, or folders and files as a project of their own. */
  open(paths: readonly string[]): Promise<void> {
    return this.#shown(async () => {
      const { session, roots } = this.#services
      const opening = await openingOf(paths, session.dataFolder)
      await session.switchTo(opening.projectFile)
      roots.approve(opening.projectFile)
      for (const { root } of session.project.sources.list()) roots.approve(root)
      this.#onProject()
      await this.#read(opening.paths)
    })
  }

  /** Adds files and folders to the open project. */
  add(paths: readonly string[]): Promise<void> {
    return this.#shown(() => this.#read(paths))
  }

  /** Something was dropped on the window: a project is opened, anything else may now be read by the page, which adds it. */
  drop(path: string): void {
    if (path.endsWith('.marquee')) void this.open([path])
    else this.#services.roots.approve(path)
  }

  /** Asks by a dialog of the system what to open, and opens it. */
  async ask(what: AskToOpen['what']): Promise<void> {
    const { canceled, filePaths } = await dialog.showOpenDialog(this.#window, DIALOGS[what])
    if (canceled || filePaths.length === 0) return
    await (what === 'images' ? this.add(filePaths) : this.open(filePaths))
  }

  async #read(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return
    for (const path of paths) this.#services.roots.approve(path)
    const { problems } = await readIntoProject(this.#services.session, paths, {})
    for (const problem of problems) console.error(problem)
  }

  /** Runs `work`; why it failed is shown over the window. */
  async #shown(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      await dialog.showMessageBox(this.#window, { type: 'error', message: toWireError(error).message })
    }
  }
}
