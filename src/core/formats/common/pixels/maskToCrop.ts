/** Masks as other tools want them: the smallest rectangle of pixels that holds the object. */
import type { Rle } from '../../../../shared/model.ts'
import type { Bitmap } from '../../../../shared/rle.ts'
import { runsBox } from '../../../../shared/rleMath.ts'
import { rleToRuns } from '../../../../shared/rleString.ts'

export interface MaskCrop extends Bitmap {
  /** Where its first pixel is on the image. */
  readonly left: number
  readonly top: number
}

/** Row-major, 0 and 1; null for a mask without a pixel. */
export function maskToCrop(mask: Rle): MaskCrop | null {
  const runs = rleToRuns(mask)
  const { x0, y0, x1, y1 } = runsBox(runs)
  const width = x1 - x0
  if (width === 0) return null
  const data = new Uint8Array(width * (y1 - y0))
  for (let i = 1, at = runs.counts[0]!; i < runs.counts.length; i += 2) {
    for (const end = at + runs.counts[i]!; at < end; at++) {
      const x = Math.floor(at / runs.height)
      data[(at - x * runs.height - y0) * width + x - x0] = 1
    }
    at += runs.counts[i + 1] ?? 0
  }
  return { left: x0, top: y0, width, height: y1 - y0, data }
}
