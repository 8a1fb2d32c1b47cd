/** Whether a ring crosses itself. */

/**
 * `ring`: flat [x0, y0, x1, y1, ...], closed by itself. True where two edges cross at a point inside both. Edges that only
 * touch, or run along each other as the bridges to holes do, don't count. Sweeps over edges sorted by their left end.
 */
export function crossesItself(ring: readonly number[]): boolean {
  const edges = edgesOf(ring).sort((a, b) => a.left - b.left)
  let open: Edge[] = []
  for (const edge of edges) {
    open = open.filter((other) => other.right >= edge.left)
    if (open.some((other) => cross(other, edge))) return true
    open.push(edge)
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

function edgesOf(ring: readonly number[]): Edge[] {
  const edges: Edge[] = []
  for (let i = 0; i < ring.length; i += 2) {
    const next = (i + 2) % ring.length
    const [ax, ay, bx, by] = [ring[i]!, ring[i + 1]!, ring[next]!, ring[next + 1]!]
    edges.push({ ax, ay, bx, by, left: Math.min(ax, bx), right: Math.max(ax, bx) })
  }
  return edges
}

function cross(a: Edge, b: Edge): boolean {
  const one = side(a, b.ax, b.ay) * side(a, b.bx, b.by)
  const two = side(b, a.ax, a.ay) * side(b, a.bx, a.by)
  return one < 0 && two < 0
}

/** -1, 0 or 1: on which side of the edge's line the point lies. */
function side({ ax, ay, bx, by }: Edge, x: number, y: number): number {
  return Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax))
}
