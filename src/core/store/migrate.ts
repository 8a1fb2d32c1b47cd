/** Brings a project file to the present format, step by step; `user_version` says how far it is. */
import { closeSync, openSync, renameSync } from 'node:fs'
import { basename } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import type { Connection } from './connection.ts'

export interface Migration {
  /** The format a project has after this step: 1, 2, 3, ... */
  readonly version: number
  readonly up: (connection: Connection) => void
}

export function formatOf(connection: Connection): number {
  return connection.pragma('user_version') as number
}

/**
 * Applies the steps the project has not had, each in a transaction of its own. A project that held anything is first
 * copied to `FILE.v<format>.backup`. Throws `project-newer` for a format beyond the last step.
 */
export async function migrate(connection: Connection, migrations: readonly Migration[]): Promise<void> {
  assertNumbered(migrations)
  const format = formatOf(connection)
  if (format > migrations.length) throw newer(connection.file, format, migrations.length)
  if (format === migrations.length) return
  if (format > 0) await backUp(connection, `${connection.file}.v${String(format)}.backup`)
  // A step may rebuild a table that others refer to; references are checked at its end instead.
  connection.pragma('foreign_keys = OFF')
  try {
    for (const migration of migrations) step(connection, migration)
  } finally {
    connection.pragma('foreign_keys = ON')
  }
}

function step(connection: Connection, { version, up }: Migration): void {
  connection.transaction(() => {
    // Another process may have been faster.
    if (formatOf(connection) >= version) return
    up(connection)
    if (connection.pragma('foreign_key_check') !== undefined) {
      throw new AppError('internal', `Migration ${String(version)} left references to nothing.`)
    }
    connection.pragma(`user_version = ${String(version)}`)
  })
}

/** Under another name first: a backup is whole or not there. Readable by its owner only. */
async function backUp(connection: Connection, destination: string): Promise<void> {
  const unfinished = `${destination}.part`
  closeSync(openSync(unfinished, 'w', 0o600))
  await connection.backup(unfinished)
  renameSync(unfinished, destination)
}

function assertNumbered(migrations: readonly Migration[]): void {
  if (migrations.some(({ version }, index) => version !== index + 1)) {
    throw new AppError('internal', 'Migrations must be numbered 1, 2, 3, ... in order.')
  }
}

function newer(file: string, format: number, known: number): AppError {
  const formats = `(format ${String(format)}, this one knows ${String(known)})`
  return new AppError(
    'project-newer',
    `"${basename(file)}" was made by a newer Marquee ${formats}. Update Marquee to open it; nothing was changed.`,
    { file, format, known },
  )
}
