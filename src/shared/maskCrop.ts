/** Masks as small bitmaps: only the part around the foreground, so that thousands fit in memory. */
import type { Box, Size } from './geometry.ts'
import type { Rle } from './model.ts'
import { spansToRuns } from './rle.ts'
import type { Bitmap, Runs } from './rle.ts'
import { runsBox } from './rleMath.ts'
import { rleToRuns, runsToRle } from './rleString.ts'

/** Pixels (x0 .. x0 + width, y0 .. y0 + height) of an image, row-major, 0 or 1; all else is background. */
export interface MaskCrop extends Bitmap {
  readonly x0: number
  readonly y0: number
}

export function emptyCrop({ x0, y0, x1, y1 }: Box): MaskCrop {
  const [width, height] = [Math.max(0, x1 - x0), Math.max(0, y1 - y0)]
  return { x0, y0, width, height, data: new Uint8Array(width * height) }
}

/** The smallest crop that holds the mask; without a pixel where that has none. */
export function runsToCrop(runs: Runs): MaskCrop {
  const crop = emptyCrop(runsBox(runs))
  let at = 0
  runs.counts.forEach((count, i) => {
    if (i % 2 === 1) fillColumns(crop, runs.height, at, at + count)
    at += count
  })
  return crop
}

export const rleToCrop = (rle: Rle): MaskCrop => runsToCrop(rleToRuns(rle))

/** Sets the pixels [from, to) of a column-major image of this height. */
function fillColumns({ x0, y0, width, data }: MaskCrop, height: number, from: number, to: number): void {
  for (let at = from; at < to; ) {
    const x = Math.floor(at / height)
    const columnEnd = Math.min(to, (x + 1) * height)
    for (let y = at - x * height; at < columnEnd; at++, y++) data[(y - y0) * width + (x - x0)] = 1
  }
}

/** The mask of a crop, 0 or not, on an image of this size; what lies out of the image is cut off. */
export function cropToRuns(crop: MaskCrop, { width, height }: Size): Runs {
  const [firstY, lastY] = [Math.max(0, -crop.y0), Math.min(crop.height, height - crop.y0)]
  return spansToRuns(width, height, (add) => {
    for (let x = Math.max(0, -crop.x0); x < Math.min(crop.width, width - crop.x0); x++) {
      const column = (crop.x0 + x) * height + crop.y0
      let start = -1
      for (let y = firstY; y < lastY; y++) {
        const isSet = crop.data[y * crop.width + x] !== 0
        if (isSet && start < 0) start = y
        if (!isSet && start >= 0) add(column + start, column + y)
        if (!isSet) start = -1
      }
      if (start >= 0) add(column + start, column + lastY)
    }
  })
}

export const cropToRle = (crop: MaskCrop, size: Size): Rle => runsToRle(cropToRuns(crop, size))
