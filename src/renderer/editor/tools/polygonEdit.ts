/** Vertices of a polygon: which one a pointer means, and the polygon with one moved, added or gone. */
import type { ImagePoint } from '../../../shared/geometry.ts'
import type { Polygon } from '../../../shared/model.ts'

/** A vertex: its ring and its place in it, counted in points. */
export interface Vertex {
  readonly ring: number
  readonly index: number
}

export const distance = (a: ImagePoint, b: ImagePoint): number => Math.hypot(a.x - b.x, a.y - b.y)

const pointsOf = (ring: readonly number[]): ImagePoint[] =>
  Array.from({ length: ring.length / 2 }, (_, i) => ({ x: ring[2 * i]!, y: ring[2 * i + 1]! }))

export const ringOf = (points: readonly ImagePoint[]): number[] => points.flatMap(({ x, y }) => [x, y])

/** The nearest vertex within reach. */
export function vertexAt(polygon: Polygon, at: ImagePoint, reach: number): Vertex | null {
  let best: { vertex: Vertex; far: number } | null = null
  polygon.forEach((ring, r) =>
    pointsOf(ring).forEach((point, index) => {
      const far = distance(point, at)
      if (far <= (best?.far ?? reach)) best = { vertex: { ring: r, index }, far }
    }),
  )
  return (best as { vertex: Vertex } | null)?.vertex ?? null
}

/** Where a new vertex would go in: the place after the edge's first point, of the nearest edge within reach. */
export function edgeAt(polygon: Polygon, at: ImagePoint, reach: number): Vertex | null {
  let best: { vertex: Vertex; far: number } | null = null
  polygon.forEach((ring, r) => {
    const points = pointsOf(ring)
    points.forEach((point, index) => {
      const far = distanceToEdge(at, point, points[(index + 1) % points.length]!)
      if (far <= (best?.far ?? reach)) best = { vertex: { ring: r, index: index + 1 }, far }
    })
  })
  return (best as { vertex: Vertex } | null)?.vertex ?? null
}

function distanceToEdge(at: ImagePoint, a: ImagePoint, b: ImagePoint): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((at.x - a.x) * dx + (at.y - a.y) * dy) / length))
  return distance(at, { x: a.x + t * dx, y: a.y + t * dy })
}

export const withVertexMoved = (polygon: Polygon, vertex: Vertex, to: ImagePoint): Polygon => splice(polygon, vertex, 1, [to])

export const withVertexAdded = (polygon: Polygon, vertex: Vertex, at: ImagePoint): Polygon => splice(polygon, vertex, 0, [at])

/** Without a vertex; a ring of three goes as a whole. Empty when no ring is left. */
export function withoutVertex(polygon: Polygon, vertex: Vertex): Polygon {
  if (polygon[vertex.ring]!.length <= 6) return polygon.filter((_, ring) => ring !== vertex.ring)
  return splice(polygon, vertex, 1, [])
}

function splice(polygon: Polygon, { ring, index }: Vertex, gone: number, points: readonly ImagePoint[]): Polygon {
  return polygon.map((own, r) => (r === ring ? own.toSpliced(2 * index, 2 * gone, ...ringOf(points)) : own))
}
