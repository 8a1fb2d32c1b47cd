/** Reads the golden files of this folder and compares tensors with them. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Bitmap } from '../../../src/shared/rle.ts'
import type { MaskPrompt, RgbImage } from '../../../src/core/inference/seams.ts'

const here = import.meta.dirname
export const FOLDERS = {
  tiny: join(here, 'models/onnx-community'),
  samexporter: join(here, 'models/samexporter'),
  demo: join(here, '../../../models/demo/sam2'),
} as const

/** Every `stride`-th value of a tensor. */
interface Sampled {
  readonly dims: readonly number[]
  readonly stride: number
  readonly values: readonly number[]
}

interface GoldenPrompts {
  readonly prompts: readonly { readonly box: [number, number, number, number] | null; readonly points: [number, number, number][] }[]
  readonly logits: Sampled
  readonly iou: Sampled
  /** Run lengths of 0, 1, 0, ... of each best mask at image size, row by row. */
  readonly masks: readonly (readonly number[])[]
}

interface GoldenImage {
  readonly pixel_values: Sampled
  readonly embeddings: readonly Sampled[]
  readonly prompts: Readonly<Record<'boxes' | 'clicks' | 'both', GoldenPrompts>>
}

interface Golden {
  readonly graphsSha256: string
  readonly images: Readonly<Record<'wide' | 'tall', GoldenImage>>
}

/** The goldens of a model, refused when its graphs are not those they were made from. */
export function readGolden(model: 'tiny' | 'demo'): Golden {
  const golden = JSON.parse(readFileSync(join(here, `${model}.json`), 'utf8')) as Golden
  const hash = createHash('sha256')
  for (const graph of ['vision_encoder', 'prompt_encoder_mask_decoder']) hash.update(readFileSync(join(FOLDERS[model], `onnx/${graph}.onnx`)))
  if (hash.digest('hex') !== golden.graphsSha256)
    throw new Error(`The graphs in ${FOLDERS[model]} have changed: run "python3 tests/golden/sam2/make_goldens.py".`)
  return golden
}

export async function readImage(name: 'wide' | 'tall'): Promise<RgbImage> {
  const { data, info } = await sharp(join(here, `${name}.png`)).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

export function promptsOf(golden: GoldenPrompts): MaskPrompt[] {
  return golden.prompts.map(({ box, points }) => ({
    box: box === null ? null : { x0: box[0], y0: box[1], x1: box[2], y1: box[3] },
    points: points.map(([x, y, label]) => ({ at: { x, y }, positive: label === 1 })),
  }))
}

/** The largest difference between a tensor and its golden; infinite where the number of values differs. */
export function largestDifference(values: Float32Array, golden: Sampled): number {
  const size = golden.dims.reduce((a, b) => a * b, 1)
  if (values.length !== size) return Infinity
  return golden.values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - values[i * golden.stride]!)), 0)
}

/** Pixels in which a mask differs from golden run lengths. */
export function differentPixels({ data }: Bitmap, runs: readonly number[]): number {
  let at = 0
  let different = 0
  runs.forEach((length, i) => {
    for (const end = at + length; at < end; at++) if (data[at] !== i % 2) different++
  })
  return at === data.length ? different : Infinity
}
