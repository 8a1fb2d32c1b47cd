/** The window as it is in the sources now, built once for all test processes of a run. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, statSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../../src/cli/stale.ts'
import { makeOnce } from './oneAtATime.ts'

const SOURCES = ['src/{renderer,shared}/**/*.{ts,tsx,css,html,json}', 'build/renderer.vite.ts', 'package-lock.json']
const KEPT_MS = 3_600_000
const FOLDER = join(ROOT, 'out', 'test-window')

/** The folder of the bundle, named after the state of its sources. */
export async function builtWindow(): Promise<string> {
  const made = join(FOLDER, stateOfSources())
  await mkdir(FOLDER, { recursive: true })
  await makeOnce(made, async () => {
    await build(`${made}.new`)
    await rename(`${made}.new`, made)
    await removeOld()
  })
  return made
}

/** Another run may still show one that was built a moment ago. */
async function removeOld(): Promise<void> {
  const folders = (await readdir(FOLDER)).map((name) => join(FOLDER, name))
  const old = folders.filter((folder) => Date.now() - statSync(folder).mtimeMs > KEPT_MS)
  await Promise.all(old.map((folder) => rm(folder, { recursive: true, force: true })))
}

function stateOfSources(): string {
  const hash = createHash('sha256')
  for (const file of SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).sort()) {
    const { mtimeMs, size } = statSync(join(ROOT, file))
    hash.update(`${file} ${String(mtimeMs)} ${String(size)}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

/** In a process of its own: the tests run as NODE_ENV=test, which would put React's development build into the bundle. */
async function build(folder: string): Promise<void> {
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', '--config', join(ROOT, 'build', 'renderer.vite.ts'), '--outDir', folder, '--logLevel', 'warn']
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } })
}
