/** One picture the engine has at hand: its pixels and what each model keeps of it, made when first asked for. */
import { stat } from 'node:fs/promises'
import { drawGrid } from '../media/grid.ts'
import type { SeenImage } from '../media/seen.ts'
import type { PictureRef } from './engineContract.ts'
import type { Grounder, GroundingSession, RgbImage, SegmentationSession, Segmenter } from './seams.ts'

export interface Models {
  readonly grounder: Grounder
  readonly segmenter: Segmenter
}

export type Decode = (picture: PictureRef, signal?: AbortSignal) => Promise<SeenImage>

/** Asked by one run at a time. What failed or was cancelled is made again when asked for again. */
export class OpenPicture {
  readonly #ref: PictureRef
  readonly #models: Models
  readonly #decode: Decode
  #image: SeenImage | null = null
  readonly #grounding = new Map<boolean, GroundingSession>()
  readonly #segmentation = new Map<boolean, SegmentationSession>()

  constructor(ref: PictureRef, models: Models, decode: Decode) {
    this.#ref = ref
    this.#models = models
    this.#decode = decode
  }

  async image(signal?: AbortSignal): Promise<SeenImage> {
    this.#image ??= await this.#decode(this.#ref, signal)
    return this.#image
  }

  /** @param grid draw the grid over the picture before the model sees it */
  async grounding(grid: boolean, signal?: AbortSignal): Promise<GroundingSession> {
    const there = this.#grounding.get(grid)
    if (there !== undefined) return there
    const session = await this.#models.grounder.open(await this.#seen(grid, signal), signal)
    this.#grounding.set(grid, session)
    return session
  }

  async segmentation(grid: boolean, signal?: AbortSignal): Promise<SegmentationSession> {
    const there = this.#segmentation.get(grid)
    if (there !== undefined) return there
    const session = await this.#models.segmenter.open(await this.#seen(grid, signal), signal)
    this.#segmentation.set(grid, session)
    return session
  }

  async #seen(grid: boolean, signal?: AbortSignal): Promise<RgbImage> {
    const image = await this.image(signal)
    return grid ? drawGrid(image) : image
  }
}

/** Pixels and caches of a picture are large, and a person goes to and fro between neighbours. */
const KEPT = 3

/** The last few pictures. A file that was changed on disk is another picture, and so is one seen through another window. */
export class RecentPictures {
  readonly #open: (ref: PictureRef) => OpenPicture
  readonly #kept = new Map<string, OpenPicture>()

  constructor(open: (ref: PictureRef) => OpenPicture) {
    this.#open = open
  }

  async get(ref: PictureRef): Promise<OpenPicture> {
    // A missing file gets its proper error when it is decoded.
    const state = await stat(ref.file).then(({ mtimeMs, size }) => `${String(mtimeMs)}:${String(size)}`, () => 'missing')
    const key = `${state}#${String(ref.frame)}#${JSON.stringify(ref.window ?? null)}#${ref.file}`
    const picture = this.#kept.get(key) ?? this.#open(ref)
    this.#kept.delete(key)
    this.#kept.set(key, picture)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest)
    return picture
  }

  clear(): void {
    this.#kept.clear()
  }
}
