/** Fewer corners for lines and polygons, after Ramer, Douglas and Peucker. */
import simplify from 'simplify-js'
import type { Size } from './geometry.ts'
import type { Polygon } from './model.ts'
import { clipPolygon } from './polygons.ts'
import { rasterizePolygon } from './rasterize.ts'
import type { Part, Ring } from './rings.ts'
import { isSound, partsOf, polygonOf } from './rings.ts'
import type { Runs } from './rle.ts'
import { maskIou, runsArea } from './rleMath.ts'
import { ringArea } from './trace.ts'

interface Point {
  readonly x: number
  readonly y: number
}

/** The points of an open line that must stay so that no other is further from it than `tolerance`, image pixels. */
export function simplifyLine(points: readonly Point[], tolerance: number): Point[] {
  return simplify([...points], tolerance, true)
}

export interface Simplified {
  readonly polygon: Polygon
  /** Corners of all loops. */
  readonly before: number
  readonly after: number
  /** Overlap of the pixels before and after, 0..1. */
  readonly iou: number
}

/**
 * A polygon whose outline lies within `tolerance` image pixels of the given one, holes kept. A part whose loops would come
 * to cross, or lose their area, takes half the tolerance, again and again, and stays as it is in the end: no ring falls
 * below three corners. `pixels` are those of `polygon` where they are known.
 */
export function simplifyPolygon(polygon: Polygon, tolerance: number, size: Size, pixels: Runs = pixelsOf(polygon, size)): Simplified {
  const parts = partsOf(polygon)
  const simpler = parts.map((part) => simplifyPart(part, tolerance))
  const result = polygonOf(simpler)
  const after = pixelsOf(result, size)
  const isLost = runsArea(after) === 0 && runsArea(pixels) > 0
  if (isLost) return { polygon, before: cornersOf(parts), after: cornersOf(parts), iou: 1 }
  return { polygon: result, before: cornersOf(parts), after: cornersOf(simpler), iou: runsArea(after) === 0 ? 1 : maskIou(pixels, after) }
}

const pixelsOf = (polygon: Polygon, size: Size): Runs => rasterizePolygon(clipPolygon(polygon, size), size)

function cornersOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { outer, holes }) => sum + [outer, ...holes].reduce((all, { length }) => all + length / 2, 0), 0)
}

const HALVINGS = 6
const halved = (tolerance: number): number[] => Array.from({ length: HALVINGS + 1 }, (_, i) => tolerance / 2 ** i)

function simplifyPart(part: Part, tolerance: number): Part {
  const wasSound = isSound(part)
  for (const within of halved(tolerance)) {
    const simpler = { outer: simplifyRing(part.outer, within), holes: part.holes.map((hole) => simplifyRing(hole, within)) }
    if (!wasSound || isSound(simpler)) return simpler
  }
  return part
}

function simplifyRing(ring: Ring, tolerance: number): Ring {
  for (const within of halved(tolerance)) {
    const simpler = simplifyHalves(ring, within)
    if (simpler.length >= 6 && ringArea(simpler) !== 0) return simpler
  }
  return ring
}

/** The two ways between the first corner and the one furthest from it, each as a line. */
function simplifyHalves(ring: Ring, tolerance: number): Ring {
  const points = Array.from({ length: ring.length / 2 }, (_, i) => ({ x: ring[2 * i]!, y: ring[2 * i + 1]! }))
  const first = points[0]!
  const square = ({ x, y }: Point) => (x - first.x) ** 2 + (y - first.y) ** 2
  const far = points.reduce((best, point, i) => (square(point) > square(points[best]!) ? i : best), 0)
  const there = simplifyLine(points.slice(0, far + 1), tolerance)
  const back = simplifyLine([...points.slice(far), first], tolerance)
  return [...there.slice(0, -1), ...back.slice(0, -1)].flatMap(({ x, y }) => [x, y])
}
