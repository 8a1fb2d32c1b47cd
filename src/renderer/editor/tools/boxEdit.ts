/** Boxes under a pointer: handles, dragging, and the snap to the edge of the image. */
import type { Box, ImagePoint, Size } from '../../../shared/geometry.ts'
import { clipBox, orderedBox } from '../../../shared/geometry.ts'

/** Which sides a handle moves: -1 the left or upper one, 1 the right or lower one, 0 neither. */
export interface Handle {
  readonly x: -1 | 0 | 1
  readonly y: -1 | 0 | 1
}

export const HANDLES: readonly Handle[] = [
  { x: -1, y: -1 }, { x: 1, y: -1 }, { x: 1, y: 1 }, { x: -1, y: 1 },
  { x: 0, y: -1 }, { x: 1, y: 0 }, { x: 0, y: 1 }, { x: -1, y: 0 },
]

export function handlePoint({ x0, y0, x1, y1 }: Box, { x, y }: Handle): ImagePoint {
  return { x: ((1 - x) * x0 + (1 + x) * x1) / 2, y: ((1 - y) * y0 + (1 + y) * y1) / 2 }
}

/** The handle within reach, corners first; or a side that is met anywhere along it. */
export function handleAt(box: Box, at: ImagePoint, reach: number): Handle | null {
  const near = HANDLES.find((handle) => {
    const point = handlePoint(box, handle)
    return Math.abs(point.x - at.x) <= reach && Math.abs(point.y - at.y) <= reach
  })
  if (near) return near
  const isWithin = at.x > box.x0 && at.x < box.x1 && at.y > box.y0 && at.y < box.y1
  const isBeside = at.x > box.x0 - reach && at.x < box.x1 + reach && at.y > box.y0 - reach && at.y < box.y1 + reach
  if (!isBeside) return null
  const thin = Math.min(reach, (box.x1 - box.x0) / 4, (box.y1 - box.y0) / 4)
  const within = isWithin ? thin : reach
  if (Math.abs(at.x - box.x0) <= within) return { x: -1, y: 0 }
  if (Math.abs(at.x - box.x1) <= within) return { x: 1, y: 0 }
  if (Math.abs(at.y - box.y0) <= within) return { x: 0, y: -1 }
  return Math.abs(at.y - box.y1) <= within ? { x: 0, y: 1 } : null
}

const snap = (value: number, limit: number, reach: number): number =>
  value < reach ? 0 : value > limit - reach ? limit : Math.round(value)

/** On whole pixels, on the image, and on its edge where that is within reach. */
export function snapPoint({ x, y }: ImagePoint, { width, height }: Size, reach: number): ImagePoint {
  return { x: snap(x, width, reach), y: snap(y, height, reach) }
}

/** The box with the sides of a handle moved to a point; it turns over where they pass each other. */
export function resizedBox(box: Box, { x, y }: Handle, to: ImagePoint): Box {
  return orderedBox({
    x0: x === -1 ? to.x : box.x0,
    x1: x === 1 ? to.x : box.x1,
    y0: y === -1 ? to.y : box.y0,
    y1: y === 1 ? to.y : box.y1,
  })
}

/** How far a box may move so that it stays on the image; whole pixels, and on the edge where that is within reach. */
export function snapMove(box: Box, { x: dx, y: dy }: ImagePoint, { width, height }: Size, reach: number): ImagePoint {
  return { x: along(box.x0, box.x1, dx, width, reach), y: along(box.y0, box.y1, dy, height, reach) }
}

function along(from: number, to: number, by: number, limit: number, reach: number): number {
  if (from + by < reach) return -from
  return to + by > limit - reach ? limit - to : Math.round(by)
}

export function movedBox({ x0, y0, x1, y1 }: Box, { x, y }: ImagePoint): Box {
  return { x0: x0 + x, y0: y0 + y, x1: x1 + x, y1: y1 + y }
}

/** The box between two points, on the image. */
export function boxBetween(a: ImagePoint, b: ImagePoint, size: Size): Box {
  return clipBox(orderedBox({ x0: a.x, y0: a.y, x1: b.x, y1: b.y }), size)
}

export const isThin = ({ x0, y0, x1, y1 }: Box, least: number): boolean => x1 - x0 < least || y1 - y0 < least
