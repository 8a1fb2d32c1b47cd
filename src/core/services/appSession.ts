/** The open project of a window, what happened to it lately, and where its files lie. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { openProject, type Project } from '../store/project.ts'
import { ChangeFeed } from './changeFeed.ts'

const RECENT_KEPT = 10

export class AppSession {
  readonly dataFolder: string
  /** True while folders are being read into the project. */
  scanning = false
  #project: Project
  #changes = new ChangeFeed()

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

  get changes(): ChangeFeed {
    return this.#changes
  }

  get name(): string {
    return basename(this.#project.file)
  }

  /** Closes the open project once the other one is open. */
  async switchTo(file: string): Promise<void> {
    if (this.scanning) throw new AppError('project-busy', 'A folder is still being read. Wait until it is done, then open the other project.')
    const next = await openOrCreate(file)
    this.#project.close()
    this.#project = next
    this.#changes.end()
    this.#changes = new ChangeFeed()
    await this.#remember(file)
  }

  async recent(): Promise<string[]> {
    try {
      const list: unknown = JSON.parse(await readFile(this.#recentFile, 'utf8'))
      return Array.isArray(list) ? list.filter((file) => typeof file === 'string') : []
    } catch {
      return []
    }
  }

  close(): void {
    this.#changes.end()
    this.#project.close()
  }

  get #recentFile(): string {
    return join(this.dataFolder, 'recent.json')
  }

  async #remember(file: string): Promise<void> {
    const list = [file, ...(await this.recent()).filter((other) => other !== file)].slice(0, RECENT_KEPT)
    await writeFile(this.#recentFile, JSON.stringify(list))
  }
}

async function openOrCreate(file: string): Promise<Project> {
  await mkdir(dirname(file), { recursive: true })
  return openProject(file, { create: true })
}
