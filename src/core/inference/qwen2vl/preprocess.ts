/** Image -> patches, as transformers' Qwen2VLImageProcessor cuts them. */
import type { Size } from '../../../shared/geometry.ts'
import { resizeLikePillow } from '../../media/resize.ts'
import type { RgbImage } from '../seams.ts'
import type { Preprocessing } from './config.ts'
import { smartResize } from './smartResize.ts'

export interface Patches {
  /** [grid height * grid width, 3 * temporal * patch * patch] float32; patches ordered merged block by merged block. */
  readonly pixelValues: Float32Array
  readonly patchLength: number
  /** [t, h, w] in patches; t is 1 for an image. */
  readonly grid: readonly [number, number, number]
  /** Pixels of the image as the model sees it. */
  readonly resized: Size
}

/** (v * rescale - mean) / std for each channel and byte: [3 * 256]. */
function normalisationTable({ mean, std, rescale }: Preprocessing): Float32Array {
  return Float32Array.from({ length: 3 * 256 }, (_, i) => ((i & 255) * rescale - mean[i >> 8]!) / std[i >> 8]!)
}

/** Writes one patch, laid out (channel, temporal, y, x); the single image stands for every temporal slice. */
function writePatch(out: Float32Array, at: number, image: RgbImage, x0: number, y0: number, table: Float32Array, config: Preprocessing): number {
  const { patchSize: side, temporalPatchSize } = config
  for (let channel = 0; channel < 3; channel++) {
    const start = at
    for (let y = 0; y < side; y++) {
      let from = ((y0 + y) * image.width + x0) * 3 + channel
      for (let x = 0; x < side; x++, from += 3) out[at++] = table[channel * 256 + image.data[from]!]!
    }
    for (let t = 1; t < temporalPatchSize; t++, at += side * side) out.copyWithin(at, start, start + side * side)
  }
  return at
}

/** Resizes (smartResize, antialiased as Pillow), rescales, normalises and cuts into patches. */
export function preprocess(image: RgbImage, config: Preprocessing): Patches {
  const { patchSize, mergeSize, temporalPatchSize } = config
  const resized = smartResize(image, patchSize * mergeSize, config.minPixels, config.maxPixels)
  const same = resized.width === image.width && resized.height === image.height
  const pixels = same ? image : resizeLikePillow(image, resized.width, resized.height, config.filter)
  const gridHeight = resized.height / patchSize
  const gridWidth = resized.width / patchSize
  const patchLength = 3 * temporalPatchSize * patchSize * patchSize
  const pixelValues = new Float32Array(gridHeight * gridWidth * patchLength)
  const table = normalisationTable(config)
  let at = 0
  for (let by = 0; by < gridHeight; by += mergeSize)
    for (let bx = 0; bx < gridWidth; bx += mergeSize)
      for (let y = by; y < by + mergeSize; y++)
        for (let x = bx; x < bx + mergeSize; x++) at = writePatch(pixelValues, at, pixels, x * patchSize, y * patchSize, table, config)
  return { pixelValues, patchLength, grid: [1, gridHeight, gridWidth], resized }
}
