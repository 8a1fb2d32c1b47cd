/** Pictures for the screen: the file itself where a browser shows it rightly, else upright pixels made from it. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { AppError } from '../../shared/errors.ts'
import type { ImageId } from '../../shared/model.ts'
import { decodeRgb, probe } from '../media/decode.ts'
import type { StoredImage } from '../store/images.ts'
import type { AppSession } from './appSession.ts'
import type { Picture } from './types.ts'

/** Longer sides are scaled down for the screen; models and exports always see the full picture. */
export const MAX_SCREEN_SIDE = 4096
const THUMBNAIL_SIDE = 192
const BROWSER_TYPES: Readonly<Record<string, Picture['type']>> = { jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp' }

export class AppPictures {
  readonly #session: AppSession

  constructor(session: AppSession) {
    this.#session = session
  }

  async image(imageId: ImageId, frame: number): Promise<Picture> {
    const { image, file } = this.#readable(imageId)
    const { format } = await probe(file)
    const type = BROWSER_TYPES[format]
    const asItIs = image.orientation === 1 && image.depth === 8 && image.frames === 1 && Math.max(image.width, image.height) <= MAX_SCREEN_SIDE
    if (type !== undefined && asItIs) return { type, bytes: await readFile(file) }
    return shrunk(file, frame, MAX_SCREEN_SIDE, 'image/png')
  }

  /** Kept in the data folder by what the file is, so that a list of thousands is read once. */
  async thumbnail(imageId: ImageId): Promise<Picture> {
    const { image, file } = this.#readable(imageId)
    const key = createHash('sha256').update(`${file}\n${String(image.size)}\n${String(image.mtime)}`).digest('hex')
    const folder = join(this.#session.dataFolder, 'thumbnails', key.slice(0, 2))
    const cached = join(folder, `${key}.jpg`)
    const kept = await readFile(cached).catch(() => null)
    if (kept) return { type: 'image/jpeg', bytes: kept }
    const picture = await shrunk(file, 0, THUMBNAIL_SIDE, 'image/jpeg')
    await mkdir(folder, { recursive: true })
    await writeFile(`${cached}.${String(process.pid)}.part`, picture.bytes)
    await rename(`${cached}.${String(process.pid)}.part`, cached)
    return picture
  }

  #readable(imageId: ImageId): { image: StoredImage; file: string } {
    const { images } = this.#session.project
    const image = images.get(imageId)
    if (image.status !== 'ok') throw new AppError('unreadable-image', image.problem ?? 'This image can not be read.')
    return { image, file: images.fileOf(image) }
  }
}

async function shrunk(file: string, frame: number, side: number, type: 'image/png' | 'image/jpeg'): Promise<Picture> {
  const { width, height, data } = await decodeRgb(file, frame)
  const fitted = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false }).resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
  const encoded = type === 'image/png' ? fitted.png({ compressionLevel: 1 }) : fitted.jpeg({ quality: 82 })
  return { type, bytes: await encoded.toBuffer() }
}
