/**
 * Pictures for the screen: the file itself where a browser shows it rightly, else upright pixels made from it; large ones
 * as an overview and tiles, deep ones through a window. Models see deep ones through the same window; until a person chooses
 * one that is their whole range.
 */
import { join } from 'node:path'
import { toWireError } from '../../shared/errors.ts'
import type { Size } from '../../shared/geometry.ts'
import type { ImageId } from '../../shared/model.ts'
import { isTiled, OVERVIEW_SIDE, type SampleStats, type SampleWindow, type TileAt } from '../../shared/pictures.ts'
import { browserFile } from '../media/browserFile.ts'
import { frameSize } from '../media/decode.ts'
import { decoderError } from '../media/imageErrors.ts'
import { readSamples } from '../media/pyramid.ts'
import { openSource } from '../media/source.ts'
import { isDeepFrame, openUpright } from '../media/upright.ts'
import type { AppFiles } from './appFiles.ts'
import { PyramidCache, type Pyramid } from './pyramidCache.ts'
import { encode, pictureOf, tileBox } from './pyramidPicture.ts'
import { Thumbnails } from './thumbnails.ts'
import type { AppServices, Picture } from './types.ts'

export class AppPictures {
  readonly #files: AppFiles
  readonly #pyramids: PyramidCache
  readonly #thumbnails: Thumbnails

  /** Thumbnails and pyramids are kept below `folder`. */
  constructor(files: AppFiles, folder: string) {
    this.#files = files
    this.#pyramids = new PyramidCache(join(folder, 'pyramids'))
    this.#thumbnails = new Thumbnails(join(folder, 'thumbnails'))
  }

  readonly handlers: Pick<AppServices['handlers'], 'images.problem' | 'images.frameSize' | 'images.samples' | 'images.sampleAt'> = {
    'images.problem': ({ imageId, frame }) => this.problem(imageId, frame),
    'images.frameSize': ({ imageId, frame }) => this.frameSize(imageId, frame),
    'images.samples': ({ imageId, frame }) => this.samples(imageId, frame),
    'images.sampleAt': ({ imageId, frame, x, y }) => this.sampleAt(imageId, frame, x, y),
  }

  /**
   * All of a frame: in its own size, or the overview of one that is tiled.
   * @throws AppError not-found, unreadable-image, unsupported-image, image-too-large, invalid-argument (no such frame), disk-full
   */
  image(imageId: ImageId, frame: number, window?: SampleWindow): Promise<Picture> {
    return this.#files.use(imageId, async (file) => {
      const source = await openSource(file)
      const asItIs = frame === 0 ? await browserFile(source) : null
      if (asItIs) return asItIs
      const { kind, size, pixels } = await openUpright(source, frame)
      const isWhole = !isTiled({ ...size, depth: kind === 'deep' ? 16 : 8 })
      const pyramid = kind === 'deep' ? await this.#pyramids.get(file, frame) : isWhole ? null : await this.#pyramids.find(file, frame)
      if (pyramid) return pictureOf(pyramid, isWhole ? 0 : overviewLevel(pyramid), undefined, window)
      const side = OVERVIEW_SIDE
      const shown = isWhole ? pixels : pixels.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      return encode(shown, kind === 'photo' ? 'photo' : 'exact').catch((error: unknown): never => {
        throw decoderError(error, file)
      })
    })
  }

  /** Throws like `image`, also invalid-argument for a tile that is not there. */
  tile(imageId: ImageId, frame: number, at: TileAt, window?: SampleWindow): Promise<Picture> {
    return this.#files.use(imageId, async (file) => {
      const pyramid = await this.#pyramids.get(file, frame)
      return pictureOf(pyramid, at.level, tileBox(pyramid, at), window)
    })
  }

  /** Why a frame can't be shown, in words; null where it can. */
  problem(imageId: ImageId, frame: number): Promise<string | null> {
    return this.image(imageId, frame).then(() => null, (error: unknown) => toWireError(error).message)
  }

  /** Upright. Throws like `image`. */
  frameSize(imageId: ImageId, frame: number): Promise<Size> {
    return this.#files.use(imageId, async (file) => frameSize(await openSource(file), frame))
  }

  /** Null for pictures that are shown without a window. Throws like `image`. */
  samples(imageId: ImageId, frame: number): Promise<SampleStats | null> {
    return this.#files.use(imageId, async (file) => {
      return (await isDeepFrame(await openSource(file), frame)) ? (await this.#pyramids.get(file, frame)).stats : null
    })
  }

  /**
   * The stored values of the pixel in column x and row y, as many as it has channels; none outside, and of pictures that are
   * not deep or were not shown yet. Throws like `image`.
   */
  sampleAt(imageId: ImageId, frame: number, x: number, y: number): Promise<number[]> {
    return this.#files.use(imageId, async (file) => {
      const pyramid = await this.#pyramids.find(file, frame)
      const size = pyramid?.levels[0]
      if (pyramid?.kind !== 'deep' || !size || x >= size.width || y >= size.height) return []
      return [...(await readSamples(pyramid.file, 0, { x0: x, y0: y, x1: x + 1, y1: y + 1 })).data]
    })
  }

  /** Upright, on white. Throws like `image`. */
  thumbnail(imageId: ImageId): Promise<Picture> {
    return this.#files.use(imageId, (file, image) => this.#thumbnails.get(file, image))
  }
}

/** The largest that is no longer than an overview; the last of a picture too thin for that. */
function overviewLevel({ levels }: Pyramid): number {
  const found = levels.findIndex(({ width, height }) => Math.max(width, height) <= OVERVIEW_SIDE)
  return found < 0 ? levels.length - 1 : found
}
