/** Run lengths as COCO writes them: the compressed string and the list of counts. Rules: maskApi.c rleToString, rleFrString. */
import { AppError } from './errors.ts'
import type { Rle } from './model.ts'
import { decodeRuns, encodeBitmap, pixelCount } from './rle.ts'
import type { Bitmap, Runs } from './rle.ts'

const FIRST_CHAR = 48
const MORE = 0x20
/** A count takes 7 groups of 5 bits at most. */
const MOST_GROUPS = 7
const LAST_SHIFT = 30
const MOST_UTF8_BYTES = 3

/** Characters and counts on their way, before their number is known; they grow to the longest mask met. */
let chars = new Uint8Array(4096)
let scratch = new Uint32Array(4096)

function makeRoom(characters: number, counts: number): void {
  if (characters > chars.length) chars = new Uint8Array(characters * 2)
  if (counts > scratch.length) scratch = new Uint32Array(counts * 2)
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The COCO form of run lengths: `size` [height, width], counts compressed. */
export function runsToRle({ width, height, counts }: Runs): Rle {
  makeRoom(counts.length * MOST_GROUPS, 0)
  const text = chars
  let length = 0
  let last = 0
  let beforeLast = 0
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]! | 0
    let delta = i > 2 ? (count - beforeLast) | 0 : count
    beforeLast = last
    last = count
    for (; delta < -16 || delta > 15; delta >>= 5) text[length++] = (delta & 0x1f) + FIRST_CHAR + MORE
    text[length++] = (delta & 0x1f) + FIRST_CHAR
  }
  return { size: [height, width], counts: decoder.decode(text.subarray(0, length)) }
}

/** Run lengths of a COCO mask; refuses (invalid-argument) strings that are cut, hold other characters or do not fill the size. */
export function rleToRuns(rle: Rle): Runs {
  const [height, width] = rle.size
  makeRoom(rle.counts.length * MOST_UTF8_BYTES, rle.counts.length)
  const { written } = encoder.encodeInto(rle.counts, chars)
  const text = chars.subarray(0, written)
  const counts = scratch
  let length = 0
  let sum = 0
  let isNormal = text.length > 0
  let last = 0
  let beforeLast = 0
  for (let at = 0; at < text.length; ) {
    const first = text[at]! - FIRST_CHAR
    let value = (first << 27) >> 27
    if (first >= 0 && first < MORE) at++
    else {
      // Two groups hold most of what one does not.
      const second = at + 1 < text.length ? text[at + 1]! - FIRST_CHAR : MORE
      if (first >= MORE && first < 2 * MORE && second >= 0 && second < MORE) {
        value = (((first & 0x1f) | (second << 5)) << 22) >> 22
        at += 2
      } else ({ value, at } = readGroups(text, at))
    }
    if (length > 2) value = (value + beforeLast) | 0
    if (value <= 0) {
      if (value < 0) throw badMask('a count is negative')
      if (length > 0) isNormal = false
    }
    beforeLast = last
    last = value
    sum += value
    counts[length++] = value
  }
  requireSum(sum, width, height)
  return { width, height, counts: isNormal ? counts.slice(0, length) : withoutZeroRuns(counts.subarray(0, length)) }
}

/** A number of several groups of 5 bits, lowest first, the last one signed; `at` is where the next begins. */
function readGroups(text: Uint8Array, start: number): { value: number; at: number } {
  let value = 0
  let shift = 0
  let group = MORE
  let at = start
  while (group & MORE) {
    if (at === text.length) throw badMask('its counts are cut off')
    group = text[at++]! - FIRST_CHAR
    if (group < 0 || group > 63) throw badMask(`its counts hold a strange character at ${at - 1}`)
    if (shift > LAST_SHIFT) throw badMask('a count is too large')
    value |= (group & 0x1f) << shift
    shift += 5
  }
  if (group & 0x10 && shift <= LAST_SHIFT) value |= -1 << shift
  return { value, at }
}

/** Run lengths of an uncompressed list of counts (COCO's crowd form), checked like `rleToRuns`. */
export function countsToRuns(width: number, height: number, counts: ArrayLike<number>): Runs {
  let sum = 0
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!
    if (!Number.isInteger(count) || count < 0 || count > 0x7fffffff) throw badMask(`${count} is not a count`)
    sum += count
  }
  requireSum(sum, width, height)
  return { width, height, counts: withoutZeroRuns(Uint32Array.from(counts)) }
}

function requireSum(sum: number, width: number, height: number): void {
  const total = pixelCount(width, height)
  if (sum !== total) throw badMask(`its counts add up to ${sum}, but ${width} x ${height} is ${total} pixels`)
}

/** Merges the runs around zero counts, which are legal in COCO files. */
function withoutZeroRuns(counts: Uint32Array): Uint32Array {
  const merged = new Uint32Array(counts.length + 1)
  let last = 0
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue
    if ((last & 1) !== (i & 1)) last++
    merged[last]! += counts[i]!
  }
  return merged.slice(0, last + 1)
}

/** The COCO mask of a bitmap. */
export function bitmapToRle(bitmap: Bitmap): Rle {
  return runsToRle(encodeBitmap(bitmap))
}

/** The bitmap of a COCO mask. */
export function rleToBitmap(rle: Rle): Bitmap {
  return decodeRuns(rleToRuns(rle))
}

function badMask(why: string): AppError {
  return new AppError('invalid-argument', `This mask can't be read: ${why}.`)
}
