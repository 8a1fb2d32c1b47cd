/** Run lengths as COCO writes them: the compressed string and the list of counts. Rules: maskApi.c rleToString, rleFrString. */
import { AppError } from './errors.ts'
import type { Rle } from './model.ts'
import { decodeRuns, encodeBitmap, pixelCount } from './rle.ts'
import type { Bitmap, Runs } from './rle.ts'

const FIRST_CHAR = 48
const MORE = 0x20
/** A count takes 7 groups of 5 bits at most. */
const LAST_SHIFT = 30

/** The COCO form of run lengths: `size` [height, width], counts compressed. */
export function runsToRle({ width, height, counts }: Runs): Rle {
  const chars = new Uint8Array(counts.length * 7)
  let length = 0
  for (let i = 0; i < counts.length; i++) {
    let delta = i > 2 ? (counts[i]! - counts[i - 2]!) | 0 : counts[i]! | 0
    for (let more = true; more; ) {
      const group = delta & 0x1f
      delta >>= 5
      more = group & 0x10 ? delta !== -1 : delta !== 0
      chars[length++] = (more ? group | MORE : group) + FIRST_CHAR
    }
  }
  return { size: [height, width], counts: asciiText(chars.subarray(0, length)) }
}

const decoder = new TextDecoder('latin1')
function asciiText(chars: Uint8Array): string {
  return decoder.decode(chars)
}

/** Where strings are read into before their length is known; it grows to the longest mask met. */
let scratch = new Uint32Array(4096)

/** Run lengths of a COCO mask; refuses (invalid-argument) strings that are cut, hold other characters or do not fill the size. */
export function rleToRuns(rle: Rle): Runs {
  const [height, width] = rle.size
  const text = rle.counts
  if (text.length > scratch.length) scratch = new Uint32Array(text.length * 2)
  const counts = scratch
  let length = 0
  let sum = 0
  let isNormal = text.length > 0
  for (let at = 0; at < text.length; ) {
    const first = text.charCodeAt(at) - FIRST_CHAR
    let value = (first << 27) >> 27
    if (first >= 0 && first < MORE) at++
    else ({ value, at } = readGroups(text, at))
    if (length > 2) value = (value + counts[length - 2]!) | 0
    if (value <= 0) {
      if (value < 0) throw badMask('a count is negative')
      if (length > 0) isNormal = false
    }
    sum += value
    counts[length++] = value
  }
  requireSum(sum, width, height)
  return { width, height, counts: isNormal ? counts.slice(0, length) : withoutZeroRuns(counts.subarray(0, length)) }
}

/** A number of several groups of 5 bits, lowest first, the last one signed; `at` is where the next begins. */
function readGroups(text: string, start: number): { value: number; at: number } {
  let value = 0
  let shift = 0
  let group = MORE
  let at = start
  while (group & MORE) {
    if (at === text.length) throw badMask('its counts are cut off')
    group = text.charCodeAt(at++) - FIRST_CHAR
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
