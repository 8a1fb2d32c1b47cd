/** The segments of a panoptic PNG: each pixel's colour is a number, red + 256 green + 65536 blue; 0 is nobody's. */
import type { MaskPng } from '../common/pixels/maskPng.ts'
import type { Runs } from '../../../shared/rle.ts'

/** Run lengths of every number that has a pixel, 0 too. */
export function segmentsOf(png: MaskPng): ReadonlyMap<number, Runs> {
  const { width, height, numbers } = png
  const numberOf = numbering(png)
  const open = new Map<number, { counts: number[]; end: number }>()
  const total = width * height
  for (let at = 0, x = 0, y = 0; at < total; ) {
    const pixel = numbers[y * width + x]!
    const start = at
    do {
      at++
      if (++y === height) {
        y = 0
        x++
      }
    } while (at < total && numbers[y * width + x] === pixel)
    const number = numberOf(pixel)
    let segment = open.get(number)
    if (!segment) open.set(number, (segment = { counts: [], end: 0 }))
    if (start === segment.end && segment.counts.length > 0) segment.counts[segment.counts.length - 1]! += at - start
    else segment.counts.push(start - segment.end, at - start)
    segment.end = at
  }
  return new Map([...open].map(([number, { counts, end }]) => [number, { width, height, counts: Uint32Array.from(end < total ? [...counts, total - end] : counts) }]))
}

function numbering({ kind, palette }: MaskPng): (pixel: number) => number {
  if (kind === 'rgb') return fromRgb
  // A file without colour is one whose colours are greys.
  if (kind === 'grey') return (pixel) => pixel * 0x010101
  return (pixel) => fromRgb(palette[pixel] ?? 0)
}

function fromRgb(rgb: number): number {
  return (rgb >> 16) | (rgb & 0xff00) | ((rgb & 0xff) << 16)
}
