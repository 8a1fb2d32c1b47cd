/** Pictures for the screen, as both ends of the wire know them: tiles of large ones, windows of deep ones. */
import { z } from 'zod'
import type { Size } from './geometry.ts'

/** Width and height of a tile, in pixels of its level. */
export const TILE_SIDE = 512
/** 8-bit pictures with sides up to this are sent whole. */
export const MAX_SCREEN_SIDE = 4096
/** The longest side of the overview of a tiled picture, at most. */
export const OVERVIEW_SIDE = 2048

/** Level 0 holds the image's own pixels, each further one half as many a side; x and y count tiles from the top left. */
export interface TileAt {
  readonly level: number
  readonly x: number
  readonly y: number
}

/** Whether a picture comes as an overview and tiles. Deep ones sooner, since each step of their window is rendered anew. */
export function isTiled({ width, height, depth }: Size & { readonly depth: number }): boolean {
  return Math.max(width, height) > (depth > 8 ? OVERVIEW_SIDE : MAX_SCREEN_SIDE)
}

/** The sizes of all levels, as libvips makes pyramids: halved and rounded down until one tile holds all, or a side is gone. */
export function levelSizes(size: Size): Size[] {
  const sizes = [{ width: size.width, height: size.height }]
  for (let { width, height } = size; Math.max(width, height) > TILE_SIDE && Math.min(width, height) > 1; ) {
    width = Math.floor(width / 2)
    height = Math.floor(height / 2)
    sizes.push({ width, height })
  }
  return sizes
}

/** Stored values shown as black (low and below) and white (high and above), linear between. */
export const SampleWindow = z.object({ low: z.number().int().min(0), high: z.number().int().max(65535) }).refine(({ low, high }) => low < high)
export type SampleWindow = Readonly<z.infer<typeof SampleWindow>>

/** How models see deep pictures: through a window, or through the one that leaves out 1 % of a frame's values at either end. */
export const ModelWindow = z.union([SampleWindow, z.literal('percentiles')])
export type ModelWindow = Readonly<SampleWindow> | 'percentiles'

/** What the samples of one frame of a deep picture are, among pixels that are not fully transparent. */
export const SampleStats = z.object({
  /** Bits per sample of the file. */
  bits: z.number().int(),
  /** Smallest and largest value; a picture of one value only has a range of 1. */
  range: SampleWindow,
  /** 1 % of the values lie below, 1 % above. */
  percentiles: SampleWindow,
})
export type SampleStats = z.infer<typeof SampleStats>
