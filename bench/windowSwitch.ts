/** The next image, and the first one, in a project of a hundred thousand images against one of a hundred. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright-core'
import type { RealHost } from '../tests/helpers/realHost.ts'
import { ms, type Row } from './row.ts'
import { median, openWindow, type Bench } from './windowPage.ts'
import { COLOURS, ellipse, fillWithImages, store } from './windowProjects.ts'

const [MANY, FEW] = [100_000, 100]
/** Of each project, the last ones before its end: what costs a walk through the list is dearest there. */
const FROM_END = 60
const STARTS = 7
const SWITCHES = 40
const TURN = 4
/** An image is looked at this long before the next one, ms. */
const LOOK_MS = 300
const OBJECTS = 5

interface Side {
  readonly host: RealHost
  readonly first: number
  readonly starts: number[]
  readonly switches: number[]
}

async function sideOf(bench: Bench, name: string, count: number): Promise<Side> {
  const first = count - FROM_END
  const host = await bench.host(name, async (project, folder) => {
    const ids = await fillWithImages(project, folder, count)
    const label = project.labels.ensure('thing').id
    for (const id of ids.slice(first)) store(project, id, Array.from({ length: OBJECTS }, (_, n) => ellipse(id, label, n)))
    project.settings.set('window.image', ids[first]!)
    project.settings.set('window.tourDone', true)
  })
  return { host, first, starts: [], switches: [] }
}

/** Starts again at the same image each time. */
async function start(context: BrowserContext, side: Side): Promise<Page> {
  const page = await context.newPage()
  side.starts.push(await openWindow(page, side.host))
  await sleep(LOOK_MS)
  return page
}

export async function pressNext(page: Page, index: number): Promise<number> {
  await page.evaluate(`probe.measureSwitch(${JSON.stringify(COLOURS[index % COLOURS.length])})`)
  await page.keyboard.press('d')
  return page.evaluate<number>('probe.result()')
}

/** One image after the other, a few here, a few there, so that both meet the same moods of the machine. */
async function walk(windows: readonly (readonly [Side, Page])[]): Promise<void> {
  for (let done = 0; done < SWITCHES; done += TURN) {
    for (const [side, page] of windows) {
      await page.bringToFront()
      await page.getByTestId('canvas').focus()
      for (let at = side.first + done + 1; at <= side.first + done + TURN; at++) {
        await sleep(LOOK_MS)
        side.switches.push(await pressNext(page, at))
      }
    }
  }
}

function rows({ starts: few, switches: fewSwitches }: Side, { starts: many, switches: manySwitches }: Side): Row[] {
  const row = (what: string, ours: number, peer: number): Row => ({ what, ours: ms(ours), peer: ms(peer), ratio: peer / ours, aim: 0.8 })
  const next = median(manySwitches)
  return [
    row('Window opened to first picture, 100,000 images against 100', median(many), median(few)),
    row('Next image, 100,000 images against 100', next, median(fewSwitches)),
    { ...row('Next image among 100,000, limit 100 ms', next, 100), aim: 1 },
  ]
}

export async function benchSwitch(bench: Bench): Promise<Row[]> {
  const sides = [await sideOf(bench, 'few', FEW), await sideOf(bench, 'many', MANY)] as const
  const context = await bench.context()
  for (let round = 0; round < STARTS; round++) {
    for (const side of sides) await (await start(context, side)).close()
  }
  await walk([[sides[0], await start(context, sides[0])], [sides[1], await start(context, sides[1])]])
  await context.close()
  return rows(...sides)
}
