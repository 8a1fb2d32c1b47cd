/** `npm start [-- folder or project]`: the window in Electron where it can run, else in the browser, saying why. */
import { access, constants, stat } from 'node:fs/promises'
import { accessSync, existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { readIntoProject } from '../core/services/appImages.ts'
import { createAppServices, projectFileOf } from '../core/services/appServices.ts'
import { recentProjects, type AppSession } from '../core/services/appSession.ts'
import { SAMPLES_FOLDER } from '../core/services/modelChoice.ts'
import { AppError } from '../shared/errors.ts'
import { startWebHost } from '../web/server.ts'
import { exitCodeOf } from './exitCodes.ts'
import { writeError } from './terminal.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUNDLE = join(ROOT, 'out', 'renderer')
const DATA_FOLDER = process.env['MARQUEE_DATA'] ?? join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'marquee')

/** Why no Electron window opens here. Looks for the program itself: asking the package for its path would download it. */
function whyBrowser(): string {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
    accessSync(join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8')))
  } catch {
    return "Electron's program is not installed"
  }
  const hasDisplay = process.platform !== 'linux' || process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined
  return hasDisplay ? 'the Electron window is not part of this version yet' : 'there is no display'
}

/** The folder of the built window: built anew when it never was, or its sources are newer. MARQUEE_WINDOW names one as it is. */
async function builtWindow(): Promise<string> {
  const given = process.env['MARQUEE_WINDOW']
  if (given !== undefined) return given
  const built = join(BUNDLE, 'index.html')
  const newest = Math.max(...globSync('src/{renderer,shared}/**/*.{ts,tsx,css,html,json}', { cwd: ROOT }).map((file) => statSync(join(ROOT, file)).mtimeMs))
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return BUNDLE
  process.stdout.write('Building the window (once)…\n')
  const { build } = await import('vite')
  await build({ configFile: join(ROOT, 'build', 'renderer.vite.ts'), logLevel: 'warn' })
  return BUNDLE
}

interface Opening {
  readonly projectFile: string
  /** Files and folders whose pictures belong in it. */
  readonly paths: readonly string[]
}

/** What the arguments ask to open: a project, folders or files; without any the last project, or at first the sample images. */
async function opening(args: readonly string[]): Promise<Opening> {
  const samples: Opening = { projectFile: join(DATA_FOLDER, 'projects', 'samples.marquee'), paths: [SAMPLES_FOLDER] }
  if (args.length === 0) {
    const last = (await recentProjects(DATA_FOLDER)).find((file) => existsSync(file))
    return last === undefined || last === samples.projectFile ? samples : { projectFile: last, paths: [] }
  }
  const paths = args.map((arg) => resolve(arg))
  for (const path of paths) if (!existsSync(path)) throw new AppError('not-found', `There is nothing at ${path}. Check the path.`)
  const first = paths[0]!
  if (first.endsWith('.marquee')) return { projectFile: first, paths: paths.slice(1) }
  const folder = (await stat(first)).isDirectory() ? first : dirname(first)
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  return { projectFile: projectFileOf(folder, DATA_FOLDER, writable), paths }
}

function openBrowser(url: string): void {
  const command = { darwin: 'open', win32: 'explorer.exe' }[process.platform as string] ?? 'xdg-open'
  const child = spawn(command, [url], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}

/** 0, any free one, unless MARQUEE_PORT says which. */
function wantedPort(): number {
  const port = Number(process.env['MARQUEE_PORT'] ?? 0)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new AppError('invalid-argument', `MARQUEE_PORT is "${String(process.env['MARQUEE_PORT'])}". Set it to a port from 0 to 65535, or not at all.`)
}

async function main(): Promise<void> {
  const port = wantedPort()
  const { projectFile, paths } = await opening(process.argv.slice(2).filter((arg) => arg !== '--no-open'))
  const window = await builtWindow()
  const roots = paths.map((path) => (statSync(path).isDirectory() ? path : dirname(path)))
  const services = await createAppServices({ dataFolder: DATA_FOLDER, projectFile, roots })
  const host = await startWebHost(services, window, port).catch(async (error: unknown) => {
    await services.close()
    throw error
  })
  const closing = new AbortController()
  const stop = () => {
    closing.abort()
    void host.close().then(() => services.close()).then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  process.stdout.write(`Marquee opens in the browser, because ${whyBrowser()}.\nProject: ${projectFile}\n\n  ${host.url}\n\nCtrl+C ends it; everything is saved as it happens.\n`)
  if (!process.argv.includes('--no-open') && process.stdout.isTTY) openBrowser(host.url)
  if (paths.length > 0) await addNamed(services.session, paths, closing.signal)
}

/** Adds what was named on the command line while the window is already open. Trouble goes to the terminal and stops nothing. */
async function addNamed(session: AppSession, paths: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    const { problems } = await readIntoProject(session, paths, { signal })
    for (const problem of problems) process.stderr.write(`${problem}\n`)
  } catch (error) {
    if (!signal.aborted) writeError(error, false)
  }
}

try {
  await main()
} catch (error) {
  writeError(error, false)
  process.exitCode = exitCodeOf(error)
}
