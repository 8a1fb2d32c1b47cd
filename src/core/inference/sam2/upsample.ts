/** Mask logits to image pixels: bilinear, align_corners false, threshold 0. No float map of the image is ever made. */
import type { Size } from '../../../shared/geometry.ts'
import type { Bitmap } from '../../../shared/rle.ts'

/** For each output pixel along one axis: the left source sample and the weight of the right one (torch's upsample_bilinear2d). */
interface Axis {
  readonly from: Int32Array
  readonly weight: Float64Array
}

function axis(source: number, target: number): Axis {
  const from = new Int32Array(target)
  const weight = new Float64Array(target)
  for (let i = 0; i < target; i++) {
    const at = Math.max(0, ((i + 0.5) * source) / target - 0.5)
    from[i] = Math.min(Math.floor(at), source - 1)
    weight[i] = at - from[i]!
  }
  return { from, weight }
}

/** One source row at height `at`: a blend of the two rows around it. */
function blendRows(logits: Float32Array, side: number, offset: number, y: number, weight: number, line: Float64Array): void {
  const top = offset + y * side
  const bottom = offset + Math.min(y + 1, side - 1) * side
  for (let x = 0; x < side; x++) line[x] = logits[top + x]! * (1 - weight) + logits[bottom + x]! * weight
}

/**
 * Writes 1 where the line is above 0. A blend lies between its ends, so only cells whose ends differ in sign are computed:
 * the result is that of computing all of them.
 */
function thresholdLine(line: Float64Array, columns: Axis, out: Uint8Array, start: number): void {
  const width = columns.from.length
  for (let x = 0; x < width; ) {
    const cell = columns.from[x]!
    let end = x + 1
    while (end < width && columns.from[end] === cell) end++
    const left = line[cell]!
    const right = line[Math.min(cell + 1, line.length - 1)]!
    if (left > 0 && right > 0) out.fill(1, start + x, start + end)
    else if (left > 0 || right > 0)
      for (let i = x; i < end; i++)
        if (left * (1 - columns.weight[i]!) + right * columns.weight[i]! > 0) out[start + i] = 1
    x = end
  }
}

/**
 * One mask at image size.
 * @param logits float32, of which side x side values from `offset` on are used, row-major
 * @returns 1 where the upsampled logit is above 0
 */
export function upsampleMask(logits: Float32Array, offset: number, side: number, { width, height }: Size): Bitmap {
  const columns = axis(side, width)
  const rows = axis(side, height)
  const line = new Float64Array(side)
  const data = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    blendRows(logits, side, offset, rows.from[y]!, rows.weight[y]!, line)
    thresholdLine(line, columns, data, y * width)
  }
  return { width, height, data }
}
