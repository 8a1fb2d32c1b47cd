/**
 * Ten boxes on one image against ten transformers.js calls with the same files, and GrabCut's time and agreement with OpenCV.
 * Ratios in one run; absolute times are of this machine. Run: npm run bench -- sam2
 */
import { basename, dirname, join } from 'node:path'
import { env, Sam2Model, Tensor } from '@huggingface/transformers'
import { openGrabCut } from '../src/core/inference/grabcut/index.ts'
import { openSam2 } from '../src/core/inference/sam2/index.ts'
import { pixelValues } from '../src/core/inference/sam2/preprocess.ts'
import type { RgbImage } from '../src/core/inference/seams.ts'
import type { Box } from '../src/shared/geometry.ts'
import { mean, pixelIou, readRgb, readScenes } from '../tests/golden/grabcut/goldens.ts'
import { ms, type Row } from './row.ts'

const DEMO = join(import.meta.dirname, '../models/demo/sam2')
const SIZE = 256
const IMAGENET = { size: SIZE, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
const ROUNDS = 5

function tenBoxes({ width, height }: RgbImage): Box[] {
  return Array.from({ length: 10 }, (_, i) => {
    const x0 = (width * (i % 5)) / 5
    const y0 = (height * Math.floor(i / 5)) / 2
    return { x0, y0, x1: x0 + width / 5, y1: y0 + height / 2 }
  })
}

/** The shortest of a few rounds, milliseconds: what the code costs when nothing else runs. */
async function shortest(work: () => Promise<unknown>): Promise<number> {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    await work()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

async function sam2(image: RgbImage): Promise<Row> {
  const boxes = tenBoxes(image)
  const ours = await openSam2(DEMO, ['cpu'])
  env.localModelPath = dirname(DEMO)
  env.allowRemoteModels = false
  const theirs = (await Sam2Model.from_pretrained(basename(DEMO), { dtype: 'fp32', local_files_only: true })) as Sam2Model
  const one = async ({ x0, y0, x1, y1 }: Box) => {
    const pixels = pixelValues(image, IMAGENET)
    const inModel = [(x0 * SIZE) / image.width, (y0 * SIZE) / image.height, (x1 * SIZE) / image.width, (y1 * SIZE) / image.height]
    await theirs({
      pixel_values: new Tensor('float32', pixels.data as Float32Array, [1, 3, SIZE, SIZE]),
      input_boxes: new Tensor('float32', inModel, [1, 1, 4]),
    })
  }
  const mine = await shortest(async () => {
    const session = await ours.open(image)
    await session.segment(boxes.map((box) => ({ box, points: [] })))
  })
  const other = await shortest(async () => {
    for (const box of boxes) await one(box)
  })
  await ours.release()
  return { what: 'SAM 2, ten boxes on one image (ours: masks at image size)', ours: ms(mine), peer: ms(other), ratio: other / mine, aim: 3 }
}

/** CPU time a box against the limit of a second, and agreement with OpenCV at full size. */
async function grabCut(): Promise<Row[]> {
  const rows: Row[] = []
  const segmenter = await openGrabCut()
  for (const { file, objects } of readScenes()) {
    const image = await readRgb(file)
    const session = await segmenter.open(image)
    const start = process.cpuUsage()
    const masks = await session.segment(objects.map(({ box }) => ({ box, points: [] })))
    const { user, system } = process.cpuUsage(start)
    const cost = (user + system) / 1000 / objects.length
    const iou = mean(objects.map(({ opencv }, i) => pixelIou(masks[i]!.mask.data, opencv)))
    const title = `GrabCut, ${image.width} x ${image.height}`
    rows.push({ what: `${title}: CPU a box, limit 1 s`, ours: ms(cost), peer: ms(1000), ratio: 1000 / cost, aim: 1 })
    rows.push({ what: `${title}: IoU with OpenCV's mask`, ours: iou.toFixed(3), peer: '1', ratio: iou, aim: 0.98 })
  }
  await segmenter.release()
  return rows
}

export async function benchSam2(): Promise<Row[]> {
  const [scene] = readScenes().slice(-1)
  return [await sam2(await readRgb(scene!.file)), ...(await grabCut())]
}
