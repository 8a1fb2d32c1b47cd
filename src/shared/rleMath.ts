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
  let column = 0
  for (let i = 1; i < counts.length; i += 2) {
    start += counts[i - 1]!
    const end = start + counts[i]!
    if (start >= column + height) column = Math.floor(start / height) * height
    if (start - column < y0) y0 = start - column
    if (end - column > y1) y1 = end - column
    if (y1 > height) {
      y0 = 0
      y1 = height
      column = Math.floor((end - 1) / height) * height
    }
    start = end
  }
  return { x0: Math.floor(counts[0]! / height), y0, x1: column / height + 1, y1 }
}

/** Union or intersection of one or more masks of one size. An intersection is what the union of the complements leaves. */
export function mergeRuns(masks: readonly Runs[], how: 'union' | 'intersection' = 'union'): Runs {
  const first = masks[0]
  if (!first) throw new AppError('invalid-argument', 'There is no mask to merge.')
  requireOneSize(first, masks)
  const { width, height } = first
  const lists = masks.map(({ counts }) => (how === 'union' ? counts : complement(counts)))
  const united = countsOf(uniteAll(lists), width * height)
  return { width, height, counts: how === 'union' ? united : complement(united) }
}

function complement(counts: Uint32Array): Uint32Array {
  if (counts[0] === 0 && counts.length > 1) return counts.slice(1)
  const inverse = new Uint32Array(counts.length + 1)
  inverse.set(counts, 1)
  return inverse
}

function requireOneSize(first: Runs, masks: readonly Runs[]): void {
  const other = masks.find((mask) => mask.width !== first.width || mask.height !== first.height)
  if (!other) return
  const sizes = `${first.width} x ${first.height} and ${other.width} x ${other.height}`
  throw new AppError('invalid-argument', `Masks of different images can't be combined: ${sizes}.`)
}

/** Writes a mask's foreground runs as ascending pixel spans [start, end): start, end, start, end, ... Returns where they end. */
function writeSpans(counts: Uint32Array, into: Int32Array, from: number): number {
  const length = counts.length & ~1
  let at = 0
  for (let i = 0; i < length; i++) into[from + i] = at += counts[i]!
  return from + length
}

function countsOf(spans: Int32Array, total: number): Uint32Array {
  const counts = new Uint32Array(spans.length + 1)
  let at = 0
  for (let i = 0; i < spans.length; i++) {
    counts[i] = spans[i]! - at
    at = spans[i]!
  }
  counts[spans.length] = total - at
  return at === total && spans.length > 0 ? counts.subarray(0, spans.length) : counts
}

/** Kept from call to call; they grow to the most runs met, and are a span longer than those: the walk looks one ahead. */
let buffers: [Int32Array, Int32Array] = [new Int32Array(4096), new Int32Array(4096)]

/**
 * Spans of the union of masks (in a buffer: good until the next call), united in pairs, then pairs of pairs, so that n masks cost log n passes over their runs. All
 * masks lie one after the other in one buffer and go from it to another and back.
 */
function uniteAll(lists: readonly Uint32Array[]): Int32Array {
  const size = lists.reduce((sum, { length }) => sum + length, 0)
  if (size + 2 > buffers[0].length) buffers = [new Int32Array(size * 2 + 2), new Int32Array(size * 2 + 2)]
  let [from, to] = buffers
  let ends: number[] = []
  for (const counts of lists) ends.push(writeSpans(counts, from, ends.at(-1) ?? 0))
  while (ends.length > 1) {
    const united: number[] = []
    for (let i = 0; i < ends.length; i += 2) {
      united.push(unite(from, ends[i - 1] ?? 0, ends[i]!, ends[i + 1] ?? ends[i]!, to, united.at(-1) ?? 0))
    }
    ends = united
    ;[from, to] = [to, from]
  }
  return from.subarray(0, ends[0])
}

/** Unites the spans from `start` to `middle` with those from there to `end`; spans that touch become one. Returns where they end. */
function unite(from: Int32Array, start: number, middle: number, end: number, to: Int32Array, at: number): number {
  let [a, b, length, covered] = [start, middle, at, -1]
  let startA = from[a]!
  let startB = from[b]!
  while (a < middle && b < end) {
    let spanStart = startB
    let spanEnd = from[b + 1]!
    if (startA < startB) {
      spanStart = startA
      spanEnd = from[a + 1]!
      startA = from[(a += 2)]!
    } else startB = from[(b += 2)]!
    if (spanStart > covered) {
      to[length] = spanStart
      to[length + 1] = covered = spanEnd
      length += 2
    } else if (spanEnd > covered) to[length - 1] = covered = spanEnd
  }
  const restEnd = a < middle ? middle : end
  let rest = a < middle ? a : b
  for (; rest < restEnd && from[rest]! <= covered; rest += 2) {
    if (from[rest + 1]! > covered) to[length - 1] = covered = from[rest + 1]!
  }
  to.set(from.subarray(rest, restEnd), length)
  return length + restEnd - rest
}

interface Spans {
  readonly edges: Int32Array
  readonly area: number
  readonly box: Box
}

function spansOf(runs: Runs): Spans {
  const edges = new Int32Array(runs.counts.length & ~1)
  writeSpans(runs.counts, edges, 0)
  return { edges, area: runsArea(runs), box: runsBox(runs) }
}

/** Pixels that two masks share. */
function sharedPixels(a: Int32Array, b: Int32Array): number {
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

function firstSpanEndingAfter(edges: Int32Array, at: number): number {
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
