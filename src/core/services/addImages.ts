/** Brings pictures into a project: found on disk, their headers read, stored in batches while the scan goes on. */
import { stat } from 'node:fs/promises'
import { AppError, toWireError } from '../../shared/errors.ts'
import type { ImageId } from '../../shared/model.ts'
import { probe } from '../media/decode.ts'
import { scanPaths, type FoundFile } from '../media/scan.ts'
import type { ScannedImage } from '../store/images.ts'
import type { Project } from '../store/project.ts'

/** Headers read side by side, and rows written in one transaction. */
const BATCH = 64

export interface AddedImages {
  /** In the order they were found; damaged pictures too, with their problem stored. */
  readonly ids: readonly ImageId[]
  /** How many of them the project did not know before. */
  readonly added: number
  /** Found, but removed from the project before: they stay so. */
  readonly removed: readonly ImageId[]
  /** What was passed over or can't be shown, and why, in words. */
  readonly problems: readonly string[]
  /** The part of them that became no image: folders that can't be read, or were visited by another way. */
  readonly passedOver: readonly string[]
}

export interface AddOptions {
  readonly signal?: AbortSignal
  /** Called after each batch with the images stored so far. */
  readonly onFound?: (images: number) => void
}

/**
 * Adds files and folders (recursive). A picture that can't be read is stored with its problem and doesn't stop the rest.
 * @throws AppError not-found for a path that isn't there, cancelled
 */
export async function addImages(project: Project, paths: readonly string[], { signal, onFound }: AddOptions = {}): Promise<AddedImages> {
  const ids: ImageId[] = []
  const problems: string[] = []
  const passedOver: string[] = []
  const removed: ImageId[] = []
  let added = 0
  const store = async (batch: readonly FoundFile[]) => {
    const read = await Promise.all(batch.map(readHeader))
    problems.push(...read.flatMap(({ problem }) => problem ?? []))
    for (const [root, images] of Map.groupBy(read, (_, i) => batch[i]!.root)) {
      const stored = project.images.upsert(project.sources.add(root).id, images)
      ids.push(...stored.ids)
      removed.push(...stored.removed)
      added += stored.added
    }
    onFound?.(ids.length)
  }
  let batch: FoundFile[] = []
  await requirePaths(paths)
  const scan = scanPaths(paths, { ...(signal && { signal }), onSkip: ({ message, reason }) => reason !== 'hidden' && passedOver.push(message) })
  for await (const file of scan) {
    batch.push(file)
    if (batch.length < BATCH) continue
    await store(batch)
    batch = []
  }
  if (batch.length > 0) await store(batch)
  return { ids, added, removed, problems: [...problems, ...passedOver], passedOver }
}

/** @throws AppError not-found naming the first path that isn't there */
async function requirePaths(paths: readonly string[]): Promise<void> {
  for (const path of paths)
    await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw new AppError('not-found', `There is no file or folder "${path}". Check the path.`, { path }, error)
    })
}

/**
 * Makes sure that there is something to add, without adding it: looks no further than the first picture.
 * @throws AppError not-found for a path that isn't there and where no path holds a picture, unreadable-image, cancelled
 */
export async function requirePictures(paths: readonly string[], signal?: AbortSignal): Promise<void> {
  await requirePaths(paths)
  const first = await scanPaths(paths, signal ? { signal } : {}).next()
  if (first.done !== true) return
  const places = paths.map((path) => `"${path}"`).join(', ')
  throw new AppError('not-found', `There is no picture in ${places}. Marquee reads JPEG, PNG, WebP, GIF, TIFF, BMP and AVIF.`)
}

async function readHeader(file: FoundFile): Promise<ScannedImage> {
  const known = { path: file.relativePath, size: file.bytes, mtime: file.mtimeMs, contentHash: null }
  try {
    const { width, height, orientation, depth, frames } = await probe(file.absolutePath)
    return { ...known, width, height, orientation, depth, frames, status: 'ok', problem: null }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { message } = toWireError(error)
    return { ...known, width: 0, height: 0, orientation: 1, depth: 8, frames: 1, status: 'failed', problem: message }
  }
}
