/**
 * A picture in halves of its size, each cut into tiles, in one TIFF of our own: any part of it is read in milliseconds,
 * however long the picture itself takes to decode. Samples stay as deep as they are; only photos are compressed.
 */
import sharp, { type Sharp } from 'sharp'
import { z } from 'zod'
import type { Box, Size } from '../../shared/geometry.ts'
import { levelSizes, SampleStats, TILE_SIDE } from '../../shared/pictures.ts'
import { samplesOf, type Image16 } from './decode.ts'
import { convertError } from './imageErrors.ts'
import { SampleHistogram } from './sampleStats.ts'
import type { Source } from './source.ts'
import { openUpright } from './upright.ts'

export const PyramidInfo = z.object({
  kind: z.enum(['photo', 'exact', 'deep']),
  /** Of each level, in pixels of that level. */
  levels: z.array(z.object({ width: z.number().int(), height: z.number().int() })).min(1),
  /** Of deep pictures. */
  stats: SampleStats.nullable(),
})
export type PyramidInfo = z.infer<typeof PyramidInfo>

/**
 * Writes the pyramid of one frame to `file`. Takes little memory unless EXIF turns the picture or it is a BMP.
 * Throws like `decodeRgb`, and disk-full.
 */
export async function writePyramid(source: Source, frame: number, file: string): Promise<PyramidInfo> {
  const { pixels, size, kind } = await openUpright(source, frame)
  const levels = levelSizes(size)
  // libvips refuses tiles larger than the picture.
  const tiles = levels.length > 1 ? { tile: true, tileWidth: TILE_SIDE, tileHeight: TILE_SIDE, pyramid: true } : {}
  const compression = kind === 'photo' ? ({ compression: 'jpeg', quality: 95 } as const) : ({ compression: 'none' } as const)
  await pixels.tiff({ ...tiles, ...compression, bigtiff: true }).toFile(file).catch((error: unknown): never => {
    throw convertError(error, source.file, file)
  })
  return { kind, levels, stats: kind === 'deep' ? await statsOf(file, size) : null }
}

/** Row of tiles after row of tiles. */
async function statsOf(file: string, { width, height }: Size): Promise<SampleStats> {
  const histogram = new SampleHistogram()
  for (let y0 = 0; y0 < height; y0 += TILE_SIDE) {
    histogram.add(await readSamples(file, 0, { x0: 0, y0, x1: width, y1: Math.min(height, y0 + TILE_SIDE) }))
  }
  return histogram.stats(16)
}

/** A part of one level of a pyramid, in whole pixels of that level, as a pipeline. */
export function openPart(file: string, level: number, { x0, y0, x1, y1 }: Box): Sharp {
  return sharp(file, { page: level, limitInputPixels: false, ignoreIcc: true }).extract({ left: x0, top: y0, width: x1 - x0, height: y1 - y0 })
}

/** A part of one level of the pyramid of a deep picture: its samples as they are stored. */
export async function readSamples(file: string, level: number, part: Box): Promise<Image16> {
  const pipeline = openPart(file, level, part)
  const { space } = await sharp(file).metadata()
  return samplesOf(pipeline.toColourspace(space))
}
