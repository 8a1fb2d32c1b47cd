/** Shares of an image's sides to pixels. */
import type { Box, Size } from '../../../shared/geometry.ts'
import type { Polygon } from '../../../shared/model.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import type { YoloLine } from './lines.ts'

export interface Placed {
  readonly box: Box
  readonly polygon: Polygon | null
  /** It reached over the edge by less than `OVER_EDGE` and was cut there. */
  readonly cut: boolean
}

/** Share of a side by which coordinates may be outside and are taken for a slip: ultralytics tolerates as much. */
const OVER_EDGE = 0.01
/** Programs round to so many digits or more; what has less is meant as it stands. */
const ROUNDED_TO = 5
/** Six digits can't say less: what is out by no more was rounded. */
const ROUNDED = 2e-6

/** Pixels; corners of a rotated box stay where they are, also outside. */
export function placeLine({ kind, numbers, digits }: YoloLine, size: Size, isRotated: boolean): Placed {
  const unit = 10 ** -(digits < ROUNDED_TO ? 6 : digits)
  if (kind === 'box') {
    const [x, y, width, height] = numbers as [number, number, number, number]
    const edges = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
    const [x0, y0, x1, y1] = edges.map((edge, i) => toPixels(edge, sideOf(size, i), 0.75 * unit)) as [
      number,
      number,
      number,
      number,
    ]
    return { box: { x0, y0, x1: Math.max(x0, x1), y1: Math.max(y0, y1) }, polygon: null, cut: edges.some(isOver) }
  }
  const points = numbers.map((value, i) =>
    isRotated ? snap(value * sideOf(size, i), 0.5 * unit * sideOf(size, i)) : toPixels(value, sideOf(size, i), 0.5 * unit),
  )
  return { box: polygonBox([points]), polygon: [points], cut: !isRotated && numbers.some(isOver) }
}

const sideOf = ({ width, height }: Size, i: number): number => (i % 2 === 0 ? width : height)
const isOver = (share: number): boolean => outBy(share) > ROUNDED && outBy(share) <= OVER_EDGE
const outBy = (share: number): number => Math.max(-share, share - 1)

function toPixels(share: number, side: number, slack: number): number {
  const kept = outBy(share) > OVER_EDGE ? share : Math.min(Math.max(share, 0), 1)
  return snap(kept * side, slack * side)
}

/** The shortest decimal number within `slack`, which is as far as the file's own rounding may have moved it. */
function snap(value: number, slack: number): number {
  for (const scale of [1, 10, 100, 1000, 10_000]) {
    const short = Math.round(value * scale) / scale
    if (Math.abs(short - value) <= slack) return short + 0
  }
  return value
}
