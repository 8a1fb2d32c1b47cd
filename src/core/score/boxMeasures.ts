/** How well one box fits another. */
import type { Box } from '../../shared/geometry.ts'
import { boxArea, boxIou, encloseBoxes, intersectBoxes } from '../../shared/geometry.ts'

/** Generalised IoU (Rezatofighi et al. 2019): IoU less the share of the enclosing box that neither covers; -1..1. */
export function boxGiou(a: Box, b: Box): number {
  const union = boxArea(a) + boxArea(b) - boxArea(intersectBoxes(a, b))
  const enclosing = boxArea(encloseBoxes(a, b))
  return enclosing > 0 ? boxIou(a, b) - (enclosing - union) / enclosing : 0
}

/** Complete IoU (Zheng et al. 2020): IoU less the distance of the centres and the difference of the aspect ratios. */
export function boxCiou(found: Box, truth: Box): number {
  const iou = boxIou(found, truth)
  const outer = encloseBoxes(found, truth)
  const diagonal = (outer.x1 - outer.x0) ** 2 + (outer.y1 - outer.y0) ** 2
  if (diagonal === 0) return iou
  const dx = (found.x0 + found.x1 - truth.x0 - truth.x1) / 2
  const dy = (found.y0 + found.y1 - truth.y0 - truth.y1) / 2
  const v = (4 / Math.PI ** 2) * (aspectAngle(truth) - aspectAngle(found)) ** 2
  const alpha = v === 0 ? 0 : v / (1 - iou + v)
  return iou - (dx * dx + dy * dy) / diagonal - alpha * v
}

function aspectAngle({ x0, y0, x1, y1 }: Box): number {
  return Math.atan2(x1 - x0, y1 - y0)
}

/**
 * Overlaps of found boxes with true ones: result[f * truths.length + t]. For a truth that is a crowd it is the share of the
 * found box that lies in it (maskApi.c bbIou). Boxes are compared as COCO has them, x, y, width, height.
 */
export function boxIous(found: readonly Box[], truths: readonly Box[], iscrowd: readonly boolean[]): Float64Array {
  const ious = new Float64Array(found.length * truths.length)
  found.forEach((f, row) => {
    truths.forEach((t, column) => {
      const shared = boxArea(intersectBoxes(f, t))
      const whole = iscrowd[column] ? boxArea(f) : boxArea(f) + boxArea(t) - shared
      ious[row * truths.length + column] = shared > 0 ? shared / whole : 0
    })
  })
  return ious
}
