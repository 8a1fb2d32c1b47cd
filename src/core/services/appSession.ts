/** The open project of a window, what happened to it lately, and where its files lie. */
import { access, constants, mkdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { openProject, type Project } from '../store/project.ts'
import { ChangeFeed } from './changeFeed.ts'
import { areSamples } from './modelChoice.ts'
import { replaceFile } from './replaceFile.ts'

const RECENT_KEPT = 10

/** Work that goes on in the open project, in words for whoever wants to open another one. */
const WORK = {
  reading: 'A folder is still being read',
  proposing: 'The models are still looking at an image',
  exporting: 'An export is still being written',
  importing: 'An import is still being read',
  checking: 'The project is still being checked',
} as const
export type Work = keyof typeof WORK

export class AppSession {
  readonly dataFolder: string
  readonly changes = new ChangeFeed()
  readonly #working: Work[] = []
  #project: Project

  private constructor(dataFolder: string, project: Project) {
    this.dataFolder = dataFolder
    this.#project = project
  }

  /** Opens `file`, making it where it is not there yet. */
  static async open(dataFolder: string, file: string): Promise<AppSession> {
    await mkdir(dataFolder, { recursive: true })
    const session = new AppSession(dataFolder, await openOrCreate(file))
    await session.#remember(file)
    return session
  }

  get project(): Project {
    return this.#project
  }

  get name(): string {
    return basename(this.#project.file)
  }

  /** The first folder of the person's own that can be written: with the images, else with the project. Null without one. */
  async ownFolder(): Promise<string | null> {
    const folders = [...this.#project.sources.list().map(({ root }) => root), dirname(this.#project.file)]
    const own = folders.filter((folder) => !areSamples([folder]) && !(folder + sep).startsWith(this.dataFolder + sep))
    for (const folder of own) if (await isWritable(folder)) return folder
    return null
  }

  /** True while folders are being read into the project. */
  get scanning(): boolean {
    return this.#working.includes('reading')
  }

  /** Runs what needs the open project until it is done: until then no other one can be opened. */
  async during<T>(work: Work, run: (project: Project) => Promise<T>): Promise<T> {
    this.#working.push(work)
    try {
      return await run(this.#project)
    } finally {
      this.#working.splice(this.#working.indexOf(work), 1)
    }
  }

  /**
   * Closes the open project once the other one is open; where that can't be opened, this one stays.
   * @throws AppError project-busy while work goes on in this one, and what opening throws
   */
  async switchTo(file: string): Promise<void> {
    this.#refuseWhileWorking()
    const next = await openOrCreate(file)
    try {
      this.#refuseWhileWorking()
    } catch (error) {
      next.close()
      throw error
    }
    this.#project.close()
    this.#project = next
    this.changes.restart()
    await this.#remember(file)
  }

  recent(): Promise<string[]> {
    return recentProjects(this.dataFolder)
  }

  close(): void {
    this.changes.end()
    this.#project.close()
  }

  #refuseWhileWorking(): void {
    const work = this.#working[0]
    if (work !== undefined) throw new AppError('project-busy', `${WORK[work]}. Wait until that is done or stop it, then open the other project.`)
  }

  async #remember(file: string): Promise<void> {
    const list = [file, ...(await this.recent()).filter((other) => other !== file)].slice(0, RECENT_KEPT)
    await replaceFile(recentFile(this.dataFolder), JSON.stringify(list))
  }
}

/** Project files opened lately, the last one first; none where the list was never written or is damaged. */
export async function recentProjects(dataFolder: string): Promise<string[]> {
  try {
    const list: unknown = JSON.parse(await readFile(recentFile(dataFolder), 'utf8'))
    return Array.isArray(list) ? list.filter((file) => typeof file === 'string') : []
  } catch {
    return []
  }
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(() => true, () => false)
}

function recentFile(dataFolder: string): string {
  return join(dataFolder, 'recent.json')
}

async function openOrCreate(file: string): Promise<Project> {
  await mkdir(dirname(file), { recursive: true })
  return openProject(file, { create: true })
}
