/** Parts and holes of a mask, and the removal of small ones. Foreground is 4-connected, background 8-connected. */
import type { Bitmap } from './rle.ts'

/** Horizontal runs of one value, and the part each belongs to. */
interface Parts {
  /** Pixel index of each run's first pixel and of the one after its last. */
  readonly starts: number[]
  readonly ends: number[]
  /** The part of each run: the index of its first run. */
  readonly partOf: number[]
  /** Pixels of each part, by its index. */
  readonly areas: number[]
  /** Parts that touch the border of the image, by their index. */
  readonly atBorder: boolean[]
}

/** Without the parts smaller than `pixels`; the largest part always stays, so that an object never vanishes. 0 keeps all. */
export function removeSpecks(mask: Bitmap, pixels: number): Bitmap {
  const parts = findParts(mask, 1, 0)
  const largest = parts.areas.reduce((most, area) => Math.max(most, area), 0)
  return repaint(mask, parts, 0, (part) => parts.areas[part]! < Math.min(pixels, largest))
}

/** With the holes smaller than `pixels` filled; what reaches the border of the image is no hole. 0 keeps all. */
export function fillPinholes(mask: Bitmap, pixels: number): Bitmap {
  const parts = findParts(mask, 0, 1)
  return repaint(mask, parts, 1, (part) => parts.areas[part]! < pixels && !parts.atBorder[part])
}

function repaint(mask: Bitmap, parts: Parts, value: number, isMeant: (part: number) => boolean): Bitmap {
  const data = mask.data.slice()
  parts.partOf.forEach((part, run) => {
    if (isMeant(part)) data.fill(value, parts.starts[run], parts.ends[run])
  })
  return { width: mask.width, height: mask.height, data }
}

/** Parts of the pixels with this value; `reach` is 1 where diagonal neighbours belong together, else 0. */
function findParts(mask: Bitmap, value: number, reach: number): Parts {
  const { starts, ends, rowStarts } = findRuns(mask, value)
  const parents = starts.map((_, run) => run)
  for (let y = 1; y < mask.height; y++) joinRows(rowStarts, y, mask.width, { starts, ends, parents }, reach)
  const partOf = parents.map((_, run) => rootOf(parents, run))
  const areas = new Array<number>(starts.length).fill(0)
  const atBorder = new Array<boolean>(starts.length).fill(false)
  partOf.forEach((part, run) => {
    areas[part]! += ends[run]! - starts[run]!
    if (touchesBorder(starts[run]!, ends[run]!, mask)) atBorder[part] = true
  })
  return { starts, ends, partOf, areas, atBorder }
}

function touchesBorder(start: number, end: number, { width, height }: Bitmap): boolean {
  return start < width || start >= (height - 1) * width || start % width === 0 || end % width === 0
}

/** Runs row by row; `rowStarts[y]` is the first run of row y. */
function findRuns({ width, height, data }: Bitmap, value: number): { starts: number[]; ends: number[]; rowStarts: number[] } {
  const starts: number[] = []
  const ends: number[] = []
  const rowStarts: number[] = []
  for (let y = 0; y < height; y++) {
    rowStarts.push(starts.length)
    const rowEnd = (y + 1) * width
    for (let i = y * width; i < rowEnd; i++) {
      if (data[i] !== value) continue
      starts.push(i)
      while (i < rowEnd && data[i] === value) i++
      ends.push(i)
    }
  }
  rowStarts.push(starts.length)
  return { starts, ends, rowStarts }
}

/** Joins the runs of row y with those of the row above that they touch. */
function joinRows(
  rowStarts: readonly number[],
  y: number,
  width: number,
  { starts, ends, parents }: { starts: number[]; ends: number[]; parents: number[] },
  reach: number,
): void {
  let above = rowStarts[y - 1]!
  let here = rowStarts[y]!
  while (above < rowStarts[y]! && here < rowStarts[y + 1]!) {
    const aboveStart = starts[above]! + width
    const aboveEnd = ends[above]! + width
    if (aboveStart < ends[here]! + reach && starts[here]! < aboveEnd + reach) join(parents, above, here)
    if (aboveEnd < ends[here]!) above++
    else here++
  }
}

function join(parents: number[], a: number, b: number): void {
  const [rootA, rootB] = [rootOf(parents, a), rootOf(parents, b)]
  parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB)
}

function rootOf(parents: number[], run: number): number {
  let root = run
  while (parents[root] !== root) root = parents[root]!
  while (parents[run] !== root) [run, parents[run]] = [parents[run]!, root]
  return root
}
