/** Polygons to masks, exactly as COCO's maskApi.c fills them. */
import { AppError } from './errors.ts'
import type { Size } from './geometry.ts'
import type { Annotation, Polygon } from './model.ts'
import { clipPolygon } from './polygons.ts'
import type { Runs } from './rle.ts'
import { mergeRuns, runsArea } from './rleMath.ts'
import { rleToRuns } from './rleString.ts'

/** Points further out than this are no place on an image; walking to them would take minutes. */
const FARTHEST = 2 ** 20

/**
 * The mask of a polygon on an image of this size, bit for bit as maskApi.c rleFrPoly has it: each ring filled by
 * parity, rings united (a ring inside another is no hole). Refuses (invalid-argument) rings of fewer than 3 points and
 * coordinates that are not finite or further than 2^20 pixels out.
 */
export function rasterizePolygon(polygon: Polygon, size: Size): Runs {
  for (const ring of polygon) requireRing(ring)
  if (polygon.length === 0) return { ...sizeOf(size), counts: Uint32Array.of(size.width * size.height) }
  return mergeRuns(polygon.map((ring) => rasterizeRing(ring, size)))
}

type Shape = Pick<Annotation, 'polygon' | 'mask'>

/** What is filled on the image: a drawn polygon clipped to it, else the mask, maybe without a pixel; null for a box alone. */
export function shapeRuns({ polygon, mask }: Shape, size: Size): Runs | null {
  const clipped = polygon && clipPolygon(polygon, size)
  return clipped && clipped.length > 0 ? rasterizePolygon(clipped, size) : mask && rleToRuns(mask)
}

/** `shapeRuns`; null also where those hold no pixel. */
export function pixelsOf(shape: Shape, size: Size): Runs | null {
  const runs = shapeRuns(shape, size)
  return runs && runsArea(runs) > 0 ? runs : null
}

function requireRing(ring: readonly number[]): void {
  if (ring.length < 6 || ring.length % 2 !== 0) {
    throw new AppError('invalid-argument', `A polygon needs at least 3 points, but one has ${ring.length} numbers.`)
  }
  const wrong = ring.find((value) => !(Math.abs(value) <= FARTHEST))
  if (wrong !== undefined) throw new AppError('invalid-argument', `A polygon has the coordinate ${wrong}, which is no place on an image.`)
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height })

const SCALE = 5

function rasterizeRing(ring: readonly number[], size: Size): Runs {
  const { us, vs } = denseBoundary(ring)
  const crossings = columnCrossings(us, vs, size)
  return { ...sizeOf(size), counts: countsOfCrossings(crossings, size.width * size.height) }
}

/** Every point of the outline on a grid five times finer, walked along the longer axis of each edge. */
function denseBoundary(ring: readonly number[]): { us: Int32Array; vs: Int32Array } {
  const corners = Int32Array.from(ring, (value) => Math.trunc(SCALE * value + 0.5))
  const k = corners.length
  let total = 0
  for (let i = 0; i < k; i += 2) {
    total += Math.max(Math.abs(corners[i]! - corners[(i + 2) % k]!), Math.abs(corners[i + 1]! - corners[(i + 3) % k]!)) + 1
  }
  const us = new Int32Array(total)
  const vs = new Int32Array(total)
  for (let i = 0, at = 0; i < k; i += 2) at = walkEdge(corners[i]!, corners[i + 1]!, corners[(i + 2) % k]!, corners[(i + 3) % k]!, us, vs, at)
  return { us, vs }
}

/** Appends the points of one edge; it is computed from its lesser end whichever way it runs, as maskApi.c does. */
function walkEdge(x0: number, y0: number, x1: number, y1: number, us: Int32Array, vs: Int32Array, at: number): number {
  const dx = Math.abs(x1 - x0)
  const dy = Math.abs(y1 - y0)
  const isWide = dx >= dy
  const steps = isWide ? dx : dy
  const flip = isWide ? x0 > x1 : y0 > y1
  const [xs, ys, xe, ye] = flip ? [x1, y1, x0, y0] : [x0, y0, x1, y1]
  const slope = steps === 0 ? 0 : isWide ? (ye - ys) / dx : (xe - xs) / dy
  for (let d = 0; d <= steps; d++, at++) {
    const t = flip ? steps - d : d
    us[at] = isWide ? t + xs : Math.trunc(xs + slope * t + 0.5)
    vs[at] = isWide ? Math.trunc(ys + slope * t + 0.5) : t + ys
  }
  return at
}

/** Where the outline passes from one pixel column into the next, as column-major pixel indices, ascending. */
function columnCrossings(us: Int32Array, vs: Int32Array, { width, height }: Size): Uint32Array {
  const crossings = new Uint32Array(us.length)
  let length = 0
  for (let j = 1; j < us.length; j++) {
    if (us[j] === us[j - 1]) continue
    const x = ((us[j]! < us[j - 1]! ? us[j]! : us[j]! - 1) + 0.5) / SCALE - 0.5
    if (!Number.isInteger(x) || x < 0 || x > width - 1) continue
    const y = Math.ceil(Math.min(Math.max((Math.min(vs[j]!, vs[j - 1]!) + 0.5) / SCALE - 0.5, 0), height))
    crossings[length++] = x * height + y
  }
  return crossings.slice(0, length).sort()
}

/** Runs between crossings; two crossings at one pixel cancel. */
function countsOfCrossings(crossings: Uint32Array, total: number): Uint32Array {
  const counts = new Uint32Array(crossings.length + 1)
  let length = 0
  let runStart = 0
  for (let i = 0; i < crossings.length; i++) {
    const at = crossings[i]!
    if (crossings[i + 1] === at) {
      i++
      continue
    }
    if (at === total) break
    counts[length++] = at - runStart
    runStart = at
  }
  counts[length++] = total - runStart
  return counts.slice(0, length)
}
