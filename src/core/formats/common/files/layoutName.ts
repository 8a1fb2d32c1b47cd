/** What a picture is called within a dataset, whatever folders the layout of a format puts it in. */
import { posix } from 'node:path'
import { IMAGE_EXTENSIONS } from '../../../media/formats.ts'
import type { ExportImage } from '../../source.ts'
import { withoutEnding } from './datasetPath.ts'

/** Folders that only say that pictures are in them. */
const PICTURE_FOLDERS: ReadonlySet<string> = new Set(['images', 'jpegimages'])

/**
 * The path without the folders in front that layouts have: images/, JPEGImages/, and those of the part the picture belongs to
 * ('images/train/x/a.jpg', 'valid/images/x/a.jpg', 'train2017/x/a.jpg', 'obj_train_data/x/a.jpg' -> 'x/a.jpg').
 * A folder of another part stays: nothing else would say it.
 */
export function nameInLayout(path: string, split: string | null): string {
  const segments = path.split('/')
  const isOfLayout = (folder: string) =>
    PICTURE_FOLDERS.has(folder.toLowerCase()) || (split !== null && standardPart(folder) === standardPart(split))
  const first = segments.findIndex((segment, index) => index === segments.length - 1 || !isOfLayout(segment))
  return segments.slice(first).join('/')
}

/** 'train', 'val' or 'test' for what tools call these parts and their folders; anything else as it is. */
export function standardPart(name: string): string {
  return /^(?:obj_)?(train|val|test)(?:ing|id|idation)?(?:_data|\d{4})?$/i.exec(name)?.[1]!.toLowerCase() ?? name
}

/**
 * The end of `path`, where the picture lies, that the dataset calls it by: `said` where the picture lies in further folders.
 * null where that is the whole path, or where the two don't fit: then the path is all the name there is.
 */
export function nameSaid(said: string, path: string): string | null {
  const [short, long] = [said, path].map((one) => withoutPictureEnding(one.normalize('NFC')))
  return long!.endsWith(`/${short!}`) ? path.split('/').slice(-said.split('/').length).join('/') : null
}

function withoutPictureEnding(path: string): string {
  return IMAGE_EXTENSIONS.has(posix.extname(path).slice(1).toLowerCase()) ? withoutEnding(path) : path
}

/** As the dataset that brought the picture calls it, else its path. For exports that leave the pictures where they are. */
export function nameOf({ name, image }: ExportImage): string {
  return name ?? image.path
}

/** For exports that put the pictures into a layout of their own. */
export function nameToPlace(item: ExportImage): string {
  return nameInLayout(nameOf(item), item.split ?? null)
}
