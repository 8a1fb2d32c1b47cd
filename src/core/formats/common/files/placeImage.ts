/** The image files of an export. */
import { copyFile, link } from 'node:fs/promises'
import { extname, join } from 'node:path'
import sharp from 'sharp'
import type { ExportImage, FormatOption } from '../../source.ts'
import type { Tally } from '../tally.ts'

/** Copied, hard-linked (copied where the disk is another), or left out. */
export type ImageFiles = 'copy' | 'link' | 'none'

export const IMAGES_OPTION: FormatOption = {
  id: 'images',
  help: 'What becomes of the pictures.',
  choices: ['copy', 'link', 'none'],
  default: 'copy',
}

/**
 * Puts the image into `folder` under its new stem and returns its file name. A copy of an image that is stored turned
 * (EXIF) is saved upright, because annotations are in upright pixels and most readers do not turn images.
 */
export async function placeImage(item: ExportImage, stem: string, folder: string, how: ImageFiles, tally: Tally): Promise<string> {
  const filename = `${stem}${extname(item.image.path).toLowerCase()}`
  const isTurned = item.image.orientation !== 1
  if (isTurned && how !== 'copy') tally.note(item.image.path, 'is stored turned (EXIF); a reader that ignores that sees the boxes turned')
  if (how === 'none') return filename
  const place = join(folder, filename)
  try {
    if (how === 'link') await link(item.file, place).catch(() => copyFile(item.file, place))
    else if (isTurned) await saveUpright(item, place, tally)
    else await copyFile(item.file, place)
  } catch (error) {
    if (isDiskError(error)) throw error
    tally.skip(item.image.path, `the image file could not be copied: ${(error as Error).message}`, 0)
  }
  return filename
}

async function saveUpright(item: ExportImage, place: string, tally: Tally): Promise<void> {
  await sharp(item.file, { limitInputPixels: false }).autoOrient().toFormat(formatOf(place), { quality: 95 }).toFile(place)
  tally.note(item.image.path, 'was stored turned (EXIF) and was saved upright')
}

function formatOf(place: string): 'jpeg' | 'png' | 'webp' | 'tiff' {
  const extension = extname(place)
  if (extension === '.png') return 'png'
  if (extension === '.webp') return 'webp'
  return extension === '.tif' || extension === '.tiff' ? 'tiff' : 'jpeg'
}

/** A full or read-only disk ends the export; an image that is gone does not. */
function isDiskError(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')
}
