/** Small pictures for lists, made once. */
import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import type { EncodedPicture } from '../media/browserFile.ts'
import { samplesOf } from '../media/decode.ts'
import { toDisplay8 } from '../media/display8.ts'
import { decoderError } from '../media/imageErrors.ts'
import { openSource } from '../media/source.ts'
import { openUpright } from '../media/upright.ts'
import { replaceFile } from './replaceFile.ts'

const SIDE = 192

export class Thumbnails {
  readonly #folder: string

  /** Kept in `folder`. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Kept by path, size and time of the file, so that a list of thousands is read once. Throws like `decodeRgb`. */
  async get(file: string, { size, mtime }: { readonly size: number; readonly mtime: number }): Promise<EncodedPicture> {
    const key = createHash('sha256').update(`${file}\n${String(size)}\n${String(mtime)}`).digest('hex')
    const folder = join(this.#folder, key.slice(0, 2))
    const cached = join(folder, `${key}.jpg`)
    const kept = await readFile(cached).catch(() => null)
    if (kept) return { type: 'image/jpeg', bytes: kept }
    const bytes = await makeThumbnail(file)
    await keep(folder, cached, bytes)
    return { type: 'image/jpeg', bytes }
  }
}

/**
 * Of a JPEG libjpeg gives an eighth of its size at once, and most others are made small row by row. Deep ones are shown
 * through the range of what is left of their values then.
 */
async function makeThumbnail(file: string): Promise<Buffer> {
  const { kind, pixels } = await openUpright(await openSource(file), 0)
  const small = pixels.resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
  try {
    return await forList(kind === 'deep' ? await through8(small) : small)
  } catch (error) {
    throw decoderError(error, file)
  }
}

async function through8(pixels: Sharp): Promise<Sharp> {
  const { data, width, height } = toDisplay8(await samplesOf(pixels))
  return sharp(data, { raw: { width, height, channels: 3 } })
}

function forList(pixels: Sharp): Promise<Buffer> {
  return pixels.flatten({ background: '#ffffff' }).jpeg({ quality: 82 }).toBuffer()
}

/** A full disk or a folder that can't be written makes thumbnails slow, not wrong: then they are made again each time. */
async function keep(folder: string, file: string, bytes: Buffer): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await replaceFile(file, bytes)
  } catch {
    return
  }
}
