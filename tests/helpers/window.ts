/**
 * Windows of Marquee in a real browser, over the real host, services and demo models. Everything a test makes lies in a
 * folder of its own and goes with it.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { ROOT } from '../../src/cli/stale.ts'
import type { EngineClient } from '../../src/core/inference/engineClient.ts'
import { readIntoProject } from '../../src/core/services/appImages.ts'
import type { Models } from '../../src/core/models/models.ts'
import { SAMPLES_FOLDER } from '../../src/core/services/modelChoice.ts'
import { fitImage, toScreen, EMPTY_VIEWPORT } from '../../src/renderer/editor/viewport.ts'
import type { ImagePoint } from '../../src/shared/geometry.ts'
import type { Annotation } from '../../src/shared/model.ts'
import { runsArea } from '../../src/shared/rleMath.ts'
import { rleToRuns } from '../../src/shared/rleString.ts'
import { hasBrowser, openBrowser } from './browser.ts'
import { builtWindow } from './builtWindow.ts'
import { RealHost } from './realHost.ts'

/** A busy machine may take long; nothing is measured by it. */
const PATIENCE_MS = 60_000

export interface WindowOptions {
  /** Names of sample images, in the order of the file list; none is an empty project. */
  readonly images?: readonly string[]
  readonly engine?: EngineClient
  readonly models?: Models
}

/** Like `expect(get())`, again and again until it holds. */
export const soon = <Value>(get: () => Value | Promise<Value>) => expect.poll(get, { timeout: PATIENCE_MS, interval: 50 })

/** Puts a path into the field of a folder picker once that says where it is: what comes between select and insert would stay in front. */
export async function fillPath(field: Locator, path: string): Promise<void> {
  await soon(() => field.inputValue()).not.toBe('')
  await field.fill(path)
}

/** Pixels of the mask, 0 without one. */
export const areaOf = ({ mask }: Annotation): number => (mask ? runsArea(rleToRuns(mask)) : 0)

/** Registers the hooks of one test file; the function it returns opens a window on a project of sample images. */
export function windows(): (options?: WindowOptions) => Promise<TestWindow> {
  vi.setConfig({ testTimeout: 4 * PATIENCE_MS })
  const opened: TestWindow[] = []
  let browser: Browser
  let bundle: string
  beforeEach(({ skip }) => {
    skip(!hasBrowser, 'needs Chrome or Chromium')
  })
  beforeAll(async () => {
    if (hasBrowser) [browser, bundle] = await Promise.all([openBrowser(), builtWindow()])
  }, 120_000)
  afterEach(async ({ task }) => {
    const failed = task.result?.state === 'fail'
    for (const window of opened.splice(0)) {
      if (failed) await window.page.screenshot({ path: join(ROOT, 'artifacts', 'failed', `${task.name.slice(0, 60)}.png`) })
      await window.end()
    }
  })
  afterAll(async () => {
    if (hasBrowser) await browser.close()
  })
  return async (options = {}) => {
    const window = await TestWindow.open(browser, bundle, options)
    opened.push(window)
    return window
  }
}

export class TestWindow {
  /** Where the test may put files: the window may read and write here. */
  readonly folder: string
  readonly host: RealHost
  readonly #context: BrowserContext
  #page: Page | null = null
  #errors: string[] = []

  private constructor(host: RealHost, context: BrowserContext) {
    this.folder = host.folder
    this.host = host
    this.#context = context
  }

  static async open(browser: Browser, bundle: string, { images = [], engine, models }: WindowOptions): Promise<TestWindow> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'marquee-window-')))
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
    context.setDefaultTimeout(PATIENCE_MS)
    const host = new RealHost(folder, bundle)
    await host.start(0, engine, models)
    const window = new TestWindow(host, context)
    const files = images.map((name) => join(SAMPLES_FOLDER, name))
    if (files.length > 0) await readIntoProject(host.services.session, files, {})
    window.#page = await window.openPage()
    if (files.length > 0) await window.image(1, files.length)
    return window
  }

  get page(): Page {
    return this.#page!
  }

  /** One more page of the same person, as `npm start` would open it. What goes wrong inside fails the test at its end. */
  async openPage(): Promise<Page> {
    const page = await this.#context.newPage()
    page.on('pageerror', (error) => this.#errors.push(error.stack ?? error.message))
    await page.goto(this.host.url.href)
    await page.getByTestId('canvas').waitFor()
    return page
  }

  async end(): Promise<void> {
    await this.#context.close()
    await this.host.stop()
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 })
    expect(this.#errors, 'errors of the page').toEqual([])
  }

  /** Waits until the n-th of so many images is shown. */
  async image(at: number, count: number, page = this.page): Promise<void> {
    await page.getByRole('contentinfo').getByText(`${String(at)} / ${String(count)}`, { exact: true }).waitFor()
  }

  /** Types into the prompt bar and presses Enter. */
  async ask(words: string): Promise<void> {
    const input = this.page.getByRole('textbox', { name: 'What to mark' })
    await input.fill(words)
    await input.press('Enter')
  }

  /** Waits for an answer of the models that found something. */
  async found(): Promise<void> {
    await this.page.getByRole('region', { name: 'What to mark' }).getByText(/\b\d+ found/).waitFor()
  }

  /** Waits until all that was done is stored. */
  async saved(page = this.page): Promise<void> {
    await page.getByRole('contentinfo').getByText('saved', { exact: true }).waitFor()
  }

  /** What the project holds for the n-th image, from 1. */
  stored(at = 1): readonly Annotation[] {
    const { project } = this.host.services.session
    const image = project.images.page(at - 1, 1)[0]
    return image ? project.annotations.load(image.id).annotations : []
  }

  /** Waits until the stored objects of an image fit, and gives them. */
  async storedSoon(check: (annotations: readonly Annotation[]) => boolean, at = 1): Promise<readonly Annotation[]> {
    await soon(() => check(this.stored(at))).toBe(true)
    return this.stored(at)
  }

  /** Fits the n-th image into the canvas, so that `at` knows where its pixels are. */
  async fit(at = 1, page = this.page): Promise<(point: ImagePoint) => ImagePoint> {
    const canvas = page.getByTestId('canvas')
    await canvas.focus()
    await page.keyboard.press('Control+f')
    const { x, y, width, height } = (await canvas.boundingBox())!
    const view = fitImage({ ...EMPTY_VIEWPORT, width, height }, this.host.services.session.project.images.page(at - 1, 1)[0]!)
    return (point) => {
      const { x: dx, y: dy } = toScreen(view, point)
      return { x: x + dx, y: y + dy }
    }
  }

  /** Presses at the first image point, goes through the others, and lets go at the last. */
  async drag(...points: readonly ImagePoint[]): Promise<void> {
    const at = await this.fit()
    const [first, ...others] = points.map(at)
    await this.page.mouse.move(first!.x, first!.y)
    await this.page.mouse.down()
    for (const { x, y } of others) await this.page.mouse.move(x, y, { steps: 4 })
    await this.page.mouse.up()
  }

  async click(point: ImagePoint, button: 'left' | 'right' = 'left'): Promise<void> {
    const { x, y } = (await this.fit())(point)
    await this.page.mouse.click(x, y, { button })
  }

  /** Presses a key with the focus on the canvas. */
  async press(key: string): Promise<void> {
    await this.page.getByTestId('canvas').focus()
    await this.page.keyboard.press(key)
  }
}
