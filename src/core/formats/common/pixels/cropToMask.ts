/** Masks that other tools give as a rectangle of pixels somewhere on the image. */
import type { Size } from '../../../../shared/geometry.ts'
import type { Rle } from '../../../../shared/model.ts'
import { pixelCount } from '../../../../shared/rle.ts'
import type { Bitmap } from '../../../../shared/rle.ts'
import { runsToRle } from '../../../../shared/rleString.ts'

/**
 * The mask of an image whose pixels at (left, top) and on are those of `crop`, row-major, 0 or not; what lies out of the image
 * is cut off. null where no pixel is left.
 */
export function cropToMask(crop: Bitmap, left: number, top: number, { width, height }: Size): Rle | null {
  const total = pixelCount(width, height)
  const counts: number[] = []
  let end = 0
  const addSpan = (from: number, to: number) => {
    if (from === end && counts.length > 0) counts[counts.length - 1]! += to - from
    else counts.push(from - end, to - from)
    end = to
  }
  const [firstY, lastY] = [Math.max(0, -top), Math.min(crop.height, height - top)]
  for (let x = Math.max(0, -left); x < Math.min(crop.width, width - left); x++) {
    const column = (left + x) * height + top
    let start = -1
    for (let y = firstY; y < lastY; y++) {
      const isSet = crop.data[y * crop.width + x] !== 0
      if (isSet && start < 0) start = y
      if (!isSet && start >= 0) addSpan(column + start, column + y)
      if (!isSet) start = -1
    }
    if (start >= 0) addSpan(column + start, column + lastY)
  }
  if (counts.length === 0) return null
  if (end < total) counts.push(total - end)
  return runsToRle({ width, height, counts: Uint32Array.from(counts) })
}
