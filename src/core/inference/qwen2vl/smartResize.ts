/** The size at which Qwen2-VL sees an image. */
import { AppError } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'

/** Python's round(): halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

/**
 * Sides that are multiples of `factor`, within [minPixels, maxPixels], near the image's aspect.
 * Source: smart_resize of transformers, image_processing_qwen2_vl.py.
 * @throws AppError unsupported-image when one side is more than 200 times the other
 */
export function smartResize({ width, height }: Size, factor: number, minPixels: number, maxPixels: number): Size {
  if (Math.max(width, height) / Math.min(width, height) > 200)
    throw new AppError('unsupported-image', `An image of ${width} x ${height} is too narrow for the model: crop it to at most 200 to 1.`)
  const round = (side: number) => roundHalfEven(side / factor) * factor
  const pixels = round(width) * round(height)
  if (pixels > maxPixels) {
    const beta = Math.sqrt((height * width) / maxPixels)
    const floor = (side: number) => Math.max(factor, Math.floor(side / beta / factor) * factor)
    return { width: floor(width), height: floor(height) }
  }
  if (pixels < minPixels) {
    const beta = Math.sqrt(minPixels / (height * width))
    const ceil = (side: number) => Math.ceil((side * beta) / factor) * factor
    return { width: ceil(width), height: ceil(height) }
  }
  return { width: round(width), height: round(height) }
}
