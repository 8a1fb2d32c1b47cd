/** Pictures for the screen: the file itself where a browser shows it rightly, else upright pixels made from it. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import type { ImageId } from '../../shared/model.ts'
import { decodeRgb } from '../media/decode.ts'
import { decoderError, fileError } from '../media/imageErrors.ts'
import { openSource, sharpHeader, sharpOn, type Source } from '../media/source.ts'
import type { AppFiles } from './appFiles.ts'
import type { Picture } from './types.ts'

/** Longer sides are scaled down for the screen; models and exports always see the full picture. */
export const MAX_SCREEN_SIDE = 4096
const THUMBNAIL_SIDE = 192
const BROWSER_TYPES: Readonly<Record<string, Picture['type']>> = { jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp' }

/** Photos stay photos: their pixels as PNG would be ten times the bytes. */
const forScreen: Readonly<Record<'photo' | 'exact' | 'thumbnail', (pixels: Sharp) => Sharp>> = {
  photo: (pixels) => pixels.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
  exact: (pixels) => pixels.png({ compressionLevel: 1 }),
  thumbnail: (pixels) => pixels.jpeg({ quality: 82 }),
}

export class AppPictures {
  readonly #files: AppFiles
  readonly #folder: string

  /** Thumbnails are kept in `folder`. */
  constructor(files: AppFiles, folder: string) {
    this.#files = files
    this.#folder = folder
  }

  /** @throws AppError not-found, unreadable-image, unsupported-image, image-too-large, invalid-argument (no such frame) */
  image(imageId: ImageId, frame: number): Promise<Picture> {
    return this.#files.use(imageId, async (file) => {
      const source = await openSource(file)
      const asItIs = frame === 0 ? await browserFile(source) : null
      if (asItIs) return asItIs
      return source.format === 'jpeg'
        ? { type: 'image/jpeg', bytes: await fitted(file, frame, MAX_SCREEN_SIDE, 'photo') }
        : { type: 'image/png', bytes: await fitted(file, frame, MAX_SCREEN_SIDE, 'exact') }
    })
  }

  /** Kept by path, size and time of the file, so that a list of thousands is read once. Throws like `image`. */
  thumbnail(imageId: ImageId): Promise<Picture> {
    return this.#files.use(imageId, async (file, { size, mtime }) => {
      const key = createHash('sha256').update(`${file}\n${String(size)}\n${String(mtime)}`).digest('hex')
      const cached = join(this.#folder, key.slice(0, 2), `${key}.jpg`)
      const kept = await readFile(cached).catch(() => null)
      if (kept) return { type: 'image/jpeg', bytes: kept }
      const source = await openSource(file)
      const bytes = source.format === 'jpeg' ? await smallJpeg(source) : await fitted(file, 0, THUMBNAIL_SIDE, 'thumbnail')
      await keep(join(this.#folder, key.slice(0, 2)), cached, bytes)
      return { type: 'image/jpeg', bytes }
    })
  }
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

/** The file's own bytes, or null where a browser would show other pixels than the models see, or only a part of them. */
async function browserFile(source: Source): Promise<Picture | null> {
  const type = BROWSER_TYPES[source.format]
  if (type === undefined) return null
  const { space, depth, width, height, orientation = 1, pages = 1 } = await sharpHeader(source, 0)
  const plain = depth === 'uchar' && (space === 'srgb' || space === 'b-w') && orientation === 1 && pages === 1
  if (!plain || Math.max(width, height) > MAX_SCREEN_SIDE) return null
  const bytes = await readFile(source.file).catch((error: unknown): never => {
    throw fileError(error, source.file)
  })
  return isWhole(type, bytes) ? { type, bytes } : null
}

/** Whether the file ends as its format says; one that does not is decoded, which tells a harmless tail from a missing one. */
function isWhole(type: Picture['type'], bytes: Buffer): boolean {
  if (type === 'image/webp') return bytes.readUInt32LE(4) + 8 <= bytes.length
  const end = type === 'image/jpeg' ? Buffer.from([0xff, 0xd9]) : Buffer.from('IEND\xaeB`\x82', 'latin1')
  return bytes.subarray(-end.length).equals(end)
}

/** A photo is never decoded whole for a thumbnail: libjpeg gives an eighth of its size at once. */
async function smallJpeg(source: Source): Promise<Buffer> {
  const small = sharpOn(source, 0).autoOrient().resize({ width: THUMBNAIL_SIDE, height: THUMBNAIL_SIDE, fit: 'inside', withoutEnlargement: true })
  return forScreen.thumbnail(small.toColourspace('srgb')).toBuffer().catch((error: unknown): never => {
    throw decoderError(error, source.file)
  })
}

async function fitted(file: string, frame: number, side: number, kind: keyof typeof forScreen): Promise<Buffer> {
  const { width, height, data } = await decodeRgb(file, frame)
  const pixels = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
  return forScreen[kind](pixels.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })).toBuffer()
}
