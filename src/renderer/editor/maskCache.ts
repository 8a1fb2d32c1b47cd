/** Decoded masks, kept as long as the immutable mask they belong to. */
import type { Size } from '../../shared/geometry.ts'
import type { Annotation, Rle } from '../../shared/model.ts'
import { rasterizePolygon } from '../../shared/rasterize.ts'
import { clipPolygon } from '../../shared/polygons.ts'
import type { MaskCrop } from './maskCrop.ts'
import { filledCrop, rleToCrop, runsToCrop } from './maskCrop.ts'

const crops = new WeakMap<Rle, MaskCrop>()

export function maskCrop(mask: Rle): MaskCrop {
  let crop = crops.get(mask)
  if (!crop) crops.set(mask, (crop = rleToCrop(mask)))
  return crop
}

/** The pixels an annotation covers: of its polygon as drawn, else of its mask, else of its box. */
export function coveredPixels({ polygon, mask, box }: Annotation, size: Size): MaskCrop {
  if (polygon) return runsToCrop(rasterizePolygon(clipPolygon(polygon, size), size))
  return mask ? maskCrop(mask) : filledCrop(box)
}
