/** The 256 colours of Pascal VOC: the bits of the index, spread over the high bits of red, green and blue (VOClabelcolormap.m). */
export const VOC_PALETTE: readonly (readonly [number, number, number])[] = Array.from({ length: 256 }, (_, index) => [
  spreadBits(index),
  spreadBits(index >> 1),
  spreadBits(index >> 2),
])

/** Bits 0, 3 and 6 as bits 7, 6 and 5. */
function spreadBits(value: number): number {
  return ((value & 1) << 7) | ((value & 8) << 3) | ((value & 64) >> 1)
}
