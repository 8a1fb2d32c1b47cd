/**
 * Geometry of the model. All of it is in image pixels after EXIF orientation, origin top left, x right, y down.
 * Coordinates are continuous pixel-edge coordinates: pixel (i, j) covers [i, i+1) x [j, j+1).
 */

declare const frame: unique symbol
/** A point in image pixels. */
export type ImagePoint = Readonly<{ x: number; y: number; [frame]?: 'image' }>
/** A point in CSS pixels of the canvas; only the viewport turns one into the other. */
export type ScreenPoint = Readonly<{ x: number; y: number; [frame]?: 'screen' }>

/** Half-open box [x0, x1) x [y0, y1) in image pixels, x0 <= x1, y0 <= y1. */
export interface Box {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** The box with its corners in order, whichever way it was drawn. */
export function orderedBox(box: Box): Box {
  return {
    x0: Math.min(box.x0, box.x1),
    y0: Math.min(box.y0, box.y1),
    x1: Math.max(box.x0, box.x1),
    y1: Math.max(box.y0, box.y1),
  }
}

export function isSameBox(a: Box, b: Box): boolean {
  return a.x0 === b.x0 && a.y0 === b.y0 && a.x1 === b.x1 && a.y1 === b.y1
}

export function boxArea(box: Box): number {
  return Math.max(0, box.x1 - box.x0) * Math.max(0, box.y1 - box.y0)
}

export function clipBox(box: Box, size: Size): Box {
  const clip = (value: number, limit: number) => Math.min(Math.max(value, 0), limit)
  return {
    x0: clip(box.x0, size.width),
    y0: clip(box.y0, size.height),
    x1: clip(box.x1, size.width),
    y1: clip(box.y1, size.height),
  }
}

/** The overlap of two boxes; its area is 0 where they do not meet. */
export function intersectBoxes(a: Box, b: Box): Box {
  const x0 = Math.max(a.x0, b.x0)
  const y0 = Math.max(a.y0, b.y0)
  return { x0, y0, x1: Math.max(x0, Math.min(a.x1, b.x1)), y1: Math.max(y0, Math.min(a.y1, b.y1)) }
}

/** The smallest box around both. */
export function encloseBoxes(a: Box, b: Box): Box {
  return { x0: Math.min(a.x0, b.x0), y0: Math.min(a.y0, b.y0), x1: Math.max(a.x1, b.x1), y1: Math.max(a.y1, b.y1) }
}

/** Intersection over union of two boxes, 0 when both are empty. */
export function boxIou(a: Box, b: Box): number {
  const common = boxArea(intersectBoxes(a, b))
  const union = boxArea(a) + boxArea(b) - common
  return union > 0 ? common / union : 0
}
