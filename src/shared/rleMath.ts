/** Area, box, union, intersection and overlap of masks, all on their run lengths. Rules: maskApi.c. */
import { AppError } from './errors.ts'
import type { Box } from './geometry.ts'
import type { Runs } from './rle.ts'

/** Foreground pixels. */
export function runsArea({ counts }: Runs): number {
  let area = 0
  for (let i = 1; i < counts.length; i += 2) area += counts[i]!
  return area
}

/** The smallest half-open box around the foreground, image pixels; all zeros for an empty mask. */
export function runsBox({ height, counts }: Runs): Box {
  if (counts.length < 2) return { x0: 0, y0: 0, x1: 0, y1: 0 }
  let y0 = height
  let y1 = 0
  let start = 0
  let lastColumn = 0
  for (let i = 1; i < counts.length; i += 2) {
    start += counts[i - 1]!
    const last = start + counts[i]! - 1
    const firstColumn = Math.floor(start / height)
    lastColumn = firstColumn
    if (last >= (firstColumn + 1) * height) {
      lastColumn = Math.floor(last / height)
      y0 = 0
      y1 = height
    } else {
      const top = start - firstColumn * height
      if (top < y0) y0 = top
      if (last - firstColumn * height >= y1) y1 = last - firstColumn * height + 1
    }
    start = last + 1
  }
  return { x0: Math.floor(counts[0]! / height), y0, x1: lastColumn + 1, y1 }
}

/** Union or intersection of one or more masks of one size. An intersection is what the union of the complements leaves. */
export function mergeRuns(masks: readonly Runs[], how: 'union' | 'intersection' = 'union'): Runs {
  const first = masks[0]
  if (!first) throw new AppError('invalid-argument', 'There is no mask to merge.')
  requireOneSize(first, masks)
  const { width, height } = first
  const lists = masks.map(({ counts }) => (how === 'union' ? counts : complement(counts)))
  const merged = uniteAll(lists, width * height)
  return { width, height, counts: how === 'union' ? merged : complement(merged) }
}

function complement(counts: Uint32Array): Uint32Array {
  if (counts[0] === 0 && counts.length > 1) return counts.slice(1)
  const inverse = new Uint32Array(counts.length + 1)
  inverse.set(counts, 1)
  return inverse
}

/** United in pairs, then pairs of pairs, so that n masks cost log n passes over their runs. */
function uniteAll(lists: readonly Uint32Array[], total: number): Uint32Array {
  let level = lists
  while (level.length > 1) {
    const next: Uint32Array[] = []
    for (let i = 0; i < level.length; i += 2) next.push(i + 1 < level.length ? unite(level[i]!, level[i + 1]!, total) : level[i]!)
    level = next
  }
  return level[0]!
}

function requireOneSize(first: Runs, masks: readonly Runs[]): void {
  const other = masks.find((mask) => mask.width !== first.width || mask.height !== first.height)
  if (!other) return
  const sizes = `${first.width} x ${first.height} and ${other.width} x ${other.height}`
  throw new AppError('invalid-argument', `Masks of different images can't be combined: ${sizes}.`)
}

/** Counts of the union, foreground run by foreground run in order of their starts. */
function unite(a: Uint32Array, b: Uint32Array, total: number): Uint32Array {
  const none = total + 1
  const counts = new Uint32Array(a.length + b.length)
  let [ia, ib] = [1, 1]
  let startA = a.length > 1 ? a[0]! : none
  let startB = b.length > 1 ? b[0]! : none
  let length = 0
  let written = 0
  while (startA < none || startB < none) {
    const start = startA < startB ? startA : startB
    let end = start
    // Take in every run that begins before the united one ends; runs that touch become one.
    for (;;) {
      if (startA <= end) {
        const endA = startA + a[ia]!
        if (endA > end) end = endA
        startA = ia + 2 < a.length ? endA + a[ia + 1]! : none
        ia += 2
      } else if (startB <= end) {
        const endB = startB + b[ib]!
        if (endB > end) end = endB
        startB = ib + 2 < b.length ? endB + b[ib + 1]! : none
        ib += 2
      } else break
    }
    counts[length++] = start - written
    counts[length++] = end - start
    written = end
  }
  if (written < total || length === 0) counts[length++] = total - written
  return counts.subarray(0, length)
}

/** Foreground runs of a mask as ascending pixel spans [start, end), with area and box at hand. */
interface Spans {
  readonly edges: Uint32Array
  readonly area: number
  readonly box: Box
}

function spansOf(runs: Runs): Spans {
  const { counts } = runs
  const edges = new Uint32Array(counts.length & ~1)
  let at = 0
  for (let i = 0; i < edges.length; i++) edges[i] = at += counts[i]!
  return { edges, area: runsArea(runs), box: runsBox(runs) }
}

/** Pixels that two masks share. */
function sharedPixels(a: Uint32Array, b: Uint32Array): number {
  let shared = 0
  let i = firstSpanEndingAfter(a, b[0]!)
  let j = firstSpanEndingAfter(b, a[0]!)
  while (i < a.length && j < b.length) {
    const endA = a[i + 1]!
    const endB = b[j + 1]!
    const start = a[i]! > b[j]! ? a[i]! : b[j]!
    const end = endA < endB ? endA : endB
    if (end > start) shared += end - start
    if (endA <= endB) i += 2
    if (endB <= endA) j += 2
  }
  return shared
}

function firstSpanEndingAfter(edges: Uint32Array, at: number): number {
  let low = 0
  let high = edges.length >> 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (edges[middle * 2 + 1]! <= at) low = middle + 1
    else high = middle
  }
  return low * 2
}

/**
 * Overlap of every detection with every truth: result[d * truths.length + t]. It is shared / united pixels, and for a
 * truth that is a crowd shared pixels / pixels of the detection (maskApi.c rleIou).
 */
export function maskIous(detections: readonly Runs[], truths: readonly Runs[], iscrowd: readonly boolean[] = []): Float64Array {
  const first = detections[0] ?? truths[0]
  if (first) requireOneSize(first, [...detections, ...truths])
  const spansD = detections.map(spansOf)
  const spansT = truths.map(spansOf)
  const ious = new Float64Array(detections.length * truths.length)
  spansD.forEach((d, row) => {
    spansT.forEach((t, column) => {
      if (!boxesMeet(d.box, t.box)) return
      const shared = sharedPixels(d.edges, t.edges)
      const whole = iscrowd[column] ? d.area : d.area + t.area - shared
      ious[row * truths.length + column] = shared === 0 ? 0 : shared / whole
    })
  })
  return ious
}

function boxesMeet(a: Box, b: Box): boolean {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1
}

/** Overlap of two masks of one size, 0..1. */
export function maskIou(a: Runs, b: Runs): number {
  return maskIous([a], [b])[0]!
}
