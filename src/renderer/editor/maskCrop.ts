/** Mask crops combined, stretched and taken apart, pixel by pixel. */
import type { Box, Size } from '../../shared/geometry.ts'
import { encloseBoxes } from '../../shared/geometry.ts'
import type { MaskCrop } from '../../shared/maskCrop.ts'
import { emptyCrop } from '../../shared/maskCrop.ts'

/** The whole box as foreground, to the next whole pixel. */
export function filledCrop({ x0, y0, x1, y1 }: Box): MaskCrop {
  const crop = emptyCrop({ x0: Math.floor(x0), y0: Math.floor(y0), x1: Math.ceil(x1), y1: Math.ceil(y1) })
  crop.data.fill(1)
  return crop
}

export function cropExtent({ x0, y0, width, height }: MaskCrop): Box {
  return { x0, y0, x1: x0 + width, y1: y0 + height }
}

export function isForeground({ x0, y0, width, height, data }: MaskCrop, x: number, y: number): boolean {
  const [column, row] = [x - x0, y - y0]
  return column >= 0 && row >= 0 && column < width && row < height && data[row * width + column] === 1
}

/** The smallest box around the foreground, or null when there is none. */
export function foregroundBox({ x0, y0, width, height, data }: MaskCrop): Box | null {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let row = 0, i = 0; row < height; row++)
    for (let column = 0; column < width; column++, i++) {
      if (data[i] !== 1) continue
      left = Math.min(left, column)
      right = Math.max(right, column)
      top = Math.min(top, row)
      bottom = row
    }
  return right < 0 ? null : { x0: x0 + left, y0: y0 + top, x1: x0 + right + 1, y1: y0 + bottom + 1 }
}

/** The same pixels on another part of the image; what lies outside is lost. */
function recrop(crop: MaskCrop, extent: Box): MaskCrop {
  const result = emptyCrop(extent)
  for (let row = 0; row < result.height; row++)
    for (let column = 0; column < result.width; column++)
      if (isForeground(crop, extent.x0 + column, extent.y0 + row)) result.data[row * result.width + column] = 1
  return result
}

export type Combination = 'union' | 'subtract' | 'intersect'

/** Pixel by pixel: a or b, a without b, a and b. */
export function combineCrops(a: MaskCrop, b: MaskCrop, how: Combination): MaskCrop {
  const extent = how === 'union' ? encloseBoxes(cropExtent(a), cropExtent(b)) : cropExtent(a)
  const [result, other] = [recrop(a, extent), recrop(b, extent)]
  const { data } = result
  for (let i = 0; i < data.length; i++) {
    const there = other.data[i]!
    if (how === 'union') data[i]! |= there
    else if (how === 'subtract') data[i]! &= 1 - there
    else data[i]! &= there
  }
  return result
}

/** Nearest pixel; `from` and `to` are the boxes that lie on each other, image pixels. */
export function stretchCrop(crop: MaskCrop, from: Box, to: Box, size: Size): MaskCrop {
  const scaleX = (to.x1 - to.x0) / Math.max(1e-9, from.x1 - from.x0)
  const scaleY = (to.y1 - to.y0) / Math.max(1e-9, from.y1 - from.y0)
  const extent = cropExtent(crop)
  const result = emptyCrop({
    x0: Math.max(0, Math.floor(to.x0 + (extent.x0 - from.x0) * scaleX)),
    y0: Math.max(0, Math.floor(to.y0 + (extent.y0 - from.y0) * scaleY)),
    x1: Math.min(size.width, Math.ceil(to.x0 + (extent.x1 - from.x0) * scaleX)),
    y1: Math.min(size.height, Math.ceil(to.y0 + (extent.y1 - from.y0) * scaleY)),
  })
  for (let row = 0, i = 0; row < result.height; row++) {
    const y = Math.floor(from.y0 + (result.y0 + row + 0.5 - to.y0) / scaleY)
    for (let column = 0; column < result.width; column++, i++) {
      const x = Math.floor(from.x0 + (result.x0 + column + 0.5 - to.x0) / scaleX)
      if (isForeground(crop, x, y)) result.data[i] = 1
    }
  }
  return result
}

/** One crop per 4-connected part. */
export function splitCrop(crop: MaskCrop): MaskCrop[] {
  const left = crop.data.slice()
  const parts: MaskCrop[] = []
  for (let i = left.indexOf(1); i >= 0; i = left.indexOf(1, i + 1)) {
    const part = { ...crop, data: takePart(left, crop.width, i) }
    parts.push(recrop(part, foregroundBox(part)!))
  }
  return parts
}

/** Moves the part that pixel `start` belongs to out of `left`, into a bitmap of its own. */
function takePart(left: Uint8Array, width: number, start: number): Uint8Array {
  const part = new Uint8Array(left.length)
  const stack = [start]
  left[start] = 0
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    part[i] = 1
    const column = i % width
    const near = [column > 0 ? i - 1 : -1, column < width - 1 ? i + 1 : -1, i - width, i + width]
    for (const j of near) {
      if (j < 0 || j >= left.length || left[j] !== 1) continue
      left[j] = 0
      stack.push(j)
    }
  }
  return part
}
