/** A picture of what was found, to look at: translucent masks, box outlines and label tags on the image, as PNG. */
import sharp from 'sharp'
import { throwIfAborted } from '../../shared/errors.ts'
import type { Box } from '../../shared/geometry.ts'
import type { Bitmap } from '../../shared/rle.ts'
import type { RgbImage } from '../inference/seams.ts'
import { decodeRgb } from './decode.ts'
import { overlaySvg } from './overlaySvg.ts'

/** Longest side of the PNG, pixels. */
export const MAX_OVERLAY_SIDE = 1600
const MASK_OPACITY = 0.45

export interface OverlayAnnotation {
  /** Image pixels of the upright picture. */
  readonly box: Box
  /** As large as the upright picture, or null. */
  readonly mask: Bitmap | null
  readonly label: string
  /** '#rrggbb' */
  readonly color: string
  readonly score: number | null
  /** Proposals get a dashed outline. */
  readonly proposed: boolean
}

/**
 * The overlay of one frame as the bytes of a PNG, at most MAX_OVERLAY_SIDE pixels a side. Later annotations lie on top.
 * Throws what `decodeRgb` throws.
 */
export async function overlayPng(
  file: string,
  frame: number,
  annotations: readonly OverlayAnnotation[],
  signal?: AbortSignal,
): Promise<Buffer> {
  const full = await decodeRgb(file, frame, { signal })
  const image = await shrink(full)
  throwIfAborted(signal)
  for (const { mask, color } of annotations) if (mask) tint(image, mask, color)
  const svg = overlaySvg(image, image.width / full.width, annotations)
  const raw = { width: image.width, height: image.height, channels: 3 } as const
  const png = await sharp(image.data, { raw }).composite([{ input: Buffer.from(svg) }]).png({ compressionLevel: 6 }).toBuffer()
  throwIfAborted(signal)
  return png
}

/** A copy that fits MAX_OVERLAY_SIDE, never enlarged. */
async function shrink({ width, height, data }: RgbImage): Promise<RgbImage> {
  const scale = Math.min(1, MAX_OVERLAY_SIDE / Math.max(width, height))
  const small = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
  const pipeline = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false }).resize({ ...small, fit: 'fill' })
  return { ...small, data: await pipeline.raw().toBuffer() }
}

/** Mixes the colour into the pixels whose centre the mask covers, in place. */
function tint({ width, height, data }: RgbImage, mask: Bitmap, color: string): void {
  const rgb = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16))
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * mask.width) / width))
  for (let y = 0; y < height; y++) {
    const maskRow = Math.floor(((y + 0.5) * mask.height) / height) * mask.width
    for (let x = 0; x < width; x++) {
      if (!mask.data[maskRow + columns[x]!]) continue
      const at = (y * width + x) * 3
      for (let channel = 0; channel < 3; channel++) {
        data[at + channel] = data[at + channel]! * (1 - MASK_OPACITY) + rgb[channel]! * MASK_OPACITY
      }
    }
  }
}
