/** Pictures for the screen before they are made small: upright, in colours a screen has, see-through where they are. */
import sharp, { type Metadata, type Sharp } from 'sharp'
import type { Size } from '../../shared/geometry.ts'
import { checkSize, decodeRgb, isDeep } from './decode.ts'
import { DEFAULT_PIXEL_LIMIT } from './imageErrors.ts'
import { type Source, sharpHeader, sharpOn } from './source.ts'

/**
 * photo: 8-bit sRGB from a JPEG, whose pixels are not exact to begin with; exact: 8-bit sRGB, with alpha where there is one;
 * deep: the stored 16-bit samples.
 */
export type PixelKind = 'photo' | 'exact' | 'deep'

export interface Upright {
  readonly pixels: Sharp
  /** Of the upright picture. */
  readonly size: Size
  readonly kind: PixelKind
}

/** Throws like `decodeRgb` for what the header tells; the pipeline itself fails with errors for `decoderError`. */
export async function openUpright(source: Source, frame: number, pixelLimit = DEFAULT_PIXEL_LIMIT): Promise<Upright> {
  const header = source.format === 'bmp' ? null : await sharpHeader(source, frame)
  const kind = header && kindOf(source, header)
  if (!header || !kind) {
    const { data, ...size } = await decodeRgb(source.file, frame, { pixelLimit })
    return { pixels: sharp(data, { raw: { ...size, channels: 3 }, limitInputPixels: false }), size, kind: 'exact' }
  }
  checkSize(source.file, header, pixelLimit)
  // 16 bits are exact only when the pipeline is told the stored space and no profile is applied, as in `decode16`.
  const oriented = sharpOn(source, frame, { ignoreIcc: kind === 'deep' }).autoOrient()
  return { pixels: oriented.toColourspace(kind === 'deep' ? header.space : 'srgb'), size: header.autoOrient, kind }
}

/** Whether a frame is shown through a window. Throws like `openUpright`. */
export async function isDeepFrame(source: Source, frame: number): Promise<boolean> {
  return source.format !== 'bmp' && isDeep(await sharpHeader(source, frame))
}

/** Null for what only `decodeRgb` can show: bitmaps, and samples that are neither 8-bit nor whole numbers of 16 bits. */
function kindOf(source: Source, header: Metadata): PixelKind | null {
  if (isDeep(header)) return 'deep'
  if (header.depth !== 'uchar' && header.space !== 'cmyk') return null
  return source.format === 'jpeg' ? 'photo' : 'exact'
}
