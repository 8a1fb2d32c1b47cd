/** Which annotation lies under a point: bounds first, exact pixels next, the smallest wins. */
import type { Box, ImagePoint } from '../../shared/geometry.ts'
import { boxArea } from '../../shared/geometry.ts'
import type { Annotation } from '../../shared/model.ts'
import { isInRing, type Ring } from '../../shared/rings.ts'
import { maskCrop } from './maskCache.ts'
import { isForeground } from './maskCrop.ts'

const CELL = 64
/** Annotations over more cells than this are looked at every time instead. */
const MAX_CELLS = 256

const cellOf = (value: number) => Math.floor(value / CELL)
const keyOf = (column: number, row: number) => (row + 32768) * 65536 + column + 32768

/** A grid of image cells over the bounds of one immutable set of annotations. */
export class HitIndex {
  readonly #cells = new Map<number, Annotation[]>()
  readonly #large: Annotation[] = []
  readonly #ranks = new Map<Annotation, number>()

  constructor(annotations: Iterable<Annotation>) {
    const ordered = [...annotations].sort((a, b) => a.z - b.z)
    ordered.forEach((annotation, rank) => {
      this.#ranks.set(annotation, rank)
      this.#insert(annotation)
    })
  }

  #insert(annotation: Annotation): void {
    const [left, top] = [cellOf(annotation.box.x0), cellOf(annotation.box.y0)]
    const [right, bottom] = [cellOf(annotation.box.x1), cellOf(annotation.box.y1)]
    if ((right - left + 1) * (bottom - top + 1) > MAX_CELLS) {
      this.#large.push(annotation)
      return
    }
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++) {
        const cell = this.#cells.get(keyOf(column, row))
        if (cell) cell.push(annotation)
        else this.#cells.set(keyOf(column, row), [annotation])
      }
  }

  /** Annotations from the lowest to the topmost. */
  all(): Annotation[] {
    return [...this.#ranks.keys()]
  }

  /** Annotations under the point, smallest first; `slack` widens outlines by that many image pixels so thin ones can be met. */
  at({ x, y }: ImagePoint, slack = 0): Annotation[] {
    const near = this.meeting({ x0: x - slack, y0: y - slack, x1: x + slack, y1: y + slack })
    return near.filter((annotation) => covers(annotation, { x, y }, slack)).sort((a, b) => boxArea(a.box) - boxArea(b.box))
  }

  /** Annotations whose box meets the given one, from the lowest to the topmost. */
  meeting(box: Box): Annotation[] {
    const [left, top, right, bottom] = [cellOf(box.x0), cellOf(box.y0), cellOf(box.x1), cellOf(box.y1)]
    if ((right - left + 1) * (bottom - top + 1) > this.#cells.size) return this.all().filter((other) => meets(other.box, box))
    const found = new Set<Annotation>(this.#large)
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++)
        for (const annotation of this.#cells.get(keyOf(column, row)) ?? []) found.add(annotation)
    const rank = (annotation: Annotation) => this.#ranks.get(annotation)!
    return [...found].filter((other) => meets(other.box, box)).sort((a, b) => rank(a) - rank(b))
  }

  /** Annotations whose box lies inside the given one. */
  inside(box: Box): Annotation[] {
    return this.meeting(box).filter(
      ({ box: own }) => own.x0 >= box.x0 && own.y0 >= box.y0 && own.x1 <= box.x1 && own.y1 <= box.y1,
    )
  }
}

function meets(a: Box, b: Box): boolean {
  return a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1
}

function covers({ box, polygon, mask }: Annotation, point: ImagePoint, slack: number): boolean {
  const { x0, y0, x1, y1 } = box
  if (point.x < x0 - slack || point.y < y0 - slack || point.x > x1 + slack || point.y > y1 + slack) return false
  if (polygon) return insidePolygon(polygon, point) || isNearEdge(box, point, slack)
  if (!mask) return true
  return isForeground(maskCrop(mask), Math.floor(point.x), Math.floor(point.y)) || isNearEdge(box, point, slack)
}

function isNearEdge(box: Box, { x, y }: ImagePoint, slack: number): boolean {
  return Math.min(Math.abs(x - box.x0), Math.abs(x - box.x1), Math.abs(y - box.y0), Math.abs(y - box.y1)) <= slack
}

/** Each ring filled by parity, rings united, as masks are made of them. */
function insidePolygon(rings: readonly Ring[], { x, y }: ImagePoint): boolean {
  return rings.some((ring) => isInRing(ring, x, y))
}
