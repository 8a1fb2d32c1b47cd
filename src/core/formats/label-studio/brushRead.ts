/**
 * Label Studio's brush: red, green, blue and alpha of every pixel, row-major, packed by run lengths as @thi.ng/rle-pack does.
 * Unpacked here straight to runs of painted pixels, because the package needs four bytes a pixel, whatever a file claims.
 */
import type { Size } from '../../../shared/geometry.ts'
import type { Bitmap } from '../../../shared/rle.ts'

const CHANNELS = 4
const ALPHA = 3
const BYTE = 8
const MOST_PIXELS = 2 ** 28

export interface PlacedBitmap extends Bitmap {
  readonly left: number
  readonly top: number
}

/** The rectangle of pixels whose alpha is not 0, null where there is none; words where the packed bytes are not of this size. */
export function unpackBrush(packed: unknown, size: Size): PlacedBitmap | string | null {
  const pixels = size.width * size.height
  if (!Array.isArray(packed) || pixels > MOST_PIXELS) return 'is a brush stroke whose run lengths are missing or too many'
  const bits = new Bits(packed)
  const count = bits.read(32)
  if (count !== pixels * CHANNELS)
    return `is a brush stroke of ${count} values, but ${size.width} x ${size.height} pixels have ${pixels * CHANNELS}`
  if (bits.read(5) + 1 !== BYTE) return 'is a brush stroke that is not in bytes'
  const sizes = [0, 0, 0, 0].map(() => bits.read(4) + 1)
  const spans = paintedSpans(bits, count, sizes)
  return spans ? cropOf(spans, size.width) : 'is a brush stroke whose run lengths are cut off or no bytes'
}

/** Painted pixels as [start, end, start, end, ...]; null where the bits end too early. */
function paintedSpans(bits: Bits, count: number, sizes: readonly number[]): number[] | null {
  const spans: number[] = []
  const add = (start: number, end: number) => {
    if (start >= end) return
    if (spans.at(-1) === start) spans[spans.length - 1] = end
    else spans.push(start, end)
  }
  const pixelFrom = (value: number) => Math.ceil((value - ALPHA) / CHANNELS)
  for (let i = 0; i < count;) {
    const isRun = bits.read(1) === 1
    const end = Math.min(count, i + 1 + bits.read(sizes[bits.read(2)]!))
    // A last value of its own behind 65,536 equal ones is left out by rle-pack.
    if (bits.isOver) return i === count - 1 ? spans : null
    if (isRun) {
      if (bits.read(BYTE) > 0) add(pixelFrom(i), pixelFrom(end))
      i = end
    } else for (; i < end; i++) if (bits.read(BYTE) > 0) add(pixelFrom(i), pixelFrom(i + 1))
    if (bits.isOver) return null
  }
  return spans
}

function cropOf(spans: readonly number[], width: number): PlacedBitmap | null {
  if (spans.length === 0) return null
  const [top, bottom] = [Math.floor(spans[0]! / width), Math.floor((spans.at(-1)! - 1) / width) + 1]
  let [left, right] = [width, 0]
  for (let i = 0; i < spans.length; i += 2) {
    const [from, to] = [spans[i]!, spans[i + 1]! - 1]
    const isOneRow = Math.floor(from / width) === Math.floor(to / width)
    left = isOneRow ? Math.min(left, from % width) : 0
    right = isOneRow ? Math.max(right, (to % width) + 1) : width
  }
  const crop = { left, top, width: right - left, height: bottom - top, data: new Uint8Array((right - left) * (bottom - top)) }
  for (let i = 0; i < spans.length; i += 2) {
    for (let at = spans[i]!; at < spans[i + 1]!; at++)
      crop.data[(Math.floor(at / width) - top) * crop.width + (at % width) - left] = 1
  }
  return crop
}

/** Reads bits from numbers that should be bytes, highest first. */
class Bits {
  isOver = false
  private readonly bytes: readonly unknown[]
  private at = 0

  constructor(bytes: readonly unknown[]) {
    this.bytes = bytes
  }

  read(count: number): number {
    let value = 0
    for (let left = count; left > 0;) {
      const byte = this.bytes[this.at >> 3]
      if (typeof byte !== 'number' || !(byte >= 0 && byte <= 255)) {
        this.isOver = true
        return 0
      }
      const free = BYTE - (this.at & 7)
      const taken = Math.min(free, left)
      value = value * 2 ** taken + ((byte >> (free - taken)) & (2 ** taken - 1))
      this.at += taken
      left -= taken
    }
    return value
  }
}
