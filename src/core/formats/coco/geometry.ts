/** The segmentation, area and box of an annotation as COCO defines them. */
import { clipBox, type Box, type Size } from '../../../shared/geometry.ts'
import type { Annotation, Polygon, Rle } from '../../../shared/model.ts'
import { clipPolygon, polygonArea, tracePolygon } from '../../../shared/polygons.ts'
import { decodeRuns } from '../../../shared/rle.ts'
import { runsArea } from '../../../shared/rleMath.ts'
import { rleToRuns, runsToRle } from '../../../shared/rleString.ts'

/** Masks as polygons where they have no holes and else as RLE; as polygons with bridged holes; or as RLE. All are exact. */
export type MaskForm = 'auto' | 'polygon' | 'rle'

export interface CocoGeometry {
  /** Empty for an annotation that is a box only. */
  readonly segmentation: Polygon | Rle
  /** Square pixels: pixels of a mask, shoelace area of a polygon. */
  readonly area: number
  /** [x, y, width, height], image pixels. */
  readonly bbox: readonly [number, number, number, number]
  readonly bridged: number
  /** What differs from the project, in words. */
  readonly note: string | null
}

/**
 * A drawn polygon is written as drawn, clipped to the image; otherwise the mask; otherwise the box alone. The box is the one on
 * screen: as tight as the mask from a model, or as a person corrected it.
 */
export function cocoGeometry(annotation: Annotation, size: Size, form: MaskForm): CocoGeometry {
  if (annotation.polygon) {
    const polygon = clipPolygon(annotation.polygon, size)
    if (polygon.length > 0) {
      const note = isInside(annotation.polygon, size) ? null : 'a polygon that lay partly outside the image was clipped to it'
      return { segmentation: polygon, area: polygonArea(polygon), bbox: bboxOf(clipBox(annotation.box, size)), bridged: 0, note }
    }
  }
  return annotation.mask ? maskGeometry(annotation, annotation.mask, size, form) : boxGeometry(annotation, null)
}

function isInside(polygon: Polygon, { width, height }: Size): boolean {
  return polygon.every((ring) => ring.every((value, i) => value >= 0 && value <= (i % 2 === 0 ? width : height)))
}

function maskGeometry(annotation: Annotation, mask: Rle, size: Size, form: MaskForm): CocoGeometry {
  const runs = rleToRuns(mask)
  const area = runsArea(runs)
  if (area === 0) return boxGeometry(annotation, 'a mask without a pixel was written as a box')
  const whole = { area, bbox: bboxOf(clipBox(annotation.box, size)), note: null }
  const rle = { segmentation: runsToRle(runs), bridged: 0, ...whole }
  if (form === 'rle') return rle
  const { polygon, bridged } = tracePolygon(decodeRuns(runs))
  if (form === 'auto' && bridged > 0) return rle
  return { segmentation: polygon, bridged, ...whole }
}

function boxGeometry({ box, polygon }: Annotation, why: string | null): CocoGeometry {
  const note = polygon ? 'a polygon that lies outside the image was written as a box' : why
  const [x, y, width, height] = bboxOf(box)
  return { segmentation: [], area: width * height, bbox: [x, y, width, height], bridged: 0, note }
}

/** COCO's [x, y, width, height]. */
export function bboxOf({ x0, y0, x1, y1 }: Box): [number, number, number, number] {
  return [x0, y0, x1 - x0, y1 - y0]
}
