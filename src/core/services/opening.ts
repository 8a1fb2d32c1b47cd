/** What a start, a second start or a dropped project asks to open, and where Marquee keeps its own data. */
import { existsSync } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { projectFileOf } from './appServices.ts'
import { recentProjects } from './appSession.ts'
import { SAMPLES_FOLDER } from './modelChoice.ts'

export interface Opening {
  readonly projectFile: string
  /** Files and folders whose pictures belong in it. */
  readonly paths: readonly string[]
}

/** Recent projects, thumbnails, and projects of folders that can't be written: `MARQUEE_DATA`, or the platform's folder. */
export function dataFolderOf(environment: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const { MARQUEE_DATA: chosen, APPDATA: roaming, XDG_DATA_HOME: xdg } = environment
  if (chosen) return chosen
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Marquee')
  if (platform === 'win32') return join(roaming || join(homedir(), 'AppData', 'Roaming'), 'Marquee')
  return join(xdg || join(homedir(), '.local', 'share'), 'marquee')
}

/**
 * A project, or folders and files as the project that lies with them; without any the last project, and at the very first
 * start the sample images.
 * @throws AppError not-found naming the path
 */
export async function openingOf(args: readonly string[], dataFolder: string): Promise<Opening> {
  const paths = args.map((arg) => resolve(arg))
  for (const path of paths) if (!existsSync(path)) throw new AppError('not-found', `There is nothing at ${path}. Check the path.`)
  const [first, ...others] = paths
  if (first === undefined) return lastProject(dataFolder)
  if (first.endsWith('.marquee')) return { projectFile: first, paths: others }
  const folder = (await stat(first)).isDirectory() ? first : dirname(first)
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  return { projectFile: projectFileOf(folder, dataFolder, writable), paths }
}

async function lastProject(dataFolder: string): Promise<Opening> {
  const samples: Opening = { projectFile: join(dataFolder, 'projects', 'samples.marquee'), paths: [SAMPLES_FOLDER] }
  const last = (await recentProjects(dataFolder)).find((file) => existsSync(file))
  return last === undefined || last === samples.projectFile ? samples : { projectFile: last, paths: [] }
}
