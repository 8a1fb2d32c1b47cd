/** Pictures as models take them: whole, or made smaller where the masks of a hundred objects would fill the memory. */
import { throwIfAborted } from '../../shared/errors.ts'
import type { Size } from '../../shared/geometry.ts'
import type { RgbImage } from '../inference/seams.ts'
import { decodeRgb, frameSize, samplesOf, seenThrough, type DecodeOptions } from './decode.ts'
import { decoderError } from './imageErrors.ts'
import { openSource, type Source } from './source.ts'
import { openUpright } from './upright.ts'

export interface SeenImage extends RgbImage {
  /** Of the frame, where it was made smaller: boxes and masks are told in its pixels. */
  readonly full?: Size
}

export interface SeenLimits {
  /** Frames with up to so many pixels are seen whole. */
  readonly whole: number
  /** Larger ones are made as small as this; no model takes more than half of it. */
  readonly reduced: number
}

export const SEEN_LIMITS: SeenLimits = { whole: 100_000_000, reduced: 25_000_000 }

/** Like `decodeRgb`. Of a deep frame made smaller, the range is that of what is left of its values. */
export async function decodeSeen(file: string, frame: number, options: Pick<DecodeOptions, 'signal' | 'window'>, limits = SEEN_LIMITS): Promise<SeenImage> {
  const source = await openSource(file)
  const full = await frameSize(source, frame)
  const share = Math.sqrt(limits.reduced / (full.width * full.height))
  if (full.width * full.height <= limits.whole) return decodeRgb(file, frame, options)
  const small = { width: Math.max(1, Math.round(full.width * share)), height: Math.max(1, Math.round(full.height * share)) }
  return { ...(await decodeSmall(source, frame, small, options)), full }
}

/** Row by row where the format allows; of a JPEG only as many pixels are decoded as are needed. */
async function decodeSmall(source: Source, frame: number, size: Size, { signal, window }: Pick<DecodeOptions, 'signal' | 'window'>): Promise<RgbImage> {
  const { pixels, kind } = await openUpright(source, frame)
  throwIfAborted(signal)
  const resized = pixels.resize({ ...size, fit: 'fill' })
  const failed = (error: unknown): never => {
    throw decoderError(error, source.file)
  }
  if (kind === 'deep') return seenThrough(await samplesOf(resized).catch(failed), window)
  const { data, info } = await resized.flatten({ background: '#ffffff' }).raw().toBuffer({ resolveWithObject: true }).catch(failed)
  return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
}
