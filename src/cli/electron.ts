/** The Electron window from the sources: whether it can open here, and starting it. */
import { spawn } from 'node:child_process'
import { accessSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { isStale, ROOT } from './stale.ts'

export type Electron = { readonly program: string } | { readonly why: string }

/** Electron's program, or why no window of it opens here. Looks for the program itself: asking the package for its path would download it. */
export function findElectron(
  folder: string | null = installedFolder(),
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): Electron {
  let program: string
  try {
    if (folder === null) return { why: 'Electron is not installed' }
    program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'))
    accessSync(program)
  } catch {
    return { why: "Electron's program is not installed" }
  }
  const hasDisplay = platform !== 'linux' || Boolean(environment['DISPLAY']) || Boolean(environment['WAYLAND_DISPLAY'])
  return hasDisplay ? { program } : { why: 'there is no display' }
}

function installedFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  } catch {
    return null
  }
}

/** Builds the program where its sources are newer, starts it, and resolves with its exit code once it has ended. */
export async function runElectron(program: string, args: readonly string[]): Promise<number> {
  const main = join(ROOT, 'out', 'main', 'index.js')
  if (isStale(main, 'src/{main,preload,core,renderer,web,shared}/**/*.{ts,tsx,css,html}')) {
    process.stdout.write('Building the program (once)…\n')
    const { build } = await import('electron-vite')
    await build({ root: ROOT, logLevel: 'warn' })
  }
  const child = spawn(program, [main, ...args], { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      resolve(code ?? 1)
    })
  })
}
