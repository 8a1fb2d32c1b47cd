/** Masks for tests: written as rows of characters, or made by fast-check. */
import fc from 'fast-check'
import type { Bitmap } from '../../src/shared/rle.ts'

/** '1' and '#' are foreground. */
export function bitmapFromRows(rows: readonly string[]): Bitmap {
  const width = rows[0]?.length ?? 0
  const data = Uint8Array.from(rows.join(''), (char) => Number(char === '1' || char === '#'))
  return { width, height: rows.length, data }
}

function bitmapOf(width: number, height: number): fc.Arbitrary<Bitmap> {
  const pixel = fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 2, arbitrary: fc.constant(0) })
  return fc
    .array(pixel, { minLength: width * height, maxLength: width * height, size: 'max' })
    .map((pixels) => ({ width, height, data: Uint8Array.from(pixels) }))
}

const side = fc.integer({ min: 1, max: 14 })

/** Noise of 1..14 pixels a side: many parts, holes and diagonal neighbours. */
export function bitmaps(): fc.Arbitrary<Bitmap> {
  return fc.tuple(side, side).chain(([width, height]) => bitmapOf(width, height))
}

/** One to five masks of one size. */
export function bitmapsOfOneSize(): fc.Arbitrary<Bitmap[]> {
  return fc
    .tuple(side, side)
    .chain(([width, height]) => fc.array(bitmapOf(width, height), { minLength: 1, maxLength: 5 }))
}
