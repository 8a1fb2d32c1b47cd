/**
 * Polygons as parts with holes. A stored polygon is one flat ring per part, each filled by parity, rings united (COCO's
 * rule), so a hole hangs on its part by a bridge of no width, there and back: the bridge crosses every pixel twice and
 * fills none. Editors see the loops, exports write the ring.
 */
import type { Polygon } from './model.ts'
import { ringArea } from './trace.ts'

/** [x0, y0, x1, y1, ...], image pixels; the last point is not the first again. */
export type Ring = readonly number[]

/** What hangs together of a polygon: the pixels in `outer` by parity, without those in the holes. */
export interface Part {
  readonly outer: Ring
  readonly holes: readonly Ring[]
}

const known = new WeakMap<Polygon, readonly Part[]>()

/** The parts of a polygon: at least one per ring, more where bridges join what lies side by side. */
export function partsOf(polygon: Polygon): readonly Part[] {
  let parts = known.get(polygon)
  if (!parts) known.set(polygon, (parts = polygon.flatMap(partsIn)))
  return parts
}

/** From the largest loop on: in a part a loop is its hole, in a hole or beside all parts it is one of its own. Loops that cross belong together. */
function partsIn(ring: Ring): Part[] {
  const [largest, ...loops] = loopsOf(ring).sort((a, b) => areaOf(b) - areaOf(a))
  const parts = [{ outer: largest!, holes: [] as Ring[] }]
  for (const loop of loops) {
    const around = parts.find(({ outer, holes }) => isWithin(loop, outer) && !holes.some((hole) => isWithin(loop, hole)))
    if (around) around.holes.push(loop)
    else parts.push({ outer: loop, holes: [] })
  }
  return parts.length > 1 && haveCrossing([largest!, ...loops]) ? [{ outer: largest!, holes: loops }] : parts
}

const areaOf = (ring: Ring): number => Math.abs(ringArea(ring))

/** For rings that do not cross: where the first corner or middle of an edge lies that is not on the outer one. */
function isWithin(inner: Ring, outer: Ring): boolean {
  for (const points of [pointsIn, middlesIn])
    for (const [x, y] of points(inner)) if (!isOnRing(outer, x, y)) return isInRing(outer, x, y)
  return false
}

type Pair = readonly [number, number]

/** The loops of a ring: wherever the walk comes back along a bridge, what lies beyond it is a loop of its own. */
function loopsOf(ring: Ring): Ring[] {
  const walk = [...pointsIn(ring)]
  const way: Pair[] = []
  /** Where in `way` an edge begins. */
  const edges = new Map<string, number>()
  const loops: Ring[] = []
  for (const point of [...walk, walk[0]!]) {
    const last = way.at(-1)
    const bridge = last && edges.get(edgeKey(point, last))
    if (bridge !== undefined && way.length - bridge >= 5) {
      loops.push(way.slice(bridge + 1, -1).flat())
      for (let i = bridge; i < way.length - 1; i++) edges.delete(edgeKey(way[i]!, way[i + 1]!))
      way.length = bridge + 1
    } else {
      if (last) edges.set(edgeKey(last, point), way.length - 1)
      way.push(point)
    }
  }
  while (way.length > 1 && isAt(way[0]!, way.at(-1)!)) way.pop()
  if (loops.length === 0 && way.length * 2 === ring.length) return [ring]
  return way.length >= 3 ? [way.flat(), ...loops] : loops.length > 0 ? loops : [ring]
}

function* pointsIn(ring: Ring): Generator<Pair> {
  for (let i = 0; i < ring.length; i += 2) yield [ring[i]!, ring[i + 1]!]
}

function* middlesIn(ring: Ring): Generator<Pair> {
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) yield [(ring[i]! + ring[j]!) / 2, (ring[i + 1]! + ring[j + 1]!) / 2]
}

const edgeKey = ([ax, ay]: Pair, [bx, by]: Pair): string => `${String(ax)},${String(ay)},${String(bx)},${String(by)}`
const isAt = (a: Pair, b: Pair): boolean => a[0] === b[0] && a[1] === b[1]

/** One ring per part, each hole joined to the nearest corner of the outline. */
export function polygonOf(parts: readonly Part[]): Polygon {
  const polygon = parts.map(ringOf)
  known.set(polygon, parts)
  return polygon
}

function ringOf({ outer, holes }: Part): number[] {
  const loops = holes.map((hole) => fromLeft(opposed(hole, outer)))
  const joints = loops.map((loop) => nearestCorner(outer, loop[0]!, loop[1]!))
  const at = Map.groupBy(loops, (_, i) => joints[i]!)
  const ring: number[] = []
  for (let i = 0; i < outer.length; i += 2) {
    ring.push(outer[i]!, outer[i + 1]!)
    for (const loop of at.get(i) ?? []) ring.push(...loop, loop[0]!, loop[1]!, outer[i]!, outer[i + 1]!)
  }
  return ring
}

/** The hole running the other way round than the outline, as painters that fill by winding want it. */
function opposed(hole: Ring, outer: Ring): Ring {
  return ringArea(hole) > 0 === ringArea(outer) > 0 ? reversed(hole) : hole
}

export function reversed(ring: Ring): Ring {
  const result: number[] = []
  for (let i = ring.length - 2; i >= 0; i -= 2) result.push(ring[i]!, ring[i + 1]!)
  return result
}

/** The ring from its leftmost corner on. */
function fromLeft(ring: Ring): Ring {
  let from = 0
  for (let i = 2; i < ring.length; i += 2) if (ring[i]! < ring[from]!) from = i
  return [...ring.slice(from), ...ring.slice(0, from)]
}

/** Index of its x. */
function nearestCorner(ring: Ring, x: number, y: number): number {
  let [best, least] = [0, Infinity]
  for (let i = 0; i < ring.length; i += 2) {
    const far = (ring[i]! - x) ** 2 + (ring[i + 1]! - y) ** 2
    if (far < least) [best, least] = [i, far]
  }
  return best
}

/** By parity; on the edge itself it may be either. */
export function isInRing(ring: Ring, x: number, y: number): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [xi, yi, xj, yj] = [ring[i]!, ring[i + 1]!, ring[j]!, ring[j + 1]!]
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
  }
  return inside
}

/** True where the inner ring lies in the outer one; they may touch. */
export function liesIn(inner: Ring, outer: Ring): boolean {
  const isWithin = [...pointsIn(inner)].every(([x, y]) => isInRing(outer, x, y) || isOnRing(outer, x, y))
  return isWithin && areaOf(inner) < areaOf(outer) && !haveCrossing([inner, outer])
}

/** Nearer than this is on it, pixels. */
const NEAR = 1e-6

function isOnRing(ring: Ring, x: number, y: number): boolean {
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [ax, ay, bx, by] = [ring[j]!, ring[j + 1]!, ring[i]!, ring[i + 1]!]
    if (x < Math.min(ax, bx) - NEAR || x > Math.max(ax, bx) + NEAR || y < Math.min(ay, by) - NEAR || y > Math.max(ay, by) + NEAR) continue
    const [dx, dy] = [bx - ax, by - ay]
    const length = Math.hypot(dx, dy)
    if (length < NEAR || Math.abs((x - ax) * dy - (y - ay) * dx) < NEAR * length) return true
  }
  return false
}

interface Edge {
  readonly ax: number
  readonly ay: number
  readonly bx: number
  readonly by: number
  readonly left: number
  readonly right: number
}

/** True where two edges of the rings cross in their insides; touching at a corner is no crossing. */
export function haveCrossing(rings: readonly Ring[]): boolean {
  const edges = rings.flatMap(edgesOf).sort((a, b) => a.left - b.left)
  return edges.some((edge, i) => {
    for (let j = i + 1; j < edges.length && edges[j]!.left <= edge.right; j++) if (cross(edge, edges[j]!)) return true
    return false
  })
}

function edgesOf(ring: Ring): Edge[] {
  return Array.from({ length: ring.length / 2 }, (_, i) => {
    const j = (i + 1) % (ring.length / 2)
    const [ax, ay, bx, by] = [ring[2 * i]!, ring[2 * i + 1]!, ring[2 * j]!, ring[2 * j + 1]!]
    return { ax, ay, bx, by, left: Math.min(ax, bx), right: Math.max(ax, bx) }
  })
}

function cross(a: Edge, b: Edge): boolean {
  return sideOf(a, b.ax, b.ay) * sideOf(a, b.bx, b.by) < 0 && sideOf(b, a.ax, a.ay) * sideOf(b, a.bx, a.by) < 0
}

const sideOf = ({ ax, ay, bx, by }: Edge, x: number, y: number): number => Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax))

/** The parts without what lies in the ring; null where the ring crosses an outline, so that only pixels can tell. Empty where nothing is left. */
export function cutRing(parts: readonly Part[], ring: Ring): readonly Part[] | null {
  const loops = parts.flatMap(({ outer, holes }) => [outer, ...holes])
  if (loops.some((loop) => haveCrossing([loop, ring])) || haveCrossing([ring])) return null
  const around = parts.filter(({ outer, holes }) => liesIn(ring, outer) && !holes.some((hole) => liesIn(ring, hole)))
  if (around.length > 1) return null
  return parts
    .filter(({ outer }) => !liesIn(outer, ring))
    .map((part) => (part === around[0] ? { outer: part.outer, holes: [...part.holes.filter((hole) => !liesIn(hole, ring)), ring] } : part))
}

/** True where every hole lies in its outline, none in another, and no edges cross. */
export function isSound({ outer, holes }: Part): boolean {
  const areApart = holes.every((hole) => isWithin(hole, outer) && !holes.some((other) => other !== hole && isWithin(hole, other)))
  return areApart && !haveCrossing([outer, ...holes])
}
