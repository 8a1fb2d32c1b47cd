/** Masks and polygons as single rings, which is all that a line of YOLO holds. */
import type { Size } from '../../../shared/geometry.ts'
import type { Annotation, Polygon } from '../../../shared/model.ts'
import { clipPolygon, tracePolygon } from '../../../shared/polygons.ts'
import { rasterizePolygon } from '../../../shared/rasterize.ts'
import { partsOf } from '../../../shared/rings.ts'
import { decodeRuns } from '../../../shared/rle.ts'
import { runsArea } from '../../../shared/rleMath.ts'
import { rleToRuns } from '../../../shared/rleString.ts'

export interface Outline {
  /** One for each part, holes joined to it by a bridge of no width; image pixels, on the image. */
  readonly rings: Polygon
  readonly holes: number
}

/** As drawn, clipped to the image; else traced along the pixels of the mask; null for a box or where nothing is on the image. */
export function outlineOf({ polygon, mask }: Pick<Annotation, 'polygon' | 'mask'>, size: Size): Outline | null {
  const rings = polygon ? clipPolygon(polygon, size) : []
  if (rings.length > 0) return { rings, holes: partsOf(rings).reduce((sum, { holes }) => sum + holes.length, 0) }
  const runs = mask && rleToRuns(mask)
  if (!runs || runsArea(runs) === 0) return null
  const traced = tracePolygon(decodeRuns(runs))
  return { rings: traced.polygon, holes: traced.bridged }
}

/** All rings as one that covers the same pixels by COCO's rule. */
export function joinRings(rings: Polygon, size: Size): number[] {
  if (rings.length === 1) return rings[0]!
  const joined = bridged(rings)
  const wanted = rasterizePolygon(rings, size)
  const got = rasterizePolygon([joined], size).counts
  // Where parts overlap one ring would leave a hole.
  return wanted.counts.length === got.length && wanted.counts.every((count, i) => count === got[i])
    ? joined
    : bridged(tracePolygon(decodeRuns(wanted)).polygon)
}

/** Each ring hangs on the corner nearest to its first one, there and back. */
function bridged(rings: Polygon): number[] {
  let joined = [...(rings[0] ?? [])]
  for (const ring of rings.slice(1)) {
    const at = nearest(joined, ring[0]!, ring[1]!)
    joined = [...joined.slice(0, at + 2), ...ring, ring[0]!, ring[1]!, ...joined.slice(at)]
  }
  return joined
}

function nearest(points: readonly number[], x: number, y: number): number {
  let best = 0
  let least = Infinity
  for (let i = 0; i < points.length; i += 2) {
    const distance = Math.hypot(points[i]! - x, points[i + 1]! - y)
    if (distance < least) [best, least] = [i, distance]
  }
  return best
}
