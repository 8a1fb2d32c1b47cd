/** Parts of pyramids as a browser shows them. */
import sharp, { type Sharp } from 'sharp'
import { AppError } from '../../shared/errors.ts'
import type { Box } from '../../shared/geometry.ts'
import { TILE_SIDE, type SampleWindow, type TileAt } from '../../shared/pictures.ts'
import type { EncodedPicture } from '../media/browserFile.ts'
import { throughWindow } from '../media/display8.ts'
import { openPart, readSamples } from '../media/pyramid.ts'
import type { Pyramid } from './pyramidCache.ts'

/** Photos stay photos: their pixels as PNG would be ten times the bytes. */
export function encode(pixels: Sharp, kind: 'photo' | 'exact'): Promise<EncodedPicture> {
  return kind === 'photo'
    ? pixels.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer().then((bytes) => ({ type: 'image/jpeg', bytes }))
    : pixels.png({ compressionLevel: 1 }).toBuffer().then((bytes) => ({ type: 'image/png', bytes }))
}

/**
 * A part of one level, else all of it; deep ones through the window, or through their range: then they look as models see
 * them.
 */
export async function pictureOf(pyramid: Pyramid, level: number, part?: Box, window?: SampleWindow): Promise<EncodedPicture> {
  const { file, kind, stats, levels } = pyramid
  const box = part ?? { x0: 0, y0: 0, x1: levels[level]!.width, y1: levels[level]!.height }
  if (kind !== 'deep') return encode(openPart(file, level, box), kind)
  const { data, width, height, channels } = throughWindow(await readSamples(file, level, box), window ?? stats!.range)
  const pixels = sharp(data, { raw: { width, height, channels: channels as 1 | 2 | 3 | 4 }, limitInputPixels: false })
  return encode(pixels.toColourspace(channels < 3 ? 'b-w' : 'srgb'), 'exact')
}

/** In whole pixels of its level. Throws invalid-argument for a tile that is not there. */
export function tileBox({ levels }: Pyramid, { level, x, y }: TileAt): Box {
  const size = levels[level]
  const [x0, y0] = [x * TILE_SIDE, y * TILE_SIDE]
  if (!size || x0 >= size.width || y0 >= size.height) throw new AppError('invalid-argument', 'There is no such tile.')
  return { x0, y0, x1: Math.min(size.width, x0 + TILE_SIDE), y1: Math.min(size.height, y0 + TILE_SIDE) }
}
