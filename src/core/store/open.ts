/** Opens or creates a project file: checks that it is one, that it is whole, and brings it to the present format. */
import { closeSync, openSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { Connection } from './connection.ts'
import { formatOf, migrate } from './migrate.ts'
import type { Migration } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'

/** SQLite's application_id of a project, the bytes "MARQ". */
const APPLICATION_ID = 0x4d415251

export interface OpenOptions {
  /** Make the file where there is none; otherwise `not-found`. */
  readonly create?: boolean
  /** How long to wait for another writer before `project-busy`. */
  readonly busyTimeoutMs?: number
}

/** Random ids touch pages all over the file: SQLite's usual 2 MB would read them again and again in a project of a million objects. */
const CACHE_KIB = 64 * 1024
/** 32 MB of new pages before they are moved into the file: an import halves its waiting for the disk. */
const CHECKPOINT_PAGES = 8192

/** Throws `not-found`, `project-newer`, `project-corrupt`, `project-busy`, `read-only`, `disk-full`, `invalid-argument`. */
export async function openConnection(
  file: string,
  { create = false, busyTimeoutMs = 5000 }: OpenOptions = {},
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<Connection> {
  ensureFile(file, create)
  // The write-ahead log goes away when the last user closes the project; one that is there was left by a crash or is in use.
  const unclean = sizeOf(`${file}-wal`) > 0
  const connection = new Connection(file, busyTimeoutMs)
  try {
    identify(connection, create)
    connection.pragma('journal_mode = WAL')
    connection.pragma('synchronous = FULL')
    connection.pragma(`cache_size = -${String(CACHE_KIB)}`)
    connection.pragma(`wal_autocheckpoint = ${String(CHECKPOINT_PAGES)}`)
    connection.pragma('foreign_keys = ON')
    if (unclean) check(connection)
    await migrate(connection, migrations)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/** A new file is readable by its owner only; SQLite gives its side files the same mode. */
function ensureFile(file: string, create: boolean): void {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found && !found.isFile()) throw new AppError('invalid-argument', `"${file}" is not a file. Name a project file.`, { file })
  if (found) return
  if (!create) throw new AppError('not-found', `There is no project at "${file}". Check the path.`, { file })
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    throw unmade(file, error)
  }
}

function unmade(file: string, error: unknown): AppError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === 'ENOSPC') {
    return new AppError('disk-full', `The disk is full: "${file}" could not be made. Make room and try again.`, { file }, error)
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('not-found', `The folder of "${file}" does not exist. Make it first.`, { file }, error)
  }
  return new AppError('read-only', `"${file}" could not be made (${code}). Choose a folder that is writable.`, { file }, error)
}

/** Refuses files that are not projects before anything in them is touched, and marks a new one. */
function identify(connection: Connection, create: boolean): void {
  const name = basename(connection.file)
  const mark = connection.pragma('application_id')
  if (mark === APPLICATION_ID) return
  const tables = connection.prepare<{ count: number }>('SELECT count(*) AS count FROM sqlite_schema').get()!.count
  if (mark !== 0 || tables > 0 || formatOf(connection) > 0) {
    throw new AppError('invalid-argument', `"${name}" is not a Marquee project but another program's. Choose another file.`)
  }
  if (!create) {
    throw new AppError('project-corrupt', `"${name}" is empty. If it held a project, open a copy made earlier.`)
  }
  connection.pragma(`application_id = ${String(APPLICATION_ID)}`)
}

function check(connection: Connection): void {
  const verdict = connection.pragma('quick_check(1)')
  if (verdict === 'ok') return
  throw new AppError(
    'project-corrupt',
    `"${basename(connection.file)}" is damaged and was left as it is. Keep it, and open a copy made earlier.`,
    { file: connection.file, detail: String(verdict) },
  )
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
