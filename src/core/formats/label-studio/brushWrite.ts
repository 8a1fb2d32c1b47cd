/**
 * Masks as Label Studio's brush: every channel of every pixel 0 or 255, row-major, packed by run lengths as @thi.ng/rle-pack
 * reads them. Packed straight from the runs: the package takes a value at a time and drops the last one of 65,537 equal ones.
 */
import type { Size } from '../../../shared/geometry.ts'
import type { MaskCrop } from '../../../shared/maskCrop.ts'

const CHANNELS = 4
/** Bits of the four sizes of run lengths. */
const SIZES = [3, 4, 8, 16] as const
const LONGEST = 2 ** 16

export function packBrush(crop: MaskCrop, { width, height }: Size): number[] {
  const bits = new Bits()
  bits.write(width * height * CHANNELS, 32)
  bits.write(7, 5)
  for (const size of SIZES) bits.write(size - 1, 4)
  let end = 0
  for (const [from, to] of spansOf(crop, width)) {
    writeRun(bits, (from - end) * CHANNELS, 0)
    writeRun(bits, (to - from) * CHANNELS, 255)
    end = to
  }
  writeRun(bits, (width * height - end) * CHANNELS, 0)
  return bits.bytes()
}

/** Foreground pixels of the image as spans [from, to), row-major; spans that touch are one. */
function spansOf({ x0, y0, width, height, data }: MaskCrop, imageWidth: number): [number, number][] {
  const spans: [number, number][] = []
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] === 0) continue
      const at = (y0 + y) * imageWidth + x0 + x
      const last = spans.at(-1)
      if (last?.[1] === at) last[1]++
      else spans.push([at, at + 1])
    }
  }
  return spans
}

function writeRun(bits: Bits, count: number, value: number): void {
  for (let left = count; left > 0; left -= LONGEST) {
    const length = Math.min(left, LONGEST) - 1
    const kind = SIZES.findIndex((size) => length < 2 ** size)
    bits.write(1, 1)
    bits.write(kind, 2)
    bits.write(length, SIZES[kind]!)
    bits.write(value, 8)
  }
}

class Bits {
  private readonly done: number[] = []
  private byte = 0
  private free = 8

  /** Highest bit first. */
  write(value: number, count: number): void {
    for (let left = count; left > 0;) {
      const taken = Math.min(this.free, left)
      const part = Math.floor(value / 2 ** (left - taken)) % 2 ** taken
      this.byte = this.byte * 2 ** taken + part
      this.free -= taken
      left -= taken
      if (this.free === 0) this.next()
    }
  }

  bytes(): number[] {
    return this.free === 8 ? this.done : [...this.done, this.byte * 2 ** this.free]
  }

  private next(): void {
    this.done.push(this.byte)
    this.byte = 0
    this.free = 8
  }
}
