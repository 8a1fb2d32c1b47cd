/** A pan over 5,000 polygons in our window against plain react-konva drawing the same ones: same browser, same gesture. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { EMPTY_VIEWPORT, fitImage, zoomAt, type Viewport } from '../src/renderer/editor/viewport.ts'
import type { RealHost } from '../tests/helpers/realHost.ts'
import type { PeerScene } from './page/types.ts'
import type { Row } from './row.ts'
import { bundled, openWindow, type Bench } from './windowPage.ts'
import { photo, polygons, scatteredRings, store } from './windowProjects.ts'

const COUNT = 5000
const IMAGE = { width: 4000, height: 3000 } as const
const COLOURS = ['#e64980', '#228be6', '#40c057', '#fab005', '#7950f2'] as const
const RINGS = scatteredRings(COUNT, IMAGE)
const PAN_MS = 3000
/** The picture goes round in circles of this radius in CSS pixels, one in so many ms. */
const CIRCLE = { radius: 200, ms: 1500 } as const
const ZOOM = 4
/** What Ctrl and the wheel make of that. */
const WHEEL = -Math.log(ZOOM) / 0.002
const CALM_MS = 1500

interface Place {
  readonly x: number
  readonly y: number
}

/** Frames the browser drew in each second of a pan with the middle button. */
async function framesASecond(browser: Browser, page: Page, { x, y }: Place): Promise<number> {
  await page.waitForTimeout(CALM_MS)
  await page.mouse.move(x + CIRCLE.radius, y)
  await page.mouse.down({ button: 'middle' })
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline.frame', 'devtools.timeline.frame'] })
  const start = performance.now()
  let at = 0
  for (; at < PAN_MS; at = performance.now() - start) {
    const angle = (at / CIRCLE.ms) * 2 * Math.PI
    await page.mouse.move(x + CIRCLE.radius * Math.cos(angle), y + CIRCLE.radius * Math.sin(angle))
  }
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: { readonly name: string }[] }
  await page.mouse.up({ button: 'middle' })
  return (trace.traceEvents.filter(({ name }) => name === 'DrawFrame').length / at) * 1000
}

async function hostOf(bench: Bench, picture: Buffer): Promise<RealHost> {
  return bench.host('polygons', async (project, folder) => {
    await writeFile(join(folder, 'large.jpg'), picture)
    const facts = { ...IMAGE, size: picture.length, mtime: 1.7e12, contentHash: null, orientation: 1, depth: 8, frames: 1, status: 'ok', problem: null } as const
    const [id] = project.images.upsert(project.sources.add(folder).id, [{ path: 'large.jpg', ...facts }]).ids
    const labels = COLOURS.map((colour, n) => project.labels.recolour(project.labels.ensure(`label ${String(n)}`).id, colour).id)
    store(project, id!, polygons(id!, labels, RINGS))
    project.settings.set('window.tourDone', true)
  })
}

interface Measured {
  readonly all: number
  readonly zoomed: number
}

async function ours(bench: Bench, host: RealHost): Promise<Measured & { readonly view: Viewport }> {
  const context = await bench.context()
  const page = await context.newPage()
  await openWindow(page, host)
  const { x, y, width, height } = (await page.getByTestId('canvas').boundingBox())!
  const middle = { x: x + width / 2, y: y + height / 2 }
  const all = await framesASecond(bench.browser, page, middle)
  await page.getByTestId('canvas').focus()
  await page.keyboard.press('Control+f')
  await page.mouse.move(middle.x, middle.y)
  await page.keyboard.down('Control')
  await page.mouse.wheel(0, WHEEL)
  await page.keyboard.up('Control')
  const zoomed = await framesASecond(bench.browser, page, middle)
  await context.close()
  return { all, zoomed, view: fitImage({ ...EMPTY_VIEWPORT, width, height }, IMAGE) }
}

async function peers(bench: Bench, picture: Buffer, fitted: Viewport): Promise<Measured> {
  const code = await bundled('konvaPeer.tsx', 'peer')
  const context = await bench.browser.newContext({ viewport: { width: 1440, height: 900 } })
  const middle = { x: fitted.width / 2, y: fitted.height / 2 }
  const measure = async ({ width, height, scale, offsetX: x, offsetY: y }: Viewport) => {
    const page = await context.newPage()
    await page.setContent('<body style="margin: 0"><div id="root"></div>')
    await page.addScriptTag({ content: code })
    const scene: PeerScene = { rings: RINGS, colours: COLOURS, picture: `data:image/jpeg;base64,${picture.toString('base64')}`, width, height, scale, x, y }
    await page.evaluate(`peer.show(${JSON.stringify(scene)})`)
    const frames = await framesASecond(bench.browser, page, middle)
    await page.close()
    return frames
  }
  const measured = { all: await measure(fitted), zoomed: await measure(zoomAt(fitted, middle, ZOOM)) }
  await context.close()
  return measured
}

export async function benchPan(bench: Bench): Promise<Row[]> {
  const picture = await photo([90, 120, 150], IMAGE)
  const mine = await ours(bench, await hostOf(bench, picture))
  const theirs = await peers(bench, picture, mine.view)
  const row = (what: string, ourFrames: number, peer: number): Row => {
    return { what: `Pan over 5,000 polygons, ${what}`, ours: `${ourFrames.toFixed(0)} fps`, peer: `${peer.toFixed(0)} fps`, ratio: ourFrames / peer, aim: 3 }
  }
  return [row('all in sight', mine.all, theirs.all), row('zoomed in fourfold', mine.zoomed, theirs.zoomed)]
}
