/** Masks as other tools want them: the smallest rectangle of pixels that holds the object. */
import { rleToCrop } from '../../../../shared/maskCrop.ts'
import type { MaskCrop } from '../../../../shared/maskCrop.ts'
import type { Rle } from '../../../../shared/model.ts'

/** null for a mask without a pixel. */
export function maskToCrop(mask: Rle): MaskCrop | null {
  const crop = rleToCrop(mask)
  return crop.width === 0 ? null : crop
}
