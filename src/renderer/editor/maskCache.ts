/** Decoded masks, kept as long as the immutable mask they belong to. */
import { AppError } from '../../shared/errors.ts'
import type { Size } from '../../shared/geometry.ts'
import { clipBox } from '../../shared/geometry.ts'
import type { Annotation, Rle } from '../../shared/model.ts'
import { rasterizePolygon } from '../../shared/rasterize.ts'
import { clipPolygon } from '../../shared/polygons.ts'
import type { MaskCrop } from './maskCrop.ts'
import { filledCrop, rleToCrop, runsToCrop } from './maskCrop.ts'

const crops = new WeakMap<Rle, MaskCrop>()

/** A mask that can't be read covers nothing, so that the other objects of the image are still shown; exports name it. */
export function maskCrop(mask: Rle): MaskCrop {
  let crop = crops.get(mask)
  if (!crop) crops.set(mask, (crop = decode(mask)))
  return crop
}

function decode(mask: Rle): MaskCrop {
  try {
    return rleToCrop(mask)
  } catch (error) {
    if (error instanceof AppError) return filledCrop({ x0: 0, y0: 0, x1: 0, y1: 0 })
    throw error
  }
}

/** The pixels an annotation covers: of its polygon as drawn, else of its mask, else of its box. */
export function coveredPixels({ polygon, mask, box }: Annotation, size: Size): MaskCrop {
  if (polygon) return runsToCrop(rasterizePolygon(clipPolygon(polygon, size), size))
  return mask ? maskCrop(mask) : filledCrop(clipBox(box, size))
}
