/**
 * What the window holds after 500 images were looked at: a window is open for days. Its own objects are compared with those
 * after 50 images, its process with that after 300: by then the browser's caches of pictures are full.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CDPSession, Page } from 'playwright-core'
import type { Row } from './row.ts'
import { openWindow, type Bench } from './windowPage.ts'
import { ellipse, fillWithImages, store } from './windowProjects.ts'
import { pressNext } from './windowSwitch.ts'

const [EARLY, FULL, LATE] = [50, 300, 500]
const OBJECTS = 5
/** Long enough for the list, thumbnails and the image ahead. */
const LOOK_MS = 60
const CALM_MS = 3000
const MIB = 2 ** 20

interface Memory {
  /** Bytes of JavaScript objects that are still in use. */
  readonly heap: number
  /** Bytes of the page's process, its share of what is shared; null where the system does not say. */
  readonly process: number | null
}

async function memoryOf(page: Page, cdp: CDPSession, pid: number | null): Promise<Memory> {
  await page.waitForTimeout(CALM_MS)
  for (let round = 0; round < 3; round++) await cdp.send('HeapProfiler.collectGarbage')
  await sleep(CALM_MS)
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  return { heap: usedSize, process: pid === null ? null : await proportional(pid) }
}

/** PSS of a process on Linux, else null. */
async function proportional(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${String(pid)}/smaps_rollup`, 'utf8').catch(() => '')
  const found = /^Pss:\s+(\d+) kB$/m.exec(text)
  return found ? Number(found[1]) * 1024 : null
}

/** Of the page's process: the renderer that has used most of the processor since the page opened. */
async function pidOf(bench: Bench): Promise<number | null> {
  const cdp = await bench.browser.newBrowserCDPSession()
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime)
  return renderers[0]?.id ?? null
}

function row(what: string, late: number | null, early: number | null): Row {
  if (late === null || early === null) return { what, skipped: 'needs /proc of Linux' }
  const mb = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`
  return { what, ours: mb(late), peer: mb(early), ratio: early / late, aim: 0.9 }
}

export async function benchMemory(bench: Bench): Promise<Row[]> {
  const host = await bench.host('memory', async (project, folder) => {
    const ids = await fillWithImages(project, folder, LATE + 2)
    const label = project.labels.ensure('thing').id
    for (const id of ids) store(project, id, Array.from({ length: OBJECTS }, (_, n) => ellipse(id, label, n)))
    project.settings.set('window.image', ids[0]!)
    project.settings.set('window.tourDone', true)
  })
  const context = await bench.context()
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await openWindow(page, host)
  await page.getByTestId('canvas').focus()
  const visit = async (from: number, to: number) => {
    for (let at = from; at <= to; at++) {
      await pressNext(page, at)
      await page.waitForTimeout(LOOK_MS)
    }
  }
  await visit(1, EARLY)
  const pid = await pidOf(bench)
  const early = await memoryOf(page, cdp, pid)
  await visit(EARLY + 1, FULL)
  const full = await memoryOf(page, cdp, pid)
  await visit(FULL + 1, LATE)
  const late = await memoryOf(page, cdp, pid)
  await context.close()
  return [
    row('Window: heap after 500 images against after 50', late.heap, early.heap),
    row('Window: its process after 500 images against after 300', late.process, full.process),
  ]
}
