/** Unpacks an archive that somebody handed over: no name leads out of the folder, nothing grows without end. */
import { createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openPromise, validateFileName } from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'
import { AppError, throwIfAborted } from '../../../shared/errors.ts'

const GIBI = 2 ** 30
/** Pictures hardly shrink, JSON to a tenth: what unpacks to more than this many times its size is made to fill a disk. */
const MOST_GROWTH = 50
const MOST_ENTRIES = 5_000_000

/**
 * Writes the files of the archive below `folder`. Links are passed over.
 * @throws AppError invalid-dataset (no archive, encrypted, a name that leads out of the folder, larger than it can be), disk-full, cancelled
 */
export async function unzip(file: string, folder: string, signal?: AbortSignal): Promise<void> {
  const limit = Math.max(2 * GIBI, MOST_GROWTH * (await stat(file)).size)
  const zip = await openPromise(file, { autoClose: false, lazyEntries: true }).catch((error: unknown): never => { throw refused(file, error) })
  try {
    let bytes = 0
    for await (const entry of zip.eachEntry()) {
      throwIfAborted(signal)
      bytes += entry.uncompressedSize
      if (bytes > limit || zip.entryCount > MOST_ENTRIES) throw new AppError('invalid-dataset', `${file} unpacks to more than ${String(Math.floor(limit / GIBI))} GB. Unpack it by hand and import the folder.`)
      await extract(zip, entry, folder, signal)
    }
  } catch (error) {
    throw error instanceof AppError ? error : refused(file, error)
  } finally {
    zip.close()
  }
}

async function extract(zip: ZipFile, entry: Entry, folder: string, signal?: AbortSignal): Promise<void> {
  const name = entry.fileName.replaceAll('\\', '/')
  const place = resolve(folder, name)
  if (validateFileName(name) !== null || !place.startsWith(resolve(folder) + sep)) {
    throw new AppError('invalid-dataset', `The archive names "${name}", a place outside its folder. Nothing of it is used.`)
  }
  if (name.endsWith('/') || isLink(entry)) return
  await mkdir(dirname(place), { recursive: true })
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(place), signal ? { signal } : {})
}

/** Unix mode, in the high half of the attributes. */
function isLink({ externalFileAttributes }: Entry): boolean {
  return ((externalFileAttributes >>> 16) & 0o170000) === 0o120000
}

function refused(file: string, error: unknown): AppError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk-full', `There is no room to unpack ${file}: the disk is full. Make room and import again. Nothing of it was kept.`, {}, error)
  }
  const why = (error as Error).message.replace(/\.+$/, '')
  const isCut = /end of central directory/i.test(why)
  const advice = isCut ? 'Copy or download it again' : 'Unpack it by hand and import the folder'
  return new AppError('invalid-dataset', `${file} can't be unpacked: ${isCut ? 'it is cut off, or no zip archive' : why}. ${advice}.`, {}, error)
}
