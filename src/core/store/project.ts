/** A project: one SQLite file, by aggregate. */
import { Annotations } from './annotations.ts'
import type { Connection } from './connection.ts'
import { EditLog } from './editLog.ts'
import { Images } from './images.ts'
import { ImageSearch } from './imageSearch.ts'
import { Imports } from './imports.ts'
import { Labels } from './labels.ts'
import { openConnection } from './open.ts'
import type { OpenOptions } from './open.ts'
import { Proposals } from './proposals.ts'
import { Provenances } from './provenances.ts'
import { Removals } from './removals.ts'
import { Replies } from './replies.ts'
import { Runs } from './runs.ts'
import { Settings } from './settings.ts'
import { Sources } from './sources.ts'

export type Project = ReturnType<typeof projectOf>

/**
 * Opens the project `file`, or with `create` makes it. Every call on it is synchronous, and what it wrote is on disk when
 * it returns. Calls may throw `project-busy`, `disk-full`, `read-only`, `project-corrupt`; nothing is half-written then.
 */
export async function openProject(file: string, options: OpenOptions = {}): Promise<Project> {
  return projectOf(await openConnection(file, options))
}

/** The aggregates of an open connection. */
export function projectOf(connection: Connection) {
  const log = new EditLog(connection)
  const annotations = new Annotations(connection, log)
  const images = new Images(connection)
  const labels = new Labels(connection)
  const runs = new Runs(connection)
  const replies = new Replies(connection)
  const provenance = new Provenances(connection)
  return {
    file: connection.file,
    sources: new Sources(connection),
    images,
    search: new ImageSearch(connection),
    labels,
    annotations,
    removals: new Removals(connection, { annotations, images, labels, log }),
    imports: new Imports(connection),
    runs,
    proposals: new Proposals(connection, { annotations, runs, replies, provenance }),
    replies,
    provenance,
    log,
    settings: new Settings(connection),
    /** All of `work` or nothing of it, on disk when this returns; calls within it are not on disk before. */
    transaction: <T>(work: () => T): T => connection.transaction(work),
    /** What SQLite finds wrong with the file, first 100; empty when it is whole. Reads all of it. */
    check: () => checkOf(connection),
    close: () => {
      connection.close()
    },
  }
}

function checkOf(connection: Connection): string[] {
  const found = connection.prepare<{ integrity_check: string }>('PRAGMA integrity_check').all().map((row) => row.integrity_check)
  const dangling = connection.prepare<{ table: string; rowid: number }>('PRAGMA foreign_key_check').all()
  return [
    ...found.filter((line) => line !== 'ok'),
    ...dangling.map(({ table, rowid }) => `Row ${String(rowid)} of ${table} refers to something that is not there.`),
  ]
}
