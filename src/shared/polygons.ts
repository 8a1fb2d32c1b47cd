/**
 * Masks to polygons and back without loss: a mask traced along its pixel edges and rasterised by COCO's rule is the same mask.
 * Coordinates are pixel edges, image pixels: [1, 1, 5, 1, 5, 5, 1, 5] covers the pixels 1..4, sixteen of them.
 */
import type { Box, Size } from './geometry.ts'
import type { Polygon } from './model.ts'
import type { Bitmap } from './rle.ts'
import { ringArea, traceLoops } from './trace.ts'
import type { Loop } from './trace.ts'

/** One 4-connected part of a mask: the loop around it and the loops around its holes, flat [x0, y0, x1, y1, ...]. */
export interface TracedPart {
  readonly outer: number[]
  readonly holes: number[][]
}

/** The parts of a mask with their holes apart, integer corners. */
export function traceParts(mask: Bitmap): TracedPart[] {
  const loops = traceLoops(mask)
  const parts = new Map<number, TracedPart>()
  loops.forEach((loop, index) => {
    if (!loop.bridge) parts.set(index, { outer: [...loop.points], holes: [] })
  })
  for (const loop of loops) {
    if (loop.bridge) parts.get(outermost(loops, loop))!.holes.push([...loop.points])
  }
  return [...parts.values()]
}

function outermost(loops: readonly Loop[], loop: Loop): number {
  let index = loop.bridge!.parent
  while (loops[index]!.bridge) index = loops[index]!.bridge!.parent
  return index
}

/**
 * One ring per part; each hole is joined to the loop left of it by a bridge of no width, there and back, so that
 * the ring crosses every pixel as often as the loops did. `bridged` is the number of holes joined so.
 */
export function tracePolygon(mask: Bitmap): { polygon: Polygon; bridged: number } {
  const loops = traceLoops(mask)
  const holes = loops.filter((loop) => loop.bridge)
  const holesOf = Map.groupBy(holes, (hole) => loops[hole.bridge!.parent]!)
  const outer = loops.filter((loop) => !loop.bridge)
  return { polygon: outer.map((loop) => appendRing([], loop, holesOf)), bridged: holes.length }
}

/** Appends a loop from its bridge corner (or its first) round to the same corner, with its holes put in where their bridges end. */
function appendRing(ring: number[], loop: Loop, holesOf: ReadonlyMap<Loop, readonly Loop[]>): number[] {
  const { points } = loop
  const holes = holesOf.get(loop) ?? []
  const start = loop.bridge?.from ?? 0
  for (let step = 0; step < points.length; step += 2) {
    const i = (start + step) % points.length
    const j = (i + 2) % points.length
    const [x, y, nextX, nextY] = [points[i]!, points[i + 1]!, points[j]!, points[j + 1]!]
    ring.push(x, y)
    if (x !== nextX || nextY > y) continue
    const along = holes.filter(({ bridge }) => bridge!.x === x && bridge!.y < y && bridge!.y >= nextY)
    for (const hole of along.sort((a, b) => b.bridge!.y - a.bridge!.y)) {
      ring.push(x, hole.bridge!.y)
      appendRing(ring, hole, holesOf)
      ring.push(x, hole.bridge!.y)
    }
  }
  if (loop.bridge) ring.push(points[start]!, points[start + 1]!)
  return ring
}

/** Area by the shoelace formula, summed over the rings, square pixels; COCO's `area` of a drawn object. */
export function polygonArea(polygon: Polygon): number {
  return polygon.reduce((sum, ring) => sum + Math.abs(ringArea(ring)), 0)
}

/** Extent of the points, image pixels; COCO's `bbox` of a drawn object. */
export function polygonBox(polygon: Polygon): Box {
  const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity }
  for (const ring of polygon) {
    for (let i = 0; i < ring.length; i += 2) {
      box.x0 = Math.min(box.x0, ring[i]!)
      box.x1 = Math.max(box.x1, ring[i]!)
      box.y0 = Math.min(box.y0, ring[i + 1]!)
      box.y1 = Math.max(box.y1, ring[i + 1]!)
    }
  }
  return box
}

/** The part of each ring that lies on the image (Sutherland-Hodgman); rings wholly outside go. Rings inside stay as they are. */
export function clipPolygon(polygon: Polygon, { width, height }: Size): Polygon {
  return polygon.map((ring) => clipRing(ring, width, height)).filter((ring) => ring.length >= 6)
}

function clipRing(ring: readonly number[], width: number, height: number): number[] {
  const isInside = ring.every((value, i) => value >= 0 && value <= (i % 2 === 0 ? width : height))
  if (isInside) return [...ring]
  const sides = [[0, 0, 1], [0, width, -1], [1, 0, 1], [1, height, -1]] as const
  return sides.reduce((points, [axis, limit, sign]) => clipRingAt(points, axis, limit, sign), [...ring])
}

/** Keeps what is on the side of a level or upright line where sign * (coordinate - limit) >= 0. */
function clipRingAt(ring: readonly number[], axis: 0 | 1, limit: number, sign: 1 | -1): number[] {
  const kept: number[] = []
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const here = sign * (ring[i + axis]! - limit)
    const before = sign * (ring[j + axis]! - limit)
    if (here >= 0 !== before >= 0) {
      // From the same end whichever way the edge runs, so that a bridge to a hole and back still has no width.
      const [from, to, near, far] = here < before ? [i, j, here, before] : [j, i, before, here]
      const share = near / (near - far)
      const crossing = ring[from + 1 - axis]! + share * (ring[to + 1 - axis]! - ring[from + 1 - axis]!)
      kept.push(...(axis === 0 ? [limit, crossing] : [crossing, limit]))
    }
    if (here >= 0) kept.push(ring[i]!, ring[i + 1]!)
  }
  return kept
}
