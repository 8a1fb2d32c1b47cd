/** The smallest rectangle around points, turned as it has to be. */

/** Corners x0, y0, ..., x3, y3 in order around; of points on one line a rectangle of no width. `points`: x, y of each. */
export function rotatedBox(points: readonly number[]): number[] {
  const hull = convexHull(points)
  let best: { area: number; corners: number[] } | null = null
  for (let i = 0; i < hull.length; i++) {
    const [from, to] = [hull[i]!, hull[(i + 1) % hull.length]!]
    const length = Math.hypot(to[0] - from[0], to[1] - from[1])
    const [ux, uy] = length > 0 ? [(to[0] - from[0]) / length, (to[1] - from[1]) / length] : [1, 0]
    const along = hull.map(([x, y]) => x * ux + y * uy)
    const across = hull.map(([x, y]) => y * ux - x * uy)
    const [a0, a1, b0, b1] = [Math.min(...along), Math.max(...along), Math.min(...across), Math.max(...across)]
    const area = (a1 - a0) * (b1 - b0)
    if (best && area >= best.area) continue
    const at = (a: number, b: number) => [a * ux - b * uy, a * uy + b * ux]
    best = { area, corners: [...at(a0, b0), ...at(a1, b0), ...at(a1, b1), ...at(a0, b1)] }
  }
  return best!.corners
}

type Point = readonly [number, number]

/** Andrew's monotone chain; at least one point. */
function convexHull(flat: readonly number[]): Point[] {
  const points: Point[] = []
  for (let i = 0; i < flat.length; i += 2) points.push([flat[i]!, flat[i + 1]!])
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const chain = (sorted: readonly Point[]) => {
    const kept: Point[] = []
    for (const point of sorted) {
      while (kept.length >= 2 && turn(kept.at(-2)!, kept.at(-1)!, point) <= 0) kept.pop()
      kept.push(point)
    }
    return kept.slice(0, -1)
  }
  const hull = [...chain(points), ...chain(points.toReversed())]
  return hull.length > 0 ? hull : [points[0]!]
}

function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}
