/** Decoded masks, kept as long as the immutable mask they belong to. */
import { AppError } from '../../shared/errors.ts'
import type { Size } from '../../shared/geometry.ts'
import { clipBox } from '../../shared/geometry.ts'
import type { MaskCrop } from '../../shared/maskCrop.ts'
import { rleToCrop, runsToCrop } from '../../shared/maskCrop.ts'
import type { Annotation, Polygon, Rle } from '../../shared/model.ts'
import { rasterizePolygon } from '../../shared/rasterize.ts'
import { clipPolygon, traceParts } from '../../shared/polygons.ts'
import { polygonOf } from '../../shared/rings.ts'
import { filledCrop } from './maskCrop.ts'

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

/** The outline of what an annotation covers, with a corner at every turn: its polygon, else its mask traced along pixel edges, else its box. */
export function tracedPolygon(annotation: Annotation): Polygon {
  const { polygon, mask, box } = annotation
  if (polygon) return polygon
  if (!mask) return [[box.x0, box.y0, box.x1, box.y0, box.x1, box.y1, box.x0, box.y1]]
  let traced = outlines.get(mask)
  if (!traced) outlines.set(mask, (traced = trace(maskCrop(mask))))
  return traced
}

const outlines = new WeakMap<Rle, Polygon>()

function trace(crop: MaskCrop): Polygon {
  const { x0, y0 } = crop
  const placed = (ring: readonly number[]) => ring.map((value, i) => value + (i % 2 === 0 ? x0 : y0))
  return polygonOf(traceParts(crop).map(({ outer, holes }) => ({ outer: placed(outer), holes: holes.map(placed) })))
}
