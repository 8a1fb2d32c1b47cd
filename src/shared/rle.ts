/**
 * Masks and their run lengths, as COCO's maskApi.c has them.
 *
 * Counts are COLUMN-major (pixel index = x * height + y) and alternate background, foreground, background, ...;
 * the first may be 0. Bitmaps are row-major. Going from one to the other never transposes pixels: the mask is
 * taken as its vertical boundaries (pixels that differ from the one above), which a counting sort brings from
 * row order into column order or back, so that memory is only ever walked in its own order.
 */
import { AppError } from './errors.ts'

/** A binary image, row-major: data[y * width + x] is 0 or 1. */
export interface Bitmap {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Run lengths of a mask; normal form: no zero run but the first, at least one run, their sum is width * height. */
export interface Runs {
  readonly width: number
  readonly height: number
  readonly counts: Uint32Array
}

const MAX_PIXELS = 2 ** 31 - 1

/** Width times height; refuses sizes that are no sizes or do not fit the 32-bit counts of COCO. */
export function pixelCount(width: number, height: number): number {
  const isSide = (side: number) => Number.isInteger(side) && side >= 0
  if (!isSide(width) || !isSide(height)) throw new AppError('invalid-argument', `Not a mask size: ${width} x ${height}.`)
  if (width * height > MAX_PIXELS) {
    throw new AppError('image-too-large', `A mask of ${width} x ${height} pixels is too large: COCO holds 2^31 - 1 pixels at most.`)
  }
  return width * height
}

/** Run lengths of the foreground spans [from, to) of column-major pixels that `give` adds in ascending order; spans that touch become one. */
export function spansToRuns(width: number, height: number, give: (add: (from: number, to: number) => void) => void): Runs {
  const total = pixelCount(width, height)
  const counts: number[] = []
  let end = 0
  give((from, to) => {
    if (from === end && counts.length > 0) counts[counts.length - 1]! += to - from
    else counts.push(from - end, to - from)
    end = to
  })
  if (end < total || counts.length === 0) counts.push(total - end)
  return { width, height, counts: Uint32Array.from(counts) }
}

/** Run lengths of a bitmap whose values are 0 and 1. */
export function encodeBitmap(bitmap: Bitmap): Runs {
  const { width, height } = bitmap
  const total = pixelCount(width, height)
  if (bitmap.data.length !== total) {
    throw new AppError('invalid-argument', `A ${width} x ${height} mask has ${total} pixels, not ${bitmap.data.length}.`)
  }
  if (total === 0) return { width, height, counts: Uint32Array.of(0) }
  const { boundaries, perColumn } = verticalBoundaries(bitmap)
  const rows = sortByColumn(boundaries, perColumn, width)
  return { width, height, counts: countsOfBoundaries(bitmap, rows, perColumn) }
}

/**
 * Every pixel below row 0 that differs from the one above, as y * width + x in row order, and how many each column has.
 * Four pixels are compared at a time: both rows are read as 32-bit words.
 */
function verticalBoundaries(bitmap: Bitmap): { boundaries: Uint32Array; perColumn: Uint32Array } {
  const { width, height } = bitmap
  const stride = (width + 3) >> 2
  const words = rowsAsWords(bitmap, stride)
  const perColumn = new Uint32Array(width)
  let boundaries = new Uint32Array(1024)
  let length = 0
  for (let y = 1, i = stride; y < height; y++) {
    if (length + width > boundaries.length) boundaries = grown(boundaries, length + width)
    for (let x = 0; x < width; x += 4, i++) {
      let changed = words[i]! ^ words[i - stride]!
      for (let at = x; changed !== 0; at++, changed >>>= 8) {
        if ((changed & 0xff) === 0) continue
        perColumn[at]!++
        boundaries[length++] = y * width + at
      }
    }
  }
  return { boundaries: boundaries.subarray(0, length), perColumn }
}

/** The bitmap as little-endian words of four pixels, `stride` a row; copied only where rows are not aligned. */
function rowsAsWords({ width, height, data }: Bitmap, stride: number): Int32Array {
  if (width === stride * 4 && data.byteOffset % 4 === 0) return new Int32Array(data.buffer, data.byteOffset, stride * height)
  const padded = new Uint8Array(stride * 4 * height)
  for (let y = 0; y < height; y++) padded.set(data.subarray(y * width, (y + 1) * width), y * stride * 4)
  return new Int32Array(padded.buffer)
}

function grown(array: Uint32Array, least: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(least, array.length * 2))
  larger.set(array)
  return larger
}

/** Rows of the boundaries, column after column, ascending within each. */
function sortByColumn(boundaries: Uint32Array, perColumn: Uint32Array, width: number): Uint32Array {
  const next = startsOf(perColumn)
  const rows = new Uint32Array(boundaries.length)
  for (let i = 0; i < boundaries.length; i++) {
    const y = Math.floor(boundaries[i]! / width)
    rows[next[boundaries[i]! - y * width]!++] = y
  }
  return rows
}

/** Where each bucket of a counting sort begins. */
function startsOf(sizes: Uint32Array): Uint32Array {
  const starts = new Uint32Array(sizes.length)
  for (let i = 1; i < sizes.length; i++) starts[i] = starts[i - 1]! + sizes[i - 1]!
  return starts
}

function countsOfBoundaries({ width, height, data }: Bitmap, rows: Uint32Array, perColumn: Uint32Array): Uint32Array {
  const counts = new Uint32Array(rows.length + width + 1)
  const lastRow = (height - 1) * width
  let length = 0
  let runStart = 0
  for (let x = 0, i = 0; x < width; x++) {
    const above = x === 0 ? 0 : data[lastRow + x - 1]!
    if (data[x] !== above) {
      counts[length++] = x * height - runStart
      runStart = x * height
    }
    for (const end = i + perColumn[x]!; i < end; i++) {
      const at = x * height + rows[i]!
      counts[length++] = at - runStart
      runStart = at
    }
  }
  counts[length++] = width * height - runStart
  return counts.slice(0, length)
}

/** The bitmap of run lengths; each row is the one above with its boundaries flipped. */
export function decodeRuns(runs: Runs): Bitmap {
  const { width, height, counts } = runs
  const data = new Uint8Array(pixelCount(width, height))
  if (counts.length < 2) return { width, height, data }
  const { columns, perRow } = boundariesByRow(runs)
  for (let y = 0, i = 0, row = 0; y < height; y++, row += width) {
    if (y > 0 && i > 0) data.copyWithin(row, row - width, row)
    for (const end = i + perRow[y]!; i < end; i++) data[row + columns[i]!]! ^= 1
  }
  return { width, height, data }
}

/** Columns of the boundaries of a mask, row after row. A foreground run that goes on in the next column has one atop it. */
function boundariesByRow({ width, height, counts }: Runs): { columns: Uint32Array; perRow: Uint32Array } {
  const perRow = new Uint32Array(height)
  const boundaries = new Uint32Array(counts.length + width)
  let length = 0
  const add = (at: number) => {
    boundaries[length++] = at
    perRow[at % height]!++
  }
  for (let i = 1, start = counts[0]!; i < counts.length; i += 2) {
    const end = start + counts[i]!
    add(start)
    for (let top = (Math.floor(start / height) + 1) * height; top < end; top += height) add(top)
    if (end % height !== 0) add(end)
    start = end + (counts[i + 1] ?? 0)
  }
  const next = startsOf(perRow)
  const columns = new Uint32Array(length)
  for (let i = 0; i < length; i++) {
    const x = Math.floor(boundaries[i]! / height)
    columns[next[boundaries[i]! - x * height]!++] = x
  }
  return { columns, perRow }
}
