/** A picture file before its pixels: found, readable, not empty, and of a known format. */
import { open } from 'node:fs/promises'
import sharp from 'sharp'
import type { Metadata, Sharp } from 'sharp'
import { AppError } from '../../shared/errors.ts'
import type { ImageFormat } from './formats.ts'
import { SNIFF_BYTES, sniff } from './formats.ts'
import { decoderError, emptyFile, fileError, noSuchFrame, notAnImage, refusedFormat } from './imageErrors.ts'

// libvips keeps decoded files by name, and would show yesterday's pixels after a file was replaced.
sharp.cache(false)

export interface Source {
  readonly file: string
  readonly format: ImageFormat
  readonly head: Buffer
}

/** Looks at the first bytes of `file`. Throws not-found, unreadable-image or unsupported-image. */
export async function openSource(file: string): Promise<Source> {
  const head = await readHead(file)
  if (head.length === 0) throw emptyFile(file)
  const format = sniff(head)
  if (format === null) throw notAnImage(file)
  if (typeof format === 'object') throw refusedFormat(file, format.refused)
  return { file, format, head }
}

async function readHead(file: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileError(error, file)
  }
}

/**
 * A sharp pipeline on one frame. Damage is an error, not a grey patch: warnings count too, except in TIFF,
 * where they are about tags nobody needs (formats.md section 5). Sizes are checked by the caller, from the header.
 */
export function sharpOn(source: Source, frame: number, options: { ignoreIcc?: boolean } = {}): Sharp {
  const failOn = source.format === 'tiff' ? 'error' : 'warning'
  return sharp(source.file, { page: frame, failOn, limitInputPixels: false, ...options })
}

/** The header of one frame. Throws invalid-argument for a frame the file lacks, unreadable-image for a broken header. */
export async function sharpHeader(source: Source, frame: number): Promise<Metadata> {
  try {
    const first = await sharpOn(source, 0).metadata()
    const frames = first.pages ?? 1
    if (!Number.isInteger(frame) || frame < 0 || frame >= frames) throw noSuchFrame(source.file, frame, frames)
    return frame === 0 ? first : await sharpOn(source, frame).metadata()
  } catch (error) {
    throw error instanceof AppError ? error : decoderError(error, source.file)
  }
}
