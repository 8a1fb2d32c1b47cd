/** Files and folders that appear whole or not at all: written beside their place, then renamed into it. */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { WriteStream } from 'node:fs'
import { AppError, throwIfAborted } from '../../../../shared/errors.ts'

/** The report of an export, in its folder: never in the way of the next one. */
export const REPORT_NAME = 'export-report.json'

/** Part of temporary names: another machine's processes are not known here. */
const HOST = hostname().replace(/\W/g, '').slice(0, 20)

/** Text that is written in pieces and may come from further temporary files. */
export interface TextSink {
  write(text: string): Promise<void>
  /** A second piece of text, written at the same time and put behind all other text at the end. */
  readonly tail: { write(text: string): Promise<void> }
}

export interface Finish {
  readonly signal?: AbortSignal
  /** Called with the complete temporary file or folder; what it throws leaves the place as it was. */
  readonly verify?: (written: string) => Promise<void>
}

/**
 * Calls `fill` with a sink and puts the text at `path` once it is complete and on the disk. On an error or a cancel the
 * temporary files go and what was at `path` stays. Missing folders on the way are made.
 */
export async function writeFileAtomically(path: string, fill: (sink: TextSink) => Promise<void>, { signal, verify }: Finish = {}): Promise<void> {
  const base = temporaryName(resolve(path)) + randomUUID()
  const [headFile, tailFile] = [`${base}.tmp`, `${base}.tail.tmp`]
  try {
    await mkdir(dirname(headFile), { recursive: true })
    await sweep(resolve(path))
    const head = new FileText(headFile)
    const tail = new FileText(tailFile)
    try {
      await fill({ write: (text) => head.write(text), tail })
      throwIfAborted(signal)
      await tail.close()
      for await (const piece of createReadStream(tailFile, 'utf8')) await head.write(piece as string)
    } finally {
      await Promise.all([head.close(), tail.close()])
    }
    await syncToDisk(headFile)
    await verify?.(headFile)
    throwIfAborted(signal)
    await rename(headFile, path)
  } catch (error) {
    throw exportError(error, path)
  } finally {
    await Promise.all([discard(headFile), discard(tailFile)])
  }
}

/** Beside the place, with who writes it: `.out.host-123-`, to which something random comes. */
function temporaryName(place: string): string {
  return join(dirname(place), `.${basename(place)}.${HOST}-${String(process.pid)}-`)
}

/** Removes what an earlier write to this place left here because its process was killed. What it had moved aside stays where it may be the last copy. */
async function sweep(place: string): Promise<void> {
  const names = await readdir(dirname(place)).catch((): string[] => [])
  const start = `.${basename(place)}.${HOST}-`
  for (const name of names) {
    const rest = name.startsWith(start) ? /^(\d+)-[\w-]+(?:\.tail)?(\.tmp|\.old)?$/.exec(name.slice(start.length)) : null
    if (!rest || isRunning(Number(rest[1])) || (rest[2] === '.old' && !names.includes(basename(place)))) continue
    await discard(join(dirname(place), name))
  }
}

/** A process of this machine. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** A write stream that waits for the disk and reports its errors to the writer. */
class FileText {
  private readonly stream: WriteStream
  private failure: Error | null = null
  private closing: Promise<void> | null = null

  constructor(path: string) {
    this.stream = createWriteStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })
    this.stream.on('error', (error) => (this.failure = error))
  }

  async write(text: string): Promise<void> {
    if (this.failure) throw this.failure
    if (!this.stream.write(text)) await once(this.stream, 'drain')
  }

  close(): Promise<void> {
    this.closing ??= new Promise((done, failed) => {
      if (this.failure) failed(this.failure)
      this.stream.once('error', failed)
      this.stream.end(done)
    })
    return this.closing
  }
}

/** Removes what is temporary; where even that fails, the error that led here is the one to tell. */
async function discard(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined)
}

async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Calls `fill` with a new empty folder and puts it at `path` once it is complete. A folder that is at `path` already is
 * replaced only if it is empty or holds nothing but `ownNames`, so that nobody's files are lost to a mistyped path.
 */
export async function writeFolderAtomically(
  path: string,
  ownNames: readonly string[],
  fill: (folder: string) => Promise<void>,
  { signal, verify }: Finish = {},
): Promise<void> {
  const place = resolve(path)
  let folder: string | null = null
  try {
    const isThere = await holdsOnly(place, ownNames)
    await mkdir(dirname(place), { recursive: true })
    await sweep(place)
    folder = await mkdtemp(temporaryName(place))
    await fill(folder)
    await verify?.(folder)
    throwIfAborted(signal)
    await replaceFolder(folder, place, isThere)
  } catch (error) {
    throw exportError(told(error, folder, place), path)
  } finally {
    if (folder) await discard(folder)
  }
}

/** A file's error names the place a person chose, not the folder beside it that was to come there. */
function told(error: unknown, folder: string | null, place: string): unknown {
  if (!(error instanceof AppError) || folder === null) return error
  return new AppError(error.code, error.message.replaceAll(folder, place), error.details, error)
}

/** Whether there is a folder; throws if it holds something of someone else's. */
async function holdsOnly(place: string, ownNames: readonly string[]): Promise<boolean> {
  const names = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    if (error.code === 'ENOTDIR') throw new AppError('invalid-argument', `${place} is a file. Name a folder to export into.`)
    throw error
  })
  const foreign = names?.find((name) => name !== REPORT_NAME && !ownNames.includes(name))
  if (foreign === undefined) return names !== null
  throw new AppError('invalid-argument', `${place} holds other files (${foreign}). Name a new or empty folder to export into.`)
}

async function replaceFolder(folder: string, place: string, isThere: boolean): Promise<void> {
  if (!isThere) return rename(folder, place)
  const old = `${folder}.old`
  await rename(place, old)
  try {
    await rename(folder, place)
  } catch (error) {
    await rename(old, place)
    throw error
  }
  await rm(old, { recursive: true, force: true })
}

/** The error in words a person can act on. */
function exportError(error: unknown, path: string): unknown {
  if (error instanceof AppError) return error
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk-full', `The disk is full; nothing was written to ${path}. Free some space and export again.`, {}, error)
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new AppError('read-only', `${path} can't be written to. Choose another place.`, {}, error)
  }
  if (code === undefined) return error
  return new AppError('export-failed', `Export to ${path} failed: ${(error as Error).message}`, {}, error)
}
