/** Pages of the file list that fit a search. Every condition is one SQL term; the whole list is never read. */
import type { ImageId } from '../../shared/model.ts'
import type { Connection } from './connection.ts'
import type { ListedImage } from './images.ts'

export interface ImageFilter {
  /** All of these are in the path, whatever their case. */
  readonly words: readonly string[]
  /** An annotation has each of these labels (names, whole). */
  readonly labels: readonly string[]
  /** An annotation's score lies in [least, most]. */
  readonly score: { readonly least: number; readonly most: number } | null
  readonly state: 'proposed' | 'accepted' | 'empty' | 'failed' | null
}

interface Condition {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

const HAS = 'EXISTS (SELECT 1 FROM annotations a WHERE a.image_id = i.id'
const STATES: Readonly<Record<NonNullable<ImageFilter['state']>, string>> = {
  proposed: `${HAS} AND a.state = 'proposed')`,
  accepted: `${HAS} AND a.state = 'accepted')`,
  empty: `i.status = 'ok' AND NOT ${HAS})`,
  failed: `i.status <> 'ok'`,
}

function conditions({ words, labels, score, state }: ImageFilter): Condition[] {
  const like = (word: string) => `%${word.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  return [
    ...words.map((word) => ({ sql: "i.path LIKE ? ESCAPE '\\'", values: [like(word)] })),
    ...labels.map((name) => ({ sql: `${HAS} AND a.label_id = (SELECT id FROM labels WHERE name = ?))`, values: [name] })),
    ...(score ? [{ sql: `${HAS} AND a.score BETWEEN ? AND ?)`, values: [score.least, score.most] }] : []),
    ...(state ? [{ sql: STATES[state], values: [] }] : []),
  ]
}

const COLUMNS = `i.id, i.source_id AS sourceId, i.path, i.size, i.mtime, i.content_hash AS contentHash, i.width, i.height,
  i.orientation, i.depth, i.frames, i.status, i.problem, i.revision,
  (SELECT count(*) FROM annotations WHERE image_id = i.id AND state = 'accepted') AS accepted,
  (SELECT count(*) FROM annotations WHERE image_id = i.id AND state = 'proposed') AS proposed,
  (SELECT count(*) FROM images before WHERE before.id < i.id) AS "index"`

export class ImageSearch {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Matching rows from `offset` on, and how many there are in all. `index` counts in the whole list. */
  page(filter: ImageFilter, offset: number, limit: number): { readonly total: number; readonly rows: ListedImage[] } {
    const terms = conditions(filter)
    const where = terms.length > 0 ? `WHERE ${terms.map(({ sql }) => `(${sql})`).join(' AND ')}` : ''
    const values = terms.flatMap(({ values: own }) => own)
    const { total } = this.#connection.prepare<{ total: number }>(`SELECT count(*) AS total FROM images i ${where}`).get(...values)!
    const rows = this.#connection
      .prepare<ListedImage>(`SELECT ${COLUMNS} FROM images i ${where} ORDER BY i.id LIMIT ? OFFSET ?`)
      .all(...values, limit, offset)
    return { total, rows }
  }

  /** One row as lists show it, or undefined. */
  row(id: ImageId): ListedImage | undefined {
    return this.#connection.prepare<ListedImage>(`SELECT ${COLUMNS} FROM images i WHERE i.id = ?`).get(id)
  }
}
