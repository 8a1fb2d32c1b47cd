/** Run lengths in a cell. */
import type { Size } from '../../../shared/geometry.ts'
import type { Rle } from '../../../shared/model.ts'
import { countsToRuns, rleToRuns, runsToRle } from '../../../shared/rleString.ts'
import { isSide, jsonOf, Problem } from './cells.ts'
import type { Cells } from './cells.ts'

/** COCO's {"size": [height, width], "counts": ...}, or Kaggle's pairs of start and length, by columns, the first pixel is 1. */
export function maskIn(cells: Cells, { width, height }: Size): Rle | null {
  const text = cells.text('rle')
  if (text === null) return null
  const runs = /^\d+( \d+)*$/.test(text) ? kaggleRuns(text, width, height) : cocoRuns(jsonOf(text))
  if (runs.width !== width || runs.height !== height)
    throw new Problem(`its mask has ${runs.width} x ${runs.height} pixels, but the image has ${width} x ${height}`)
  return runsToRle(runs)
}

function cocoRuns(value: unknown): ReturnType<typeof rleToRuns> {
  const { size, counts } = (value ?? {}) as { size?: unknown; counts?: unknown }
  const [height, width] = Array.isArray(size) ? (size as number[]) : []
  if (!isSide(height ?? 0) || !isSide(width ?? 0)) throw new Problem('its mask has no size')
  try {
    if (typeof counts === 'string') return rleToRuns({ size: [height!, width!], counts })
    if (Array.isArray(counts)) return countsToRuns(width!, height!, counts as number[])
  } catch (error) {
    throw new Problem((error as Error).message)
  }
  throw new Problem('its mask has no counts')
}

function kaggleRuns(text: string, width: number, height: number): ReturnType<typeof rleToRuns> {
  const numbers = text.split(' ').map(Number)
  const counts: number[] = []
  let end = 0
  for (let i = 0; i < numbers.length; i += 2) {
    const start = numbers[i]! - 1
    if (start < end || numbers[i + 1] === undefined) throw new Problem('its run lengths are out of order')
    counts.push(start - end, numbers[i + 1]!)
    end = start + numbers[i + 1]!
  }
  if (end > width * height) throw new Problem('its run lengths are longer than the image')
  return countsToRuns(width, height, [...counts, width * height - end])
}
