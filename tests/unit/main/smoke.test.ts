/** The real Electron where it is: the built program starts, its page comes up in the sandbox and asks for its project. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron } from 'playwright-core'
import { expect, it } from 'vitest'
import { findElectron } from '../../../src/cli/electron.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const electron = findElectron()
const [isOff, why] = 'why' in electron ? [true, `skipped: ${electron.why}`] : [false, electron.program]

it.skipIf(isOff)(`the program starts in Electron (${why})`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-smoke-'))
  execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'pipe', shell: process.platform === 'win32' })
  const launch = { executablePath: (electron as { program: string }).program, args: [join(ROOT, 'out', 'main', 'index.js')] }
  const app = await _electron.launch({ ...launch, env: { ...process.env, MARQUEE_DATA: folder } as Record<string, string> })
  try {
    const page = await app.firstWindow()
    expect(page.url()).toBe('app://marquee/index.html')
    await expect.poll(() => page.title(), { timeout: 30_000 }).toBe('samples.marquee – Marquee')
    expect(await page.evaluate(() => Object.keys((globalThis as { bridge?: object }).bridge ?? {}).toSorted())).toEqual(['onMessage', 'pathOf', 'send'])
    expect(await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in globalThis))).toEqual([])
  } finally {
    await app.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
