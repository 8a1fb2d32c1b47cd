/** Finding pictures in files and folders. */
import type { Dirent, Stats } from 'node:fs'
import { opendir, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { throwIfAborted } from '../../shared/errors.ts'
import { IMAGE_EXTENSIONS } from './formats.ts'
import { fileError } from './imageErrors.ts'

export interface FoundFile {
  /** The folder that was asked for, or the folder of a file that was. Absolute. */
  readonly root: string
  /** From the root, forward slashes, Unicode as on disk. */
  readonly relativePath: string
  readonly absolutePath: string
  readonly bytes: number
  readonly mtimeMs: number
}

/** Something passed over, and why in words. */
export interface SkippedPath {
  readonly absolutePath: string
  readonly reason: 'hidden' | 'unreadable' | 'loop'
  readonly message: string
}

export interface ScanOptions {
  readonly signal?: AbortSignal
  /** Told of hidden pictures and folders, of what can't be read, and of folders already visited by another way. */
  readonly onSkip?: (skipped: SkippedPath) => void
}

interface Scan extends ScanOptions {
  readonly root: string
  readonly visitedFolders: Set<string>
  readonly yielded: Set<string>
}

/** Files looked at side by side: a network drive answers each slowly. */
const STATS_AT_ONCE = 32

const naturalOrder = new Intl.Collator('en', { numeric: true }).compare

/**
 * The pictures in `paths`, in that order; in each folder by natural order of names (2 before 10), files before subfolders.
 * In folders the ending decides (`IMAGE_EXTENSIONS`), a file named outright is always taken; nothing comes twice. Streams: a
 * file is looked at when its turn comes. Throws not-found or unreadable-image for a path of `paths`, cancelled on abort;
 * trouble deeper down goes to `onSkip`.
 */
export async function* scanPaths(paths: readonly string[], options: ScanOptions = {}): AsyncGenerator<FoundFile, void, undefined> {
  const visitedFolders = new Set<string>()
  const yielded = new Set<string>()
  for (const path of paths) {
    throwIfAborted(options.signal)
    const absolute = resolve(path)
    const stats = await stat(absolute).catch((error: unknown): never => { throw fileError(error, absolute) })
    const root = stats.isDirectory() ? absolute : dirname(absolute)
    const scan: Scan = { ...options, root, visitedFolders, yielded }
    if (!stats.isDirectory()) yield* once(scan, basename(absolute), stats)
    else {
      await requireReadable(absolute)
      yield* scanFolder(scan, '')
    }
  }
}

async function requireReadable(folder: string): Promise<void> {
  try {
    await (await opendir(folder)).close()
  } catch (error) {
    throw fileError(error, folder)
  }
}

function* once(scan: Scan, relativePath: string, stats: Stats): Generator<FoundFile> {
  const absolutePath = join(scan.root, relativePath)
  if (scan.yielded.has(absolutePath)) return
  scan.yielded.add(absolutePath)
  yield { root: scan.root, relativePath, absolutePath, bytes: stats.size, mtimeMs: stats.mtimeMs }
}

/** `folder`: relative to the root, '' for the root itself. */
async function* scanFolder(scan: Scan, folder: string): AsyncGenerator<FoundFile, void, undefined> {
  const absolutePath = join(scan.root, folder)
  const entries = await openFolder(scan, absolutePath)
  const subfolders: string[] = []
  for (let at = 0; at < entries.length; at += STATS_AT_ONCE) {
    throwIfAborted(scan.signal)
    for (const { relativePath, stats } of await look(scan, folder, entries.slice(at, at + STATS_AT_ONCE))) {
      throwIfAborted(scan.signal)
      if (stats === 'folder' || stats.isDirectory()) subfolders.push(relativePath)
      else if (stats.isFile() && isImageName(relativePath)) yield* once(scan, relativePath, stats)
    }
  }
  for (const subfolder of subfolders) yield* scanFolder(scan, subfolder)
}

interface Looked {
  readonly relativePath: string
  readonly stats: Stats | 'folder'
}

/** What the entries are, in their order, without those that don't matter, are hidden or can't be read. */
async function look(scan: Scan, folder: string, entries: readonly Dirent[]): Promise<Looked[]> {
  const looked = entries.map(async (entry): Promise<Looked | null> => {
    const relativePath = folder ? `${folder}/${entry.name}` : entry.name
    if (!(entry.isDirectory() || mayMatter(entry)) || isHidden(scan, relativePath)) return null
    const stats = entry.isDirectory() ? 'folder' : await statEntry(scan, relativePath)
    return stats && { relativePath, stats }
  })
  return (await Promise.all(looked)).filter((entry) => entry !== null)
}

/** The folder's entries in natural order; none, with a word to `onSkip`, when it can't be read or was visited before. */
async function openFolder(scan: Scan, absolutePath: string): Promise<Dirent[]> {
  try {
    const real = await realpath(absolutePath)
    if (scan.visitedFolders.has(real)) {
      const message = `${absolutePath} leads to ${real}, which is part of this scan already.`
      scan.onSkip?.({ absolutePath, reason: 'loop', message })
      return []
    }
    scan.visitedFolders.add(real)
    const entries = await readdir(absolutePath, { withFileTypes: true })
    return entries.sort((a, b) => naturalOrder(a.name, b.name))
  } catch (error) {
    scan.onSkip?.({ absolutePath, reason: 'unreadable', message: fileError(error, absolutePath).message })
    return []
  }
}

function isImageName(name: string): boolean {
  return IMAGE_EXTENSIONS.has(extname(name).slice(1).toLowerCase())
}

/** Links may lead to folders whatever their name. */
function mayMatter(entry: Dirent): boolean {
  return isImageName(entry.name) || entry.isSymbolicLink()
}

function isHidden(scan: Scan, relativePath: string): boolean {
  if (!basename(relativePath).startsWith('.')) return false
  const absolutePath = join(scan.root, relativePath)
  scan.onSkip?.({ absolutePath, reason: 'hidden', message: `${absolutePath} is hidden: name it outright to add it.` })
  return true
}

async function statEntry(scan: Scan, relativePath: string): Promise<Stats | null> {
  const absolutePath = join(scan.root, relativePath)
  try {
    return await stat(absolutePath)
  } catch (error) {
    scan.onSkip?.({ absolutePath, reason: 'unreadable', message: fileError(error, absolutePath).message })
    return null
  }
}
