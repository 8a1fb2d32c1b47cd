/** Small pictures for lists, made once. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { isTiled } from '../../shared/pictures.ts'
import type { EncodedPicture } from '../media/browserFile.ts'
import { decodeRgb } from '../media/decode.ts'
import { decoderError } from '../media/imageErrors.ts'
import { openSource } from '../media/source.ts'
import { openUpright } from '../media/upright.ts'
import { pictureOf } from './pyramidPicture.ts'
import type { PyramidCache } from './pyramidCache.ts'

const SIDE = 192

export class Thumbnails {
  readonly #folder: string
  readonly #pyramids: PyramidCache

  /** Kept in `folder`. */
  constructor(folder: string, pyramids: PyramidCache) {
    this.#folder = folder
    this.#pyramids = pyramids
  }

  /** Kept by path, size and time of the file, so that a list of thousands is read once. Throws like `decodeRgb`. */
  async get(file: string, { size, mtime }: { readonly size: number; readonly mtime: number }): Promise<EncodedPicture> {
    const key = createHash('sha256').update(`${file}\n${String(size)}\n${String(mtime)}`).digest('hex')
    const folder = join(this.#folder, key.slice(0, 2))
    const cached = join(folder, `${key}.jpg`)
    const kept = await readFile(cached).catch(() => null)
    if (kept) return { type: 'image/jpeg', bytes: kept }
    const bytes = await this.#make(file)
    await keep(folder, cached, bytes)
    return { type: 'image/jpeg', bytes }
  }

  /** Never decodes a photo whole: libjpeg gives an eighth of its size at once. */
  async #make(file: string): Promise<Buffer> {
    const { kind, pixels, size } = await openUpright(await openSource(file), 0)
    if (kind !== 'deep') return small(pixels, file)
    const pyramid = isTiled({ ...size, depth: 16 }) ? await this.#pyramids.get(file, 0) : null
    if (pyramid) {
      const level = pyramid.levels.findLastIndex(({ width, height }) => Math.max(width, height) >= SIDE)
      return small(sharp((await pictureOf(pyramid, level)).bytes), file)
    }
    const { data, ...whole } = await decodeRgb(file, 0)
    return small(sharp(data, { raw: { ...whole, channels: 3 } }), file)
  }
}

function small(pixels: Sharp, file: string): Promise<Buffer> {
  const fitted = pixels.resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true }).flatten({ background: '#ffffff' })
  return fitted.jpeg({ quality: 82 }).toBuffer().catch((error: unknown): never => {
    throw decoderError(error, file)
  })
}

/** A full disk or a folder that can't be written makes thumbnails slow, not wrong: then they are made again each time. */
async function keep(folder: string, file: string, bytes: Buffer): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    const part = `${file}.${randomUUID()}.part`
    await writeFile(part, bytes)
    await rename(part, file)
  } catch {
    return
  }
}
