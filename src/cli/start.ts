/** `npm start [-- folder or project]`: the window in Electron where it can run, else in the browser, saying why. */
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readIntoProject } from '../core/services/appImages.ts'
import { createAppServices } from '../core/services/appServices.ts'
import type { AppSession } from '../core/services/appSession.ts'
import { dataFolderOf, openingOf, type Opening } from '../core/services/opening.ts'
import { AppError } from '../shared/errors.ts'
import { startWebHost } from '../web/server.ts'
import { findElectron, runElectron } from './electron.ts'
import { exitCodeOf } from './exitCodes.ts'
import { isStale, ROOT } from './stale.ts'
import { writeError } from './terminal.ts'

const BUNDLE = join(ROOT, 'out', 'renderer')
const DATA_FOLDER = dataFolderOf()

/** The folder of the built window: built anew when it never was, or its sources are newer. MARQUEE_WINDOW names one as it is. */
async function builtWindow(): Promise<string> {
  const given = process.env['MARQUEE_WINDOW']
  if (given !== undefined) return given
  if (!isStale(join(BUNDLE, 'index.html'), 'src/{renderer,shared}/**/*.{ts,tsx,css,html,json}')) return BUNDLE
  process.stdout.write('Building the window (once)…\n')
  const { build } = await import('vite')
  await build({ configFile: join(ROOT, 'build', 'renderer.vite.ts'), logLevel: 'warn' })
  return BUNDLE
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
  const args = process.argv.slice(2).filter((arg) => arg !== '--no-open')
  const { projectFile, paths } = await openingOf(args, DATA_FOLDER)
  const why = await electronWindow(args)
  if (why !== null) await browserWindow(why, { projectFile, paths }, port)
}

/** Runs the Electron window to its end; where it can't be, says why. */
async function electronWindow(args: readonly string[]): Promise<string | null> {
  const electron = findElectron()
  if ('why' in electron) return electron.why
  if (process.argv.includes('--no-open')) return 'no window was wanted'
  const code = await runElectron(electron.program, args.map((arg) => resolve(arg)))
  return code === 0 ? null : `Electron ended with code ${String(code)}`
}

/** Serves the window on this machine until it is interrupted. */
async function browserWindow(why: string, { projectFile, paths }: Opening, port: number): Promise<void> {
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
  process.stdout.write(`Marquee opens in the browser, because ${why}.\nProject: ${projectFile}\n\n  ${host.url}\n\nCtrl+C ends it; everything is saved as it happens.\n`)
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
