/** Every way a picture can fail, in words that say what to do. */
import { basename, dirname } from 'node:path'
import { AppError, messageOf } from '../../shared/errors.ts'

/** Pixels of one frame, by its header. 1 Gpx takes 3 GB of memory as RGB. */
export const DEFAULT_PIXEL_LIMIT = 1_000_000_000

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** The AppError for a failed open, stat or read of `file`. */
export function fileError(error: unknown, file: string): AppError {
  const details = { file }
  const code = errnoOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('not-found', `${file} is not there. It was moved, renamed or deleted: put it back or remove it from the project.`, details, error)
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new AppError('unreadable-image', `No permission to read ${file}. Change its permissions, then try again.`, details, error)
  }
  if (code === 'EISDIR') return notAnImage(file, 'It is a folder.')
  const reason = messageOf(error)
  return new AppError('unreadable-image', `${file} can't be read (${reason}). Check the disk or network it is on, then try again.`, details, error)
}

export function emptyFile(file: string): AppError {
  return new AppError('unreadable-image', `${basename(file)} is empty (0 bytes). Copy it again from where it came from.`, { file })
}

export function notAnImage(file: string, why = 'Its first bytes belong to no picture format.'): AppError {
  const what = 'Marquee reads JPEG, PNG, WebP, GIF, TIFF, BMP and AVIF.'
  return new AppError('unsupported-image', `${basename(file)} is not an image. ${why} ${what}`, { file })
}

export function refusedFormat(file: string, format: string, detail = ''): AppError {
  const message = `${basename(file)} is ${format}, which Marquee can't read${detail && ` (${detail})`}. Save it as PNG or TIFF and add that.`
  return new AppError('unsupported-image', message, { file, format })
}

export function tooLarge(file: string, width: number, height: number, limit: number): AppError {
  const mega = (pixels: number) => `${Math.round(pixels / 1e6).toLocaleString('en')} megapixels`
  const message =
    `${basename(file)} is ${width} x ${height} pixels (${mega(width * height)}); the limit is ${mega(limit)}. ` +
    'Scale it down or cut it into tiles.'
  return new AppError('image-too-large', message, { file, width, height, limit })
}

export function noSuchFrame(file: string, frame: number, frames: number): AppError {
  return new AppError('invalid-argument', `${basename(file)} has ${frames} frame(s), numbered from 0; there is no frame ${frame}.`, { file, frame, frames })
}

export function damaged(file: string, reason: string, cause?: unknown): AppError {
  const message = `${basename(file)} is damaged (${reason}). Copy it again from where it came from, or repair it in an image editor.`
  return new AppError('unreadable-image', message, { file, reason }, cause)
}

export function cutShort(file: string, reason: string, cause?: unknown): AppError {
  const message = `${basename(file)} is cut short: its end is missing (${reason}). Copy it again from where it came from.`
  return new AppError('unreadable-image', message, { file, reason }, cause)
}

/** The AppError for what sharp (libvips) said while reading `file`. */
export function decoderError(error: unknown, file: string): AppError {
  const reason = messageOf(error).split('\n')[0]!.trim()
  if (/Input file is missing/.test(reason)) return fileError(Object.assign(new Error(reason), { code: 'ENOENT' }), file)
  // The first bytes were right, so it is not another format: a TIFF's directory lies at its end.
  if (/contains unsupported image format/.test(reason)) return damaged(file, 'its directory is missing or broken: it may be cut short', error)
  if (/corrupt header|corrupt jpeg/i.test(reason)) return damaged(file, reason, error)
  if (/premature end|read error|read gave|out of data|end of (file|image|stream|data)|truncat|not enough|short (read|data)|unexpected end/i.test(reason)) {
    return cutShort(file, reason, error)
  }
  if (/unsupported|not support|not implemented|not configured|unknown compression/i.test(reason)) return refusedFormat(file, 'of a kind', reason)
  return damaged(file, reason, error)
}

/** The AppError for what sharp (libvips) said while writing `target` from `file`. */
export function convertError(error: unknown, file: string, target: string): AppError {
  const words = messageOf(error)
  if (!/no space left|write failed|unable to write|disk quota/i.test(words)) return decoderError(error, file)
  const message = `No room to prepare ${basename(file)} for the screen: ${dirname(target)} can't be written. Free some space on that disk.`
  return new AppError('disk-full', message, { file, folder: dirname(target) }, error)
}
