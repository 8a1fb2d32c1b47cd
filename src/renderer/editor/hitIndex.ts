/** Which annotation lies under a point: bounds first, exact pixels next, the smallest wins. */
import type { Box, ImagePoint } from '../../shared/geometry.ts'
import { boxArea } from '../../shared/geometry.ts'
import type { Annotation } from '../../shared/model.ts'
import { maskBitmap } from './maskCache.ts'

const CELL = 64

/** A grid of image cells over the bounds of one immutable set of annotations. */
export class HitIndex {
  readonly #cells = new Map<string, Annotation[]>()
  readonly #large: Annotation[] = []

  constructor(annotations: Iterable<Annotation>) {
    for (const annotation of annotations) this.#insert(annotation)
  }

  #insert(annotation: Annotation): void {
    const { x0, y0, x1, y1 } = annotation.box
    const columns = Math.floor(x1 / CELL) - Math.floor(x0 / CELL) + 1
    const rows = Math.floor(y1 / CELL) - Math.floor(y0 / CELL) + 1
    if (columns * rows > 256) {
      this.#large.push(annotation)
      return
    }
    for (let row = Math.floor(y0 / CELL); row <= Math.floor(y1 / CELL); row++)
      for (let column = Math.floor(x0 / CELL); column <= Math.floor(x1 / CELL); column++) {
        const key = `${String(column)},${String(row)}`
        const cell = this.#cells.get(key)
        if (cell) cell.push(annotation)
        else this.#cells.set(key, [annotation])
      }
  }

  /** Annotations under the point, smallest first; `slack` widens boxes by that many image pixels so thin ones can be met. */
  at(point: ImagePoint, slack = 0): Annotation[] {
    const key = `${String(Math.floor(point.x / CELL))},${String(Math.floor(point.y / CELL))}`
    const near = [...(this.#cells.get(key) ?? []), ...this.#large]
    return near.filter((annotation) => covers(annotation, point, slack)).sort((a, b) => boxArea(a.box) - boxArea(b.box))
  }

  /** Annotations whose box lies inside the given one. */
  inside(box: Box): Annotation[] {
    const found = new Set<Annotation>(this.#large)
    for (const cell of this.#cells.values()) for (const annotation of cell) found.add(annotation)
    return [...found].filter(
      ({ box: own }) => own.x0 >= box.x0 && own.y0 >= box.y0 && own.x1 <= box.x1 && own.y1 <= box.y1,
    )
  }
}

function covers(annotation: Annotation, point: ImagePoint, slack: number): boolean {
  const { x0, y0, x1, y1 } = annotation.box
  if (point.x < x0 - slack || point.y < y0 - slack || point.x > x1 + slack || point.y > y1 + slack) return false
  if (annotation.polygon) return insidePolygon(annotation.polygon, point) || nearEdge(annotation.box, point, slack)
  if (!annotation.mask) return true
  const bitmap = maskBitmap(annotation)
  const x = Math.floor(point.x)
  const y = Math.floor(point.y)
  return (bitmap?.data[y * bitmap.width + x] ?? 0) === 1 || nearEdge(annotation.box, point, slack)
}

function nearEdge(box: Box, { x, y }: ImagePoint, slack: number): boolean {
  return Math.min(Math.abs(x - box.x0), Math.abs(x - box.x1), Math.abs(y - box.y0), Math.abs(y - box.y1)) <= slack
}

/** Even-odd rule over all rings. */
export function insidePolygon(rings: readonly (readonly number[])[], { x, y }: ImagePoint): boolean {
  let inside = false
  for (const ring of rings)
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const [xi, yi, xj, yj] = [ring[i]!, ring[i + 1]!, ring[j]!, ring[j + 1]!]
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
    }
  return inside
}
