/** A browser for the bench, with the probe in its pages, over hosts of its own. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build, type Rollup } from 'vite'
import { openProject, type Project } from '../src/core/store/project.ts'
import { openBrowser } from '../tests/helpers/browser.ts'
import { builtWindow } from '../tests/helpers/builtWindow.ts'
import { RealHost } from '../tests/helpers/realHost.ts'

const VIEW = { width: 1440, height: 900 } as const
const PATIENCE_MS = 120_000

/** One script of bench/page with all it imports; what it exports is the global `name`. */
export async function bundled(file: string, name: string): Promise<string> {
  const entry = join(import.meta.dirname, 'page', file)
  const output = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, target: 'chrome130', lib: { entry, formats: ['iife'], name } },
  })
  const [bundle] = (Array.isArray(output) ? output : [output]) as Rollup.RollupOutput[]
  // A script put in before others has a scope of its own.
  return `${bundle!.output[0].code}\nglobalThis.${name} = ${name}`
}

export class Bench {
  readonly browser: Browser
  readonly folder: string
  readonly #bundle: string
  readonly #probe: string
  readonly #hosts: RealHost[] = []

  private constructor(browser: Browser, folder: string, bundle: string, probe: string) {
    this.browser = browser
    this.folder = folder
    this.#bundle = bundle
    this.#probe = probe
  }

  static async open(): Promise<Bench> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'marquee-bench-')))
    const [browser, bundle, probe] = await Promise.all([openBrowser(), builtWindow(), bundled('probe.ts', 'probe')])
    return new Bench(browser, folder, bundle, probe)
  }

  async end(): Promise<void> {
    await this.browser.close()
    for (const host of this.#hosts) await host.stop()
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }

  /** Serves a new project that `fill` put things into; its second argument is the folder it may put files into. */
  async host(name: string, fill: (project: Project, folder: string) => void | Promise<void>): Promise<RealHost> {
    const folder = join(this.folder, name)
    await mkdir(folder)
    const project = await openProject(join(folder, 'test.marquee'), { create: true })
    await fill(project, folder)
    project.close()
    const host = new RealHost(folder, this.#bundle)
    await host.start(0)
    this.#hosts.push(host)
    return host
  }

  /** A browser of its own for one person, so that nothing is left from another part. */
  async context(): Promise<BrowserContext> {
    const context = await this.browser.newContext({ viewport: VIEW, reducedMotion: 'reduce' })
    context.setDefaultTimeout(PATIENCE_MS)
    await context.addInitScript({ content: this.#probe })
    return context
  }
}

/** Opens the window and waits for its first picture; gives the milliseconds that took. */
export async function openWindow(page: Page, host: RealHost): Promise<number> {
  await page.goto(host.url.href)
  return page.evaluate<number>('probe.firstPaint')
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = (sorted.length - 1) / 2
  return (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2
}
