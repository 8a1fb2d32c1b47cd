/** Vertices of a polygon and its holes: which one a pointer means, and the parts with one moved, added or gone. */
import type { ImagePoint } from '../../../shared/geometry.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import type { Part, Ring } from '../../../shared/rings.ts'

/** A vertex: its part, its loop (0 the outline, then the holes) and its place in it, counted in points. */
export interface Vertex {
  readonly part: number
  readonly loop: number
  readonly index: number
}

export const distance = (a: ImagePoint, b: ImagePoint): number => Math.hypot(a.x - b.x, a.y - b.y)

const pointsOf = (ring: Ring): ImagePoint[] =>
  Array.from({ length: ring.length / 2 }, (_, i) => ({ x: ring[2 * i]!, y: ring[2 * i + 1]! }))

export const ringOf = (points: readonly ImagePoint[]): number[] => points.flatMap(({ x, y }) => [x, y])

export const loopsOf = ({ outer, holes }: Part): readonly Ring[] => [outer, ...holes]

type Measure = (points: readonly ImagePoint[], index: number) => number

function nearest(parts: readonly Part[], reach: number, measure: Measure): Vertex | null {
  let best: Vertex | null = null
  let least = reach
  parts.forEach((own, part) =>
    loopsOf(own).forEach((ring, loop) => {
      const points = pointsOf(ring)
      for (let index = 0; index < points.length; index++) {
        const far = measure(points, index)
        if (far > least) continue
        least = far
        best = { part, loop, index }
      }
    }),
  )
  return best
}

/** The nearest vertex within reach. */
export function vertexAt(parts: readonly Part[], at: ImagePoint, reach: number): Vertex | null {
  return nearest(parts, reach, (points, index) => distance(points[index]!, at))
}

/** Where a new vertex would go in: the place after the edge's first point, of the nearest edge within reach. */
export function edgeAt(parts: readonly Part[], at: ImagePoint, reach: number): Vertex | null {
  const edge = nearest(parts, reach, (points, index) => distanceToEdge(at, points[index]!, points[(index + 1) % points.length]!))
  return edge && { ...edge, index: edge.index + 1 }
}

function distanceToEdge(at: ImagePoint, a: ImagePoint, b: ImagePoint): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((at.x - a.x) * dx + (at.y - a.y) * dy) / length))
  return distance(at, { x: a.x + t * dx, y: a.y + t * dy })
}

export const withVertexMoved = (parts: readonly Part[], vertex: Vertex, to: ImagePoint): readonly Part[] => splice(parts, vertex, 1, [to])

export const withVertexAdded = (parts: readonly Part[], vertex: Vertex, at: ImagePoint): readonly Part[] => splice(parts, vertex, 0, [at])

/** Without a vertex; a hole of three goes as a whole, and so does an outline, with its holes. Empty when no part is left. */
export function withoutVertex(parts: readonly Part[], vertex: Vertex): readonly Part[] {
  const { outer, holes } = parts[vertex.part]!
  if (loopsOf(parts[vertex.part]!)[vertex.loop]!.length > 6) return splice(parts, vertex, 1, [])
  if (vertex.loop === 0) return parts.toSpliced(vertex.part, 1)
  return parts.with(vertex.part, { outer, holes: holes.toSpliced(vertex.loop - 1, 1) })
}

/** A hole that is moved as a whole, and the handle for that: the middle of its box. */
export interface HoleHandle {
  readonly part: number
  /** Its place among the part's holes. */
  readonly hole: number
  readonly at: ImagePoint
}

/** Of the holes whose sides are at least so long: in smaller ones a handle would lie on the corners. */
export function holeHandles(parts: readonly Part[], least: number): HoleHandle[] {
  return parts.flatMap(({ holes }, part) =>
    holes.flatMap((ring, hole) => {
      const { x0, y0, x1, y1 } = polygonBox([[...ring]])
      return Math.min(x1 - x0, y1 - y0) < least ? [] : [{ part, hole, at: { x: (x0 + x1) / 2, y: (y0 + y1) / 2 } }]
    }),
  )
}

export function withHoleMoved(parts: readonly Part[], { part, hole }: HoleHandle, by: ImagePoint): readonly Part[] {
  const { outer, holes } = parts[part]!
  return parts.with(part, { outer, holes: holes.with(hole, holes[hole]!.map((value, i) => value + (i % 2 === 0 ? by.x : by.y))) })
}

function splice(parts: readonly Part[], { part, loop, index }: Vertex, gone: number, points: readonly ImagePoint[]): readonly Part[] {
  const loops = loopsOf(parts[part]!)
  const [outer, ...holes] = loops.with(loop, loops[loop]!.toSpliced(2 * index, 2 * gone, ...ringOf(points)))
  return parts.with(part, { outer: outer!, holes })
}
