/** `npm start [-- folder or project]`: the window in Electron where it can run, else in the browser, saying why. */
import { access, constants, mkdir, stat } from 'node:fs/promises'
import { existsSync, statSync, globSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { addImages } from '../core/services/addImages.ts'
import { createAppServices, projectFileOf } from '../core/services/appServices.ts'
import { SAMPLES_FOLDER } from '../core/services/modelChoice.ts'
import { AppError } from '../shared/errors.ts'
import { startWebHost } from '../web/server.ts'
import { exitCodeOf } from './exitCodes.ts'
import { writeError } from './terminal.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUNDLE = join(ROOT, 'out', 'renderer')
const DATA_FOLDER = process.env['MARQUEE_DATA'] ?? join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'marquee')

/** Why Electron can't open a window here, or null. */
function electronMissing(): string | null {
  try {
    const electron: unknown = createRequire(import.meta.url)('electron')
    if (typeof electron !== 'string' || !existsSync(electron)) return "Electron's program is not installed"
  } catch {
    return "Electron's program is not installed"
  }
  const hasDisplay = process.platform !== 'linux' || process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined
  return hasDisplay ? 'the Electron window is not part of this version yet' : 'there is no display'
}

/** Builds the window when it was never built, or its sources are newer. */
async function buildWindow(): Promise<void> {
  const built = join(BUNDLE, 'index.html')
  const newest = Math.max(...globSync('src/{renderer,shared}/**/*.{ts,tsx,css,html,json}', { cwd: ROOT }).map((file) => statSync(join(ROOT, file)).mtimeMs))
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return
  process.stdout.write('Building the window (once)…\n')
  const { build } = await import('vite')
  await build({ configFile: join(ROOT, 'build', 'renderer.vite.ts'), logLevel: 'warn' })
}

interface Opening {
  readonly projectFile: string
  /** Files and folders whose pictures belong in it. */
  readonly paths: readonly string[]
}

/** What the arguments ask to open: a project, folders or files, or without any the sample images. */
async function opening(args: readonly string[]): Promise<Opening> {
  if (args.length === 0) return { projectFile: join(DATA_FOLDER, 'projects', 'samples.marquee'), paths: [SAMPLES_FOLDER] }
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

async function main(): Promise<void> {
  const args = process.argv.slice(2).filter((arg) => arg !== '--no-open')
  const { projectFile, paths } = await opening(args)
  await buildWindow()
  await mkdir(DATA_FOLDER, { recursive: true })
  const roots = paths.map((path) => (statSync(path).isDirectory() ? path : dirname(path)))
  const services = await createAppServices({ dataFolder: DATA_FOLDER, projectFile, roots: [...roots, dirname(projectFile)] })
  const host = await startWebHost(services, BUNDLE, Number(process.env['MARQUEE_PORT'] ?? 0))
  process.stdout.write(`Marquee opens in the browser, because ${electronMissing() ?? 'it was asked to'}.\nProject: ${basename(projectFile)}\n\n  ${host.url}\n\nCtrl+C ends it; everything is saved as it happens.\n`)
  const stop = () => {
    void host.close().then(() => services.close()).then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  if (!process.argv.includes('--no-open') && process.stdout.isTTY) openBrowser(host.url)
  if (paths.length > 0) await addInBackground(services, paths)
}

async function addInBackground({ session }: Awaited<ReturnType<typeof createAppServices>>, paths: readonly string[]): Promise<void> {
  session.scanning = true
  try {
    const { problems } = await addImages(session.project, paths, { onFound: () => session.changes.announce({ images: true }) })
    for (const problem of problems) process.stderr.write(`${problem}\n`)
  } finally {
    session.scanning = false
    session.changes.announce({ images: true })
  }
}

try {
  await main()
} catch (error) {
  writeError(error, false)
  process.exitCode = exitCodeOf(error)
}
