/** The command line under test: within this process where only words and exit codes matter, else as a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, vi } from 'vitest'
import { main } from '../../src/cli/program.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const SAMPLES = join(ROOT, 'samples')
const ENTRY = join(ROOT, 'src', 'cli', 'index.ts')

// What is installed on this machine must not decide what a test sees.
process.env['MARQUEE_MODELS'] = join(tmpdir(), 'marquee-tests-without-models')

export interface CliEnd {
  /** Exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** `main` in this process. */
export async function marquee(...args: string[]): Promise<CliEnd> {
  const written = { out: '', err: '' }
  const keep = (where: keyof typeof written) => (chunk: string | Uint8Array) => {
    written[where] += String(chunk)
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(keep('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(keep('err')),
  ]
  try {
    const code = await main(args)
    return { code, ...written }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

/** The one JSON object a command prints with --json. */
export async function marqueeJson<T = Record<string, unknown>>(...args: string[]): Promise<{ code: CliEnd['code']; value: T }> {
  const { code, out } = await marquee('--json', ...args)
  return { code, value: JSON.parse(out) as T }
}

export interface RunningCli {
  readonly child: ChildProcess
  readonly ended: Promise<CliEnd>
  /** Resolves once stderr matches; rejects when the process ends before. */
  seen(pattern: RegExp): Promise<void>
}

/** A process of its own. */
export function startMarquee(args: readonly string[], options: { cwd?: string; uid?: number; gid?: number; env?: Record<string, string> } = {}): RunningCli {
  const child = spawn(process.execPath, [ENTRY, ...args], { ...options, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk))
  const ended = new Promise<CliEnd>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code: code ?? signal, out, err })
    })
  })
  const seen = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (pattern.test(err)) resolve()
      }
      child.stderr.on('data', look)
      look()
      void ended.then((end) => {
        reject(new Error(`It ended before ${String(pattern)}: ${JSON.stringify(end)}`))
      })
    })
  return { child, ended, seen }
}

/** An empty folder that goes away with the test file. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-cli-'))
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  return folder
}

/** A small copy of a sample image, quick to read and to segment. */
export async function smallSample(file: string, sample = 'shapes-01.png'): Promise<string> {
  await sharp(join(SAMPLES, sample)).resize({ width: 480 }).toFile(file)
  return file
}
