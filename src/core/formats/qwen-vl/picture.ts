/** The pictures of the conversations, with the grid on them where that is wanted. */
import { mkdir } from 'node:fs/promises'
import { extname, join, posix } from 'node:path'
import sharp from 'sharp'
import { decodeRgb } from '../../media/decode.ts'
import { drawGrid } from '../../media/grid.ts'
import { placeImage } from '../common/files/placeImage.ts'
import type { ImageFiles } from '../common/files/placeImage.ts'
import type { ExportImage } from '../source.ts'
import type { Tally } from '../common/tally.ts'

export interface PictureWish {
  readonly images: ImageFiles
  /** The 9 x 9 grid of `media/grid.ts`, drawn at the picture's own size. */
  readonly grid: boolean
}

/** Puts the picture at `stem` (with folders) below the export's images/ and returns its path within the export. */
export async function placePicture(
  item: ExportImage,
  stem: string,
  folder: string,
  { images, grid }: PictureWish,
  tally: Tally,
): Promise<string> {
  const { dir, base } = posix.parse(`images/${stem}`)
  if (images !== 'none') await mkdir(join(folder, dir), { recursive: true })
  if (!grid) return `${dir}/${await placeImage(item, base, join(folder, dir), images, tally)}`
  const isJpeg = /^\.jpe?g$/i.test(extname(item.image.path))
  const path = `${dir}/${base}${isJpeg ? '.jpg' : '.png'}`
  try {
    const { width, height, data } = drawGrid(await decodeRgb(item.file, 0))
    const pipeline = sharp(data, { raw: { width, height, channels: 3 } })
    await (isJpeg ? pipeline.jpeg({ quality: 95 }) : pipeline.png()).toFile(join(folder, path))
  } catch (error) {
    tally.skip(item.image.path, `the grid could not be drawn on the image: ${(error as Error).message}`, 0)
  }
  return path
}
