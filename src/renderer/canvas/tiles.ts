/** Parts of pictures too large to be shown whole: those in sight, at the resolution of the screen, and a few more. */
import { tileUrl } from '../../shared/appContract.ts'
import type { Box, Size } from '../../shared/geometry.ts'
import type { ImageId } from '../../shared/model.ts'
import { levelSizes, TILE_SIDE, type SampleWindow, type TileAt } from '../../shared/pictures.ts'
import { elementOf } from './pictures.ts'

/** Fetched side by side: a browser opens six connections, and pictures and lists need some of them. */
const AT_ONCE = 3
/** Tiles kept that are not in sight, 1 MB each. */
const SPARE = 64

export interface TileSource {
  readonly imageId: ImageId
  readonly frame: number
  /** Of the whole picture. */
  readonly size: Size
  readonly window: SampleWindow | null
}

export interface PlacedTile {
  readonly bitmap: ImageBitmap
  /** Image pixels. */
  readonly box: Box
}

/** The level that has at least as many pixels as the screen shows; `scale`: device pixels per image pixel. */
export function levelFor({ width, height }: Size, scale: number): number {
  const wanted = Math.floor(Math.log2(1 / scale))
  return Math.min(levelSizes({ width, height }).length - 1, Math.max(0, wanted))
}

/** The tiles of a level that meet a part of the image, row by row. */
export function tilesIn(size: Size, level: number, part: Box): TileAt[] {
  const side = TILE_SIDE * 2 ** level
  const { width, height } = levelSizes(size)[level]!
  const last = (length: number) => Math.ceil(length / TILE_SIDE) - 1
  const [left, top] = [Math.max(0, Math.floor(part.x0 / side)), Math.max(0, Math.floor(part.y0 / side))]
  const [right, bottom] = [Math.min(last(width), Math.ceil(part.x1 / side) - 1), Math.min(last(height), Math.ceil(part.y1 / side) - 1)]
  const tiles: TileAt[] = []
  for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) tiles.push({ level, x, y })
  return tiles
}

export class Tiles {
  readonly #onChange: () => void
  readonly #onFailure: (source: TileSource) => void
  #source: TileSource | null = null
  /** By address, used longest ago first. */
  readonly #bitmaps = new Map<string, ImageBitmap>()
  readonly #loading = new Map<string, HTMLImageElement>()
  readonly #failed = new Set<string>()

  constructor(onChange: () => void, onFailure: (source: TileSource) => void) {
    this.#onChange = onChange
    this.#onFailure = onFailure
  }

  /** Tiles of other pictures, and of other windows, are let go. */
  show(source: TileSource | null): void {
    this.#source = source
    this.#failed.clear()
    this.#cancel(new Set())
    for (const [url, bitmap] of this.#bitmaps) this.#drop(url, bitmap)
  }

  /**
   * What there is of a part of the image, coarse below fine, and asks for what lacks. `level`: as fine as the screen can
   * show; null where the overview is fine enough.
   */
  in(part: Box, level: number | null): PlacedTile[] {
    const source = this.#source
    if (!source) return []
    const coarsest = levelSizes(source.size).length - 1
    const sight = level === null ? [] : tilesIn(source.size, level, part)
    // The one tile of all is always asked for: the host makes the others ready while the whole is looked at.
    this.#want(source, [...sight, { level: coarsest, x: 0, y: 0 }])
    if (level === null) return []
    const isWhole = sight.every((at) => this.#bitmaps.has(urlOf(source, at)))
    const placed = isWhole ? [] : this.#coarser(source, part, level, coarsest)
    return [...placed, ...sight.flatMap((at) => this.#placed(source, at))]
  }

  #coarser(source: TileSource, part: Box, level: number, coarsest: number): PlacedTile[] {
    const placed: PlacedTile[] = []
    for (let other = coarsest - 1; other > level; other--) placed.push(...tilesIn(source.size, other, part).flatMap((at) => this.#placed(source, at)))
    return placed
  }

  #placed(source: TileSource, at: TileAt): PlacedTile[] {
    const url = urlOf(source, at)
    const bitmap = this.#bitmaps.get(url)
    if (!bitmap) return []
    this.#bitmaps.delete(url)
    this.#bitmaps.set(url, bitmap)
    const step = 2 ** at.level
    const [x0, y0] = [at.x * TILE_SIDE * step, at.y * TILE_SIDE * step]
    return [{ bitmap, box: { x0, y0, x1: x0 + bitmap.width * step, y1: y0 + bitmap.height * step } }]
  }

  #want(source: TileSource, tiles: readonly TileAt[]): void {
    const urls = tiles.map((at) => urlOf(source, at))
    this.#cancel(new Set(urls))
    for (const url of urls) {
      if (this.#loading.size >= AT_ONCE) break
      if (!this.#bitmaps.has(url) && !this.#loading.has(url) && !this.#failed.has(url)) this.#load(source, url)
    }
    for (const [url, bitmap] of this.#bitmaps) {
      if (this.#bitmaps.size <= urls.length + SPARE) break
      this.#drop(url, bitmap)
    }
  }

  #load(source: TileSource, url: string): void {
    const element = elementOf(url)
    this.#loading.set(url, element)
    const isWanted = () => this.#loading.get(url) === element
    element
      .decode()
      .then(() => createImageBitmap(element))
      .then(
        (bitmap) => {
          if (isWanted()) this.#bitmaps.set(url, bitmap)
          else bitmap.close()
        },
        () => {
          if (!isWanted()) return
          if (this.#failed.size === 0) this.#onFailure(source)
          this.#failed.add(url)
        },
      )
      .finally(() => {
        if (!isWanted()) return
        this.#loading.delete(url)
        this.#onChange()
      })
  }

  /** An image element without a source ends its request. */
  #cancel(wanted: ReadonlySet<string>): void {
    for (const [url, element] of this.#loading) {
      if (wanted.has(url)) continue
      this.#loading.delete(url)
      element.src = ''
    }
  }

  #drop(url: string, bitmap: ImageBitmap): void {
    this.#bitmaps.delete(url)
    bitmap.close()
  }
}

function urlOf({ imageId, frame, window }: TileSource, at: TileAt): string {
  return tileUrl(imageId, frame, at, window)
}
