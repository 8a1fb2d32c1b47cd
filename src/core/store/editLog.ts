/**
 * The log of every edit. Rows are only ever added, and each holds a SHA-256 over the one before it and itself, so
 * that a row changed, removed or put in later shows.
 */
import type { ChangeSet } from '../../shared/changes.ts'
import type { ImageId } from '../../shared/model.ts'
import type { Connection } from './connection.ts'
import { sha256 } from './hash.ts'

export interface LogEntry {
  readonly id: number
  /** ISO 8601, UTC. */
  readonly at: string
  readonly actor: string
  readonly reason: string
  readonly imageId: ImageId
  /** Of the image, after this edit. */
  readonly revision: number
  readonly changes: ChangeSet
}

export type LogVerdict =
  | { readonly ok: true; readonly edits: number }
  | { readonly ok: false; readonly problem: string }

interface Row extends Omit<LogEntry, 'changes'> {
  /** JSON. */
  readonly changes: string
  readonly hash: string
}

const COLUMNS = 'id, at, actor, reason, image_id AS imageId, revision, changes, hash'
const START = '0'.repeat(64)
const BATCH = 500

export class EditLog {
  readonly #insert
  readonly #last
  readonly #after
  readonly #ofImage
  readonly #lastOf
  readonly #unlogged

  constructor(connection: Connection) {
    this.#insert = connection.prepare(
      'INSERT INTO edits (id, at, actor, reason, image_id, revision, changes, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#last = connection.prepare<{ id: number; hash: string }>('SELECT id, hash FROM edits ORDER BY id DESC LIMIT 1')
    this.#after = connection.prepare<Row>(`SELECT ${COLUMNS} FROM edits WHERE id > ? ORDER BY id LIMIT ${String(BATCH)}`)
    this.#ofImage = connection.prepare<Row>(`SELECT ${COLUMNS} FROM edits WHERE image_id = ? ORDER BY revision`)
    this.#lastOf = connection.prepare<Row>(`SELECT ${COLUMNS} FROM edits WHERE image_id = ? ORDER BY revision DESC LIMIT 1`)
    this.#unlogged = connection.prepare<{ id: ImageId }>(
      `SELECT id FROM images WHERE revision <> (SELECT coalesce(max(revision), 0) FROM edits WHERE image_id = images.id) LIMIT 1`,
    )
  }

  /** Called by `annotations.apply` within its transaction, and by nobody else. */
  append(edit: Omit<LogEntry, 'id' | 'at'>): void {
    const last = this.#last.get() ?? { id: 0, hash: START }
    const row = { ...edit, id: last.id + 1, at: new Date().toISOString(), changes: JSON.stringify(edit.changes) }
    const hash = hashOf(last.hash, row)
    this.#insert.run(row.id, row.at, row.actor, row.reason, row.imageId, row.revision, row.changes, hash)
  }

  /** What was done to one image, first to last. */
  ofImage(imageId: ImageId): LogEntry[] {
    return this.#ofImage.all(imageId).map(entryOf)
  }

  /** What was done to one image last. */
  lastOf(imageId: ImageId): LogEntry | null {
    const row = this.#lastOf.get(imageId)
    return row ? entryOf(row) : null
  }

  /** Every edit, first to last. */
  *iterate(): Generator<LogEntry> {
    for (const row of this.#rows()) yield entryOf(row)
  }

  /** Number of the last edit, 0 in a new project. */
  lastId(): number {
    return this.#last.get()?.id ?? 0
  }

  /** The edits from `first` to `last`, both included. */
  *between(first: number, last: number): Generator<LogEntry> {
    for (const row of this.#rows(first - 1)) {
      if (row.id > last) return
      yield entryOf(row)
    }
  }

  /** Recomputes the chain of hashes, and compares it with the images' revisions so that a cut-off end shows too. */
  verify(): LogVerdict {
    let last = { id: 0, hash: START }
    for (const row of this.#rows()) {
      if (row.id !== last.id + 1) return { ok: false, problem: `Edit ${String(last.id + 1)} is missing from the log.` }
      if (row.hash !== hashOf(last.hash, row)) return { ok: false, problem: `Edit ${String(row.id)} is not what was logged.` }
      last = row
    }
    const image = this.#unlogged.get()
    if (image) return { ok: false, problem: `Edits of image ${String(image.id)} are missing from the log.` }
    return { ok: true, edits: last.id }
  }

  *#rows(after = 0): Generator<Row> {
    let last = after
    for (;;) {
      const batch = this.#after.all(last)
      yield* batch
      if (batch.length < BATCH) return
      last = batch.at(-1)!.id
    }
  }
}

function entryOf({ id, at, actor, reason, imageId, revision, changes }: Row): LogEntry {
  return { id, at, actor, reason, imageId, revision, changes: JSON.parse(changes) as ChangeSet }
}

/** JSON keeps the fields apart: no two rows have the same text. */
function hashOf(before: string, row: Omit<Row, 'hash'>): string {
  const { id, at, actor, reason, imageId, revision, changes } = row
  return sha256(JSON.stringify([before, id, at, actor, reason, imageId, revision, changes]))
}
