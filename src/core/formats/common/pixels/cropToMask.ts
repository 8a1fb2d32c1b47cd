/** Masks that other tools give as a rectangle of pixels somewhere on the image. */
import type { Size } from '../../../../shared/geometry.ts'
import { cropToRuns } from '../../../../shared/maskCrop.ts'
import type { Rle } from '../../../../shared/model.ts'
import type { Bitmap } from '../../../../shared/rle.ts'
import { runsToRle } from '../../../../shared/rleString.ts'

/** The mask of an image whose pixels at (left, top) and on are those of `crop`, 0 or not; null where none is left on the image. */
export function cropToMask(crop: Bitmap, left: number, top: number, size: Size): Rle | null {
  const runs = cropToRuns({ ...crop, x0: left, y0: top }, size)
  return runs.counts.length > 1 ? runsToRle(runs) : null
}
