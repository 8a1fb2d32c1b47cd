/**
 * The 9 x 9 grid of Grid-Augmented Vision (arXiv 2411.18270; its code, figures/writeline.py, add_grid):
 * interior lines only, black, opacity 0.3, 1 px wide at the picture's own size.
 */
import type { RgbImage } from '../inference/seams.ts'

const CELLS = 9
/** int(255 * 0.3) */
const LINE_ALPHA = 76

/** Pillow's alpha_composite of black with LINE_ALPHA over an opaque value, with its rounding (AlphaComposite.c). */
const DARKENED = Uint8Array.from({ length: 256 }, (_, value) => {
  const sum = value * (255 - LINE_ALPHA) * 128 + (0x80 << 7)
  return (((sum >> 8) + sum) >> 8) >> 7
})

/** The pixel columns (or rows) that carry a line: i * (size / 9) cut to whole pixels, in that order of operations. */
function linesOf(size: number): Set<number> {
  const cell = size / CELLS
  return new Set(Array.from({ length: CELLS - 1 }, (_, i) => Math.trunc((i + 1) * cell)))
}

/** A copy of `image` with the grid on it; where lines cross or coincide a pixel is darkened once. */
export function drawGrid(image: RgbImage): RgbImage {
  const { width, height } = image
  const data = image.data.slice()
  const columns = linesOf(width)
  const rows = linesOf(height)
  const darken = (pixel: number) => {
    for (let at = pixel * 3; at < pixel * 3 + 3; at++) data[at] = DARKENED[data[at]!]!
  }
  for (let y = 0; y < height; y++) {
    if (rows.has(y)) for (let x = 0; x < width; x++) darken(y * width + x)
    else for (const x of columns) darken(y * width + x)
  }
  return { width, height, data }
}
