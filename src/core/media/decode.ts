/** Pictures of any supported kind as pixels, upright, one frame at a time. */
import type { Metadata, Sharp } from 'sharp'
import { AppError, throwIfAborted } from '../../shared/errors.ts'
import type { Size } from '../../shared/geometry.ts'
import type { ModelWindow } from '../../shared/pictures.ts'
import type { RgbImage } from '../inference/seams.ts'
import { decodeBmp, readBmpHeader } from './bmp.ts'
import type { DeepImage } from './display8.ts'
import { toDisplay8 } from './display8.ts'
import type { ImageFormat } from './formats.ts'
import { DEFAULT_PIXEL_LIMIT, decoderError, noSuchFrame, refusedFormat, tooLarge } from './imageErrors.ts'
import type { Source } from './source.ts'
import { openSource, sharpHeader, sharpOn } from './source.ts'
import { percentilesOf } from './sampleStats.ts'

export interface ImageInfo {
  /** Pixels after orientation, of frame 0. */
  readonly width: number
  readonly height: number
  /** EXIF tag 1..8 of the stored file; 1 where there is none. */
  readonly orientation: number
  /** Bits per sample of the stored file. */
  readonly depth: number
  /** Pages of a TIFF, pictures of an animation; 1 otherwise. */
  readonly frames: number
  readonly format: ImageFormat
}

/** 16-bit samples, interleaved, row-major, orientation applied; channels: 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA. */
export interface Image16 extends DeepImage {
  readonly data: Uint16Array
}

export interface DecodeOptions {
  readonly signal?: AbortSignal | undefined
  readonly pixelLimit?: number
  /** Of 16-bit samples; without it all of them are seen. */
  readonly window?: ModelWindow | undefined
}

const BITS: Readonly<Record<string, number>> = { uchar: 8, char: 8, ushort: 16, short: 16, double: 64 }
/** libvips reads these as 16-bit whole numbers >= 0 whatever they are, so negative and fractional values would be lost. */
const LOSSY_DEPTHS = new Set(['short', 'char', 'complex', 'dpcomplex'])

/**
 * What the header of `file` says, without decoding it.
 * Throws not-found, unreadable-image, unsupported-image or image-too-large, each saying what to do.
 */
export async function probe(file: string, pixelLimit = DEFAULT_PIXEL_LIMIT): Promise<ImageInfo> {
  const source = await openSource(file)
  if (source.format === 'bmp') return probeBmp(source, pixelLimit)
  const header = await sharpHeader(source, 0)
  checkSize(file, header, pixelLimit)
  return {
    ...header.autoOrient,
    orientation: header.orientation ?? 1,
    depth: header.bitsPerSample ?? BITS[header.depth] ?? 32,
    frames: header.pages ?? 1,
    format: source.format,
  }
}

/** Of one frame, upright. Throws like `probe`, and invalid-argument for a frame that is not there. */
export async function frameSize(source: Source, frame: number): Promise<Size> {
  if (source.format !== 'bmp') return (await sharpHeader(source, frame)).autoOrient
  if (frame !== 0) throw noSuchFrame(source.file, frame, 1)
  const { width, height } = readBmpHeader(source.head, source.file)
  return { width, height }
}

function probeBmp(source: Source, pixelLimit: number): ImageInfo {
  const header = readBmpHeader(source.head, source.file)
  const { width, height, bitsPerPixel } = header
  checkSize(source.file, header, pixelLimit)
  return { width, height, orientation: 1, depth: Math.min(8, bitsPerPixel), frames: 1, format: 'bmp' }
}

/** @throws AppError image-too-large */
export function checkSize(file: string, { width, height }: { width: number; height: number }, limit: number): void {
  if (width * height > limit) throw tooLarge(file, width, height, limit)
}

/**
 * One frame as 8-bit RGB, upright: CMYK and profiles become sRGB, palettes and grey become RGB, alpha is laid on white (as
 * the reference code of Qwen2-VL does: qwen_vl_utils, to_rgb), deeper samples are windowed by `toDisplay8`.
 * Throws like `probe`; also unreadable-image for a file that is cut short or damaged, invalid-argument for a frame that is
 * not there, cancelled.
 */
export async function decodeRgb(file: string, frame: number, options: DecodeOptions = {}): Promise<RgbImage> {
  const { signal, pixelLimit = DEFAULT_PIXEL_LIMIT, window } = options
  throwIfAborted(signal)
  const source = await openSource(file)
  const isBitmap = source.format === 'bmp'
  const image = isBitmap ? await decodeBmpFrame(source, frame, pixelLimit) : await decodeFrame(source, frame, pixelLimit, window)
  throwIfAborted(signal)
  return image
}

async function decodeBmpFrame(source: Source, frame: number, pixelLimit: number): Promise<RgbImage> {
  const header = readBmpHeader(source.head, source.file)
  if (frame !== 0) throw noSuchFrame(source.file, frame, 1)
  checkSize(source.file, header, pixelLimit)
  return decodeBmp(source.file, header)
}

async function decodeFrame(source: Source, frame: number, pixelLimit: number, window?: ModelWindow): Promise<RgbImage> {
  const header = await sharpHeader(source, frame)
  checkSize(source.file, header, pixelLimit)
  if (header.depth === 'uchar' || header.space === 'cmyk') return decode8(source, frame)
  if (isDeep(header)) return seenThrough(await decodeUshort(source, frame, header), window)
  return toDisplay8(await decodeFloat(source, frame, header))
}

/** 16-bit samples as models see them: through a window, or through all values there are. */
export function seenThrough(image: Image16, window?: ModelWindow): RgbImage {
  return toDisplay8(image, window === 'percentiles' ? percentilesOf(image) : window)
}

/** Whether the samples are whole numbers of 16 bits, which are shown through a window. */
export function isDeep(header: Metadata): boolean {
  return header.depth === 'ushort' && (header.space === 'grey16' || header.space === 'rgb16')
}

async function decode8(source: Source, frame: number): Promise<RgbImage> {
  const pipeline = sharpOn(source, frame).autoOrient().flatten({ background: '#ffffff' }).toColourspace('srgb')
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true }).catch((error: unknown): never => {
    throw decoderError(error, source.file)
  })
  return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
}

/** Exact only when the pipeline is told the stored space and no profile is applied (formats.md section 5). */
async function decodeUshort(source: Source, frame: number, header: Metadata): Promise<Image16> {
  const { bytes, ...image } = await decodeDeep(source, frame, header, 'ushort')
  return { ...image, data: new Uint16Array(bytes) }
}

/** 32- and 64-bit samples, whole or floating, as float32 without alpha. */
async function decodeFloat(source: Source, frame: number, header: Metadata): Promise<DeepImage> {
  const known = header.space === 'b-w' || header.space === 'scrgb'
  if (!known || LOSSY_DEPTHS.has(header.depth)) {
    throw refusedFormat(source.file, `a picture of ${header.bitsPerSample ?? '?'}-bit "${header.depth}" samples`, 'signed 16-bit, half floats and raw sensor data')
  }
  const { bytes, ...image } = await decodeDeep(source, frame, header, 'float')
  return { ...image, data: new Float32Array(bytes) }
}

function decodeDeep(source: Source, frame: number, header: Metadata, depth: 'ushort' | 'float') {
  const oriented = sharpOn(source, frame, { ignoreIcc: true }).autoOrient()
  const pixels = (depth === 'float' ? oriented.removeAlpha() : oriented).toColourspace(header.space)
  return rawOf(pixels, depth).catch((error: unknown): never => {
    throw decoderError(error, source.file)
  })
}

async function rawOf(pixels: Sharp, depth: 'ushort' | 'float') {
  const { data, info } = await pixels.raw({ depth }).toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  // A copy: the pooled buffer may start at an odd byte.
  return { width, height, channels, bytes: Uint8Array.from(data).buffer }
}

/** The 16-bit samples that a pipeline gives; fails with errors for `decoderError`. */
export async function samplesOf(pixels: Sharp): Promise<Image16> {
  const { bytes, ...image } = await rawOf(pixels, 'ushort')
  return { ...image, data: new Uint16Array(bytes) }
}

/**
 * One frame of a 16-bit file, the stored values exactly, upright. Throws like `decodeRgb`, and invalid-argument for a file
 * of another depth.
 */
export async function decode16(file: string, frame: number, pixelLimit = DEFAULT_PIXEL_LIMIT): Promise<Image16> {
  const source = await openSource(file)
  const header = source.format === 'bmp' ? null : await sharpHeader(source, frame)
  if (!header || !isDeep(header)) throw new AppError('invalid-argument', `${file} does not hold 16-bit samples; open it as 8-bit RGB.`, { file })
  checkSize(file, header, pixelLimit)
  return decodeUshort(source, frame, header)
}
