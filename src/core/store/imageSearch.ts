/** Pages of the file list that fit a search. Every condition is one SQL term; the whole list is never read into memory. */
import type { ImageId } from '../../shared/model.ts'
import type { Connection } from './connection.ts'
import type { ListedImage } from './images.ts'

export interface ImageFilter {
  /** All of these are in the path, whatever the case of their ASCII letters. */
  readonly words: readonly string[]
  /** For each of these (names, whole) there is an annotation that also fits `score` and `state`. */
  readonly labels: readonly string[]
  readonly score: { readonly compare: '<' | '<=' | '=' | '>=' | '>'; readonly bound: number } | null
  readonly state: 'proposed' | 'accepted' | 'empty' | 'failed' | null
}

interface Condition {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

const HAS = 'EXISTS (SELECT 1 FROM annotations a WHERE a.image_id = i.id'
const OF_IMAGE: Readonly<Record<'empty' | 'failed', Condition>> = {
  empty: { sql: `i.status = 'ok' AND NOT ${HAS})`, values: [] },
  failed: { sql: `i.status <> 'ok'`, values: [] },
}

function conditions({ words, labels, score, state }: ImageFilter): Condition[] {
  const like = (word: string) => `%${word.normalize('NFC').replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const named = words.map((word) => ({ sql: "i.path_key LIKE ? ESCAPE '\\'", values: [like(word)] }))
  const ofImage = state === 'empty' || state === 'failed' ? [OF_IMAGE[state]] : []
  const ofAnnotation: Condition[] = [
    ...(score ? [{ sql: `a.score ${score.compare} ?`, values: [score.bound] }] : []),
    ...(state === 'proposed' || state === 'accepted' ? [{ sql: 'a.state = ?', values: [state] }] : []),
  ]
  const labelled = labels.map((name) => ({ sql: 'a.label_id = (SELECT id FROM labels WHERE name = ?)', values: [name.normalize('NFC')] }))
  if (labelled.length > 0) return [...named, ...ofImage, ...labelled.map((label) => annotationWith([label, ...ofAnnotation]))]
  return ofAnnotation.length > 0 ? [...named, ...ofImage, annotationWith(ofAnnotation)] : [...named, ...ofImage]
}

/** The image has one annotation that fits all of these. */
function annotationWith(terms: readonly Condition[]): Condition {
  return { sql: `${HAS} AND ${terms.map(({ sql }) => sql).join(' AND ')})`, values: terms.flatMap(({ values }) => values) }
}

const COLUMNS = `i.id, i.source_id AS sourceId, i.path, i.size, i.mtime, i.content_hash AS contentHash, i.width, i.height,
  i.orientation, i.depth, i.frames, i.status, i.problem, i.revision,
  (SELECT count(*) FROM annotations WHERE image_id = i.id AND state = 'accepted') AS accepted,
  (SELECT count(*) FROM annotations WHERE image_id = i.id AND state = 'proposed') AS proposed,
  EXISTS (SELECT 1 FROM run_items WHERE image_id = i.id AND state = 'done') AS looked`

export interface FoundImage extends ListedImage {
  /** 1 once a run has looked at it, whatever was found; else 0. */
  readonly looked: number
}
type Row = Omit<FoundImage, 'index'>

export class ImageSearch {
  readonly #connection: Connection
  readonly #row
  readonly #between

  constructor(connection: Connection) {
    this.#connection = connection
    this.#row = connection.prepare<Row>(`SELECT ${COLUMNS} FROM images i WHERE i.id = ? AND i.removed = 0`)
    this.#between = connection.prepare<{ count: number }>('SELECT count(*) AS count FROM images WHERE removed = 0 AND id >= ? AND id < ?')
  }

  /** Matching rows from `offset` on, and how many there are in all. `index` counts in the whole list. */
  page(filter: ImageFilter, offset: number, limit: number): { readonly total: number; readonly rows: FoundImage[] } {
    const terms = conditions(filter)
    const where = ['i.removed = 0', ...terms.map(({ sql }) => `(${sql})`)].join(' AND ')
    const values = terms.flatMap(({ values: own }) => own)
    const { total } = this.#connection.prepare<{ total: number }>(`SELECT count(*) AS total FROM images i WHERE ${where}`).get(...values)!
    const rows = this.#connection
      .prepare<Row>(`SELECT ${COLUMNS} FROM images i WHERE ${where} ORDER BY i.id LIMIT ? OFFSET ?`)
      .all(...values, limit, offset)
    return { total, rows: terms.length > 0 ? this.#indexed(rows) : rows.map((row, n) => ({ ...row, index: offset + n })) }
  }

  /** The matching row so many places after an image that need not match itself, or before it where `by` is less than 0; the outermost where there are not as many. */
  beside(filter: ImageFilter, id: ImageId, by: number): FoundImage | undefined {
    const terms = [...conditions(filter), { sql: by > 0 ? 'i.id > ?' : 'i.id < ?', values: [id] }]
    const where = ['i.removed = 0', ...terms.map(({ sql }) => `(${sql})`)].join(' AND ')
    const rows = this.#connection
      .prepare<Row>(`SELECT ${COLUMNS} FROM images i WHERE ${where} ORDER BY i.id ${by > 0 ? 'ASC' : 'DESC'} LIMIT ?`)
      .all(...terms.flatMap(({ values }) => values), Math.abs(by))
    return this.#indexed(rows.slice(-1))[0]
  }

  /** One row as lists show it, or undefined. */
  row(id: ImageId): FoundImage | undefined {
    return this.#indexed(this.#row.all(id))[0]
  }

  /** Rows in the order of their ids, each with its place: the list is counted through once, not once a row. */
  #indexed(rows: readonly Row[]): FoundImage[] {
    let [from, index] = [0, 0]
    return rows.map((row) => {
      index += this.#between.get(from, row.id)!.count
      from = row.id
      return { ...row, index }
    })
  }
}
