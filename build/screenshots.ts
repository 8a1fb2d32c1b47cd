/**
 * `npm run screenshots`: the main screens through the real host in a headless Chromium, into artifacts/.
 * Two window sizes, dark and light; a name as argument takes only the screens whose name contains it.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../tests/helpers/browser.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUT = join(ROOT, 'artifacts')
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
] as const
const THEMES = ['dark', 'light'] as const
const MODEL_MS = 120_000
/** For the first picture to be decoded and shown. */
const IMAGE_MS = 3000

/** Each goes on from the one before; Escape is pressed in between, but for those that stay. */
const SCREENS: readonly (readonly [name: string, show: (page: Page) => Promise<unknown>, stay?: 'stay'])[] = [
  ['1-start', (page) => page.locator('canvas').first().waitFor().then(() => page.waitForTimeout(IMAGE_MS))],
  ['2-tour', tour],
  ['3-proposals', proposals, 'stay'],
  ['4-words', (page) => page.keyboard.press('w')],
  ['5-accepted', accepted, 'stay'],
  ['6-points', (page) => page.keyboard.press('q'), 'stay'],
  ['7-export', (page) => page.keyboard.press('v').then(() => page.keyboard.press('Control+e')).then(() => page.getByText('Where to').waitFor())],
  ['8-models', models],
  ['9-palette', (page) => page.keyboard.press('Control+k')],
  ['10-keys', (page) => page.keyboard.press('F1')],
  ['11-import', (page) => page.keyboard.press('Control+i')],
  ['12-fewer-corners', fewerCorners],
  ['13-check', check, 'stay'],
  ['14-not-found', notFound],
]

async function ask(page: Page, words: string): Promise<void> {
  await page.keyboard.press('/')
  await page.keyboard.press('Control+a')
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
}

async function proposals(page: Page): Promise<void> {
  await page.getByText('shapes-02').click()
  await page.getByText('2 / 12').first().waitFor()
  await ask(page, 'red circle, blue square')
  await page.getByText(/\d+ found|found no/).first().waitFor({ timeout: MODEL_MS })
  await page.keyboard.press('Tab')
}

async function tour(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Show me around' }).click()
  await page.getByRole('dialog', { name: 'Say what to mark' }).waitFor()
}

async function models(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'demo model' }).click()
  await page.getByRole('dialog', { name: 'Models' }).getByText('GrabCut').first().waitFor()
}

async function accepted(page: Page): Promise<void> {
  await page.keyboard.press('Enter')
  await page.getByText('accepted').first().waitFor()
}

async function fewerCorners(page: Page): Promise<void> {
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Shift+S')
  await page.getByRole('dialog', { name: 'Fewer corners' }).waitFor()
}

/** Of two labels with nearly the same name; the panel is closed again by what comes next. */
async function check(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add a label' }).click()
  await page.getByRole('textbox', { name: 'Name of the label' }).fill('red circles')
  await page.keyboard.press('Enter')
  await page.keyboard.press('F7')
  await page.getByRole('option').first().click()
}

async function notFound(page: Page): Promise<void> {
  await ask(page, 'white cross')
  await page.getByText(/found/).first().waitFor({ timeout: MODEL_MS })
}

/** The host on the sample images with an empty data folder, and the URL it prints. */
async function startHost(data: string): Promise<{ host: ChildProcess; url: string }> {
  const host = spawn(process.execPath, ['src/cli/start.ts', '--no-open'], {
    cwd: ROOT,
    env: { ...process.env, MARQUEE_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    host.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const found = /http:\/\/127\.0\.0\.1:\S+/.exec(text)
      if (found) resolve(found[0])
    })
    host.once('exit', (code) => reject(new Error(`The host ended with ${String(code)}: ${text}`)))
  })
  return { host, url }
}

async function take(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(250)
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.waitForTimeout(500)
    const { width, height } = page.viewportSize()!
    await page.screenshot({ path: join(OUT, `${name}-${String(width)}x${String(height)}-${theme}.png`) })
  }
}

async function session(browser: Browser, size: (typeof SIZES)[number], wanted: string): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'marquee-shots-'))
  const { host, url } = await startHost(data)
  try {
    const page = await browser.newPage({ viewport: size })
    page.on('pageerror', (error) => process.stderr.write(`page: ${error.stack ?? error.message}\n`))
    page.on('console', (message) => message.type() === 'error' && process.stderr.write(`console: ${message.text()}\n`))
    await page.goto(url)
    for (const [name, show, stay] of SCREENS) {
      await show(page)
      if (name.includes(wanted)) await take(page, name)
      if (stay === undefined) await page.keyboard.press('Escape')
      await page.waitForTimeout(200)
    }
    await page.close()
  } finally {
    host.removeAllListeners('exit')
    host.kill('SIGTERM')
    await rm(data, { recursive: true, force: true, maxRetries: 3 })
  }
}

if (process.argv[2] === undefined) await rm(OUT, { recursive: true, force: true })
await mkdir(OUT, { recursive: true })
const browser = await openBrowser()
try {
  for (const size of SIZES) await session(browser, size, process.argv[2] ?? '')
} finally {
  await browser.close()
}
