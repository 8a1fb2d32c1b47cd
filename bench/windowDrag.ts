/** The edge of a box is dragged: from the move of the mouse to the mask on the canvas, and how much of that is the decode. */
import type { Page } from 'playwright-core'
import { SAMPLES_FOLDER } from '../src/core/services/modelChoice.ts'
import { probe } from '../src/core/media/decode.ts'
import { EMPTY_VIEWPORT, fitImage, toScreen } from '../src/renderer/editor/viewport.ts'
import type { Size } from '../src/shared/geometry.ts'
import type { ImageId } from '../src/shared/model.ts'
import { bitmapToRle } from '../src/shared/rleString.ts'
import type { RealHost } from '../tests/helpers/realHost.ts'
import type { MaskTimes } from './page/types.ts'
import { ms, type Row } from './row.ts'
import { median, openWindow, type Bench } from './windowPage.ts'
import { accepted, store } from './windowProjects.ts'

const FILE = 'shapes-01.png'
/** Around the large red circle. */
const BOX = { x0: 835, y0: 30, x1: 1192, y1: 390 } as const
/** With what a mask may take: a blink, and what GrabCut is allowed, ms. */
const SEGMENTERS = [['demo-sam2', 'demo SAM 2', 100], ['grabcut', 'GrabCut', 1000]] as const
const MOVES = 24
/** Image pixels a move. */
const STEP = 6
const CALM_MS = 250

async function hostOf(bench: Bench): Promise<{ host: RealHost; imageId: ImageId; size: Size }> {
  const { width, height } = await probe(`${SAMPLES_FOLDER}/${FILE}`)
  const facts = { size: 1, mtime: 1, contentHash: null, orientation: 1, depth: 8, frames: 1, status: 'ok', problem: null } as const
  let imageId = 0 as ImageId
  const host = await bench.host('drag', (project) => {
    imageId = project.images.upsert(project.sources.add(SAMPLES_FOLDER).id, [{ path: FILE, width, height, ...facts }]).ids[0]!
    const data = new Uint8Array(width * height)
    for (let y = BOX.y0; y < BOX.y1; y++) data.fill(1, y * width + BOX.x0, y * width + BOX.x1)
    const label = project.labels.ensure('circle').id
    store(project, imageId, [accepted(imageId, label, 0, { box: BOX, mask: bitmapToRle({ width, height, data }), origin: 'model' })])
    project.settings.set('window.tourDone', true)
  })
  return { host, imageId, size: { width, height } }
}

/** Loads the segmenter and lets it look at the image, as it has by the time a person drags. */
async function ready({ services: { handlers } }: RealHost, imageId: ImageId, segmenter: string): Promise<void> {
  const context = { signal: new AbortController().signal, report: () => undefined }
  await handlers['models.choose']({ grounder: 'demo-qwen2-vl', segmenter }, context)
  await handlers['models.segment']({ imageId, frame: 0, prompts: [{ box: BOX, points: [] }] }, context)
}

/** The left edge goes to the right step by step; the drag is given up at the end. */
async function drag(page: Page, size: Size): Promise<MaskTimes[]> {
  const canvas = page.getByTestId('canvas')
  const { x, y, width, height } = (await canvas.boundingBox())!
  const view = fitImage({ ...EMPTY_VIEWPORT, width, height }, size)
  const at = (px: number, py: number) => {
    const place = toScreen(view, { x: px, y: py })
    return [x + place.x, y + place.y] as const
  }
  const from = toScreen(view, { x: BOX.x0, y: BOX.y0 })
  const side = Math.round((BOX.y1 - BOX.y0) * view.scale)
  const region = JSON.stringify({ x: Math.round(from.x), y: Math.round(from.y), width: side, height: side })
  const edge = BOX.y0 + (BOX.y1 - BOX.y0) * 0.3
  await page.mouse.click(...at((BOX.x0 + BOX.x1) / 2, (BOX.y0 + BOX.y1) / 2))
  await page.mouse.move(...at(BOX.x0, edge))
  await page.mouse.down()
  const times: MaskTimes[] = []
  for (let move = 1; move <= MOVES; move++) {
    await page.waitForTimeout(CALM_MS)
    await page.evaluate(`probe.measureMask(${region})`)
    await page.mouse.move(...at(BOX.x0 + move * STEP, edge))
    const measured = await page.evaluate<MaskTimes | null>('probe.result()')
    if (measured) times.push(measured)
  }
  await page.keyboard.press('Escape')
  await page.mouse.up()
  return times
}

function rows(name: string, limit: number, times: readonly MaskTimes[]): Row[] {
  const of = (part: keyof MaskTimes) => median(times.map((one) => one[part]))
  const [total, decode] = [of('total'), of('decode')]
  return [
    { what: `Box drag to new mask, ${name}, limit ${ms(limit)}`, ours: ms(total), peer: ms(limit), ratio: limit / total, aim: 1 },
    { what: `Box drag to new mask, ${name}, share of the decode`, ours: ms(total), peer: ms(decode), ratio: decode / total, aim: 0.2 },
  ]
}

export async function benchDrag(bench: Bench): Promise<Row[]> {
  const { host, imageId, size } = await hostOf(bench)
  const result: Row[] = []
  for (const [segmenter, name, limit] of SEGMENTERS) {
    await ready(host, imageId, segmenter)
    const context = await bench.context()
    const page = await context.newPage()
    await openWindow(page, host)
    result.push(...rows(name, limit, await drag(page, size)))
    await context.close()
  }
  return result
}
