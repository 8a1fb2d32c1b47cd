/** Pictures inside of LabelMe's files: masks as cropped PNG, the photo itself. Both are base64. */
import sharp from 'sharp'
import type { Size } from '../../../shared/geometry.ts'
import type { Bitmap } from '../../../shared/rle.ts'
import { sniff, SNIFF_BYTES } from '../../media/formats.ts'
import { readMaskPng } from '../common/pixels/maskPng.ts'

/** How much larger than the image a mask may be, which can lie partly beside it. */
const MOST_SIDES = 2
const PNG_WIDTH = 16
const PNG_HEIGHT = 20

/** Pixels that are not black, as LabelMe reads them (astype(bool)); null where it is no PNG for an image of this size. */
export function decodeMaskPng(base64: string, size: Size): Bitmap | null {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length < PNG_HEIGHT + 4) return null
  const [width, height] = [bytes.readUInt32BE(PNG_WIDTH), bytes.readUInt32BE(PNG_HEIGHT)]
  if (width > MOST_SIDES * size.width || height > MOST_SIDES * size.height) return null
  try {
    const { numbers } = readMaskPng(bytes, 'mask')
    const data = new Uint8Array(numbers.length)
    for (let i = 0; i < numbers.length; i++) if (numbers[i] !== 0) data[i] = 1
    return { width, height, data }
  } catch {
    return null
  }
}

/** The size of an embedded photo, upright; null where it is none. */
export async function embeddedSize(base64: string): Promise<Size | null> {
  const bytes = Buffer.from(base64, 'base64')
  if (typeof sniff(bytes.subarray(0, SNIFF_BYTES)) !== 'string') return null
  try {
    const { autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata()
    return autoOrient.width > 0 && autoOrient.height > 0 ? { width: autoOrient.width, height: autoOrient.height } : null
  } catch {
    return null
  }
}
