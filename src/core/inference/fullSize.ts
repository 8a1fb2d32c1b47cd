/** From a picture that was made smaller for the models to its own pixels, and back. */
import type { Box, Size } from '../../shared/geometry.ts'
import { spansToRuns, type Runs } from '../../shared/rle.ts'
import type { SeenImage } from '../media/seen.ts'
import type { MaskPrompt } from './seams.ts'

/** Full pixels per pixel seen. */
export interface Scale {
  readonly x: number
  readonly y: number
  readonly full: Size
}

export function scaleOf({ width, height, full = { width, height } }: SeenImage): Scale {
  return { x: full.width / width, y: full.height / height, full }
}

export function boxToFull({ x0, y0, x1, y1 }: Box, { x, y }: Scale): Box {
  return { x0: x0 * x, y0: y0 * y, x1: x1 * x, y1: y1 * y }
}

export function promptToSeen({ box, points }: MaskPrompt, { x, y }: Scale): MaskPrompt {
  return {
    box: box && { x0: box.x0 / x, y0: box.y0 / y, x1: box.x1 / x, y1: box.y1 / y },
    points: points.map(({ at, positive }) => ({ at: { x: at.x / x, y: at.y / y }, positive })),
  }
}

/** The mask at full size: each pixel as the one seen at its middle. No bitmap of that size is made. */
export function runsToFull(runs: Runs, { full: { width, height } }: Scale): Runs {
  if (runs.width === width && runs.height === height) return runs
  const row = (y: number) => Math.ceil((y * height) / runs.height - 0.5)
  const columns = foregroundByColumn(runs)
  return spansToRuns(width, height, (add) => {
    for (let x = 0; x < width; x++) {
      for (const [from, to] of columns[Math.floor(((x + 0.5) * runs.width) / width)]!) add(x * height + row(from), x * height + row(to))
    }
  })
}

/** Of each column, from which row to which there is foreground. */
function foregroundByColumn({ width, height, counts }: Runs): (readonly [number, number])[][] {
  const columns: (readonly [number, number])[][] = Array.from({ length: width }, () => [])
  let start = 0
  for (let i = 1; i < counts.length; i += 2) {
    start += counts[i - 1]!
    const end = start + counts[i]!
    for (let x = Math.floor(start / height); start < end; x++) {
      const stop = Math.min(end, (x + 1) * height)
      columns[x]!.push([start - x * height, stop - x * height])
      start = stop
    }
  }
  return columns
}
