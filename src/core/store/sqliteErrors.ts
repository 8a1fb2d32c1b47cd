/** The one place where SQLite's errors become words a person can act on. */
import { basename } from 'node:path'
import Database from 'better-sqlite3'
import { AppError } from '../../shared/errors.ts'
import type { ErrorCode } from '../../shared/errors.ts'

interface Meaning {
  readonly matches: RegExp
  readonly code: ErrorCode
  readonly message: (name: string) => string
}

/** By SQLite result code (sqlite.org/rescode.html), the first that matches. */
const MEANINGS: readonly Meaning[] = [
  {
    matches: /^SQLITE_(BUSY|LOCKED)/,
    code: 'project-busy',
    message: (name) =>
      `"${name}" is being written by another program. Wait for it or close it, then try again. Nothing was changed.`,
  },
  {
    matches: /^SQLITE_(FULL|IOERR_(WRITE|FSYNC|TRUNCATE|SHMSIZE|SHMMAP))/,
    code: 'disk-full',
    message: (name) =>
      `"${name}" could not be written: the disk is full or gone. Make room and try again. What was saved before is safe.`,
  },
  {
    matches: /^SQLITE_(READONLY|PERM|CANTOPEN)/,
    code: 'read-only',
    message: (name) => `"${name}" may not be written here. Make the file and its folder writable, or work on a copy elsewhere.`,
  },
  {
    matches: /^SQLITE_NOTADB/,
    code: 'project-corrupt',
    message: (name) =>
      `"${name}" is not a Marquee project, or its beginning is destroyed. It was left as it is. Check the path, or open a copy made earlier.`,
  },
  {
    matches: /^SQLITE_(CORRUPT|IOERR)/,
    code: 'project-corrupt',
    message: (name) =>
      `"${name}" is damaged and was left as it is. Keep it, and open a copy made earlier; ` +
      `before each change of format one is put beside it as "${name}.v<number>.backup".`,
  },
  {
    matches: /^SQLITE_CONSTRAINT_FOREIGNKEY/,
    code: 'invalid-argument',
    message: () => 'The change names a label, image or run that is not in this project, or removes one that is in use.',
  },
  {
    matches: /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/,
    code: 'invalid-argument',
    message: () => 'The change holds a value that cannot be stored. Nothing was changed.',
  },
]

/** The AppError for an error of SQLite; every other error as it is. `file` is the project's. */
export function toAppError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const meaning = MEANINGS.find(({ matches }) => matches.test(error.code))
  const details = { file, sqlite: error.code, detail: error.message }
  const name = basename(file)
  if (!meaning) return new AppError('internal', `The project "${name}" could not be used: ${error.message}.`, details, error)
  return new AppError(meaning.code, meaning.message(name), details, error)
}
