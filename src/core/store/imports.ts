/** What came in from files of other tools: which import brought which object, and what the files said about images. */
import { AppError } from '../../shared/errors.ts'
import type { Annotation, ImageId, LabelId } from '../../shared/model.ts'
import type { Connection } from './connection.ts'

type Values = Readonly<Record<string, unknown>>

export interface Import {
  readonly id: number
  /** ISO 8601, UTC. */
  readonly at: string
  readonly format: string
  /** Absolute path of the file or folder that was read. */
  readonly place: string
  /** 'open' until all of it is in: a program that died leaves it so. */
  readonly state: 'open' | 'finished' | 'undone'
  /** Labels it brought. */
  readonly labels: readonly LabelId[]
  readonly source: Values | null
}

export interface ImportedImage {
  readonly imageId: ImageId
  readonly split: string | null
  /** What the dataset calls it where that is not its path; see `nameSaid`. */
  readonly name: string | null
  readonly source: Values | null
}

export interface ImportedObject {
  readonly annotationId: Annotation['id']
  readonly fingerprint: string
}

export interface KnownObject extends ImportedObject {
  /** An import of the place that was asked about brought it. */
  readonly isOfPlace: boolean
}

interface Row extends Omit<Import, 'labels' | 'source'> {
  readonly labels: string
  readonly source: string | null
}
interface ImageRow extends Omit<ImportedImage, 'source'> {
  readonly source: string | null
}

const COLUMNS = 'id, at, format, place, state, labels, source'
const IMAGE_COLUMNS = 'image_id AS imageId, split, name, source'
/** Imports that were taken back count for nothing. */
const LASTING = `(SELECT state FROM imports WHERE id = import_id) <> 'undone'`

export class Imports {
  readonly #statements: ReturnType<typeof statementsOf>

  constructor(connection: Connection) {
    this.#statements = statementsOf(connection)
  }

  /** One of the same place that did not come to its end goes on under its number. */
  begin(format: string, place: string): Import {
    const open = this.#statements.open.get(format, place)
    return open ? importOf(open) : this.get(this.#statements.insert.run(new Date().toISOString(), format, place).id)
  }

  /** Throws `not-found`. */
  get(id: number): Import {
    const row = this.#statements.get.get(id)
    if (!row) throw new AppError('not-found', `Import ${String(id)} is not in this project.`, { importId: id })
    return importOf(row)
  }

  /** First to last. */
  list(): Import[] {
    return this.#statements.list.all().map(importOf)
  }

  /** The labels it brought until now. */
  setLabels(id: number, labels: readonly LabelId[]): void {
    this.#statements.setLabels.run(JSON.stringify(labels), id)
  }

  finish(id: number, source: Values | null): void {
    this.#statements.finish.run(source && JSON.stringify(source), id)
  }

  /** From now on it counts for nothing; the same file can be imported again. */
  markUndone(id: number): void {
    this.#statements.undo.run(id)
  }

  recordImage(id: number, { imageId, split, name, source }: ImportedImage): void {
    this.#statements.image.run(id, imageId, split, name, source && JSON.stringify(source))
  }

  recordObject(id: number, imageId: ImageId, { annotationId, fingerprint }: ImportedObject): void {
    this.#statements.object.run(imageId, fingerprint, annotationId, id)
  }

  /** What came in on an image by imports that were not undone, by fingerprint. */
  known(imageId: ImageId, place: string): Map<string, KnownObject[]> {
    const rows = this.#statements.known.all(place, imageId)
    const objects = rows.map((row) => ({ ...row, isOfPlace: Boolean(row.isOfPlace) }))
    return Map.groupBy(objects, ({ fingerprint }) => fingerprint)
  }

  /** What stands behind the first `length` characters of the fingerprints that finished imports of a place brought. */
  fingerprintEnds(format: string, place: string, length: number): ReadonlySet<string> {
    return new Set(this.#statements.ends.all(length + 1, format, place).map(({ end }) => end))
  }

  /** Objects on an image that lasting imports other than this one brought. */
  shared(id: number, imageId: ImageId): ReadonlySet<Annotation['id']> {
    return new Set(this.#statements.shared.all(imageId, id).map(({ annotationId }) => annotationId))
  }

  /** What one import brought onto an image. */
  objects(id: number, imageId: ImageId): ImportedObject[] {
    return this.#statements.objects.all(imageId, id)
  }

  /** What one import brought onto an image is taken back: nothing of it is known any more. */
  forgetObjects(id: number, imageId: ImageId): void {
    this.#statements.forget.run(imageId, id)
  }

  /** The images of one import. */
  images(id: number): ImportedImage[] {
    return this.#statements.images.all(id).map(imageOf)
  }

  /** What the last import that has this image says about it; null where it was never imported. */
  ofImage(imageId: ImageId): ImportedImage | null {
    const row = this.#statements.ofImage.get(imageId)
    return row ? imageOf(row) : null
  }

  /** What the last import says about its dataset as a whole; null where nothing was imported. */
  latest(): Import | null {
    const row = this.#statements.latest.get()
    return row ? importOf(row) : null
  }

  /** The parts that imported images belong to, in the order they came. */
  splits(): string[] {
    return this.#statements.splits.all().map(({ split }) => split)
  }
}

function statementsOf(connection: Connection) {
  return {
    insert: connection.prepare(`INSERT INTO imports (at, format, place, state) VALUES (?, ?, ?, 'open')`),
    get: connection.prepare<Row>(`SELECT ${COLUMNS} FROM imports WHERE id = ?`),
    list: connection.prepare<Row>(`SELECT ${COLUMNS} FROM imports ORDER BY id`),
    latest: connection.prepare<Row>(`SELECT ${COLUMNS} FROM imports WHERE state <> 'undone' ORDER BY id DESC LIMIT 1`),
    open: connection.prepare<Row>(
      `SELECT ${COLUMNS} FROM imports WHERE state = 'open' AND format = ? AND place = ? ORDER BY id DESC LIMIT 1`,
    ),
    setLabels: connection.prepare('UPDATE imports SET labels = ? WHERE id = ?'),
    finish: connection.prepare(`UPDATE imports SET state = 'finished', source = ? WHERE id = ?`),
    undo: connection.prepare(`UPDATE imports SET state = 'undone' WHERE id = ?`),
    image: connection.prepare(
      `INSERT INTO import_images (import_id, image_id, split, name, source) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (image_id, import_id) DO NOTHING`,
    ),
    object: connection.prepare(
      `INSERT INTO import_objects (image_id, fingerprint, annotation_id, import_id) VALUES (?, ?, ?, ?)
       ON CONFLICT (image_id, fingerprint, annotation_id, import_id) DO NOTHING`,
    ),
    known: connection.prepare<ImportedObject & { isOfPlace: number }>(
      `SELECT fingerprint, annotation_id AS annotationId, max((SELECT place FROM imports WHERE id = import_id) = ?) AS isOfPlace
       FROM import_objects WHERE image_id = ? AND ${LASTING} GROUP BY fingerprint, annotation_id`,
    ),
    ends: connection.prepare<{ end: string }>(
      `SELECT DISTINCT substr(fingerprint, ?) AS end FROM import_objects
       WHERE import_id IN (SELECT id FROM imports WHERE state = 'finished' AND format = ? AND place = ?)`,
    ),
    shared: connection.prepare<Pick<ImportedObject, 'annotationId'>>(
      `SELECT annotation_id AS annotationId FROM import_objects WHERE image_id = ? AND import_id <> ? AND ${LASTING}`,
    ),
    objects: connection.prepare<ImportedObject>(
      'SELECT annotation_id AS annotationId, fingerprint FROM import_objects WHERE image_id = ? AND import_id = ?',
    ),
    forget: connection.prepare('DELETE FROM import_objects WHERE image_id = ? AND import_id = ?'),
    images: connection.prepare<ImageRow>(`SELECT ${IMAGE_COLUMNS} FROM import_images WHERE import_id = ? ORDER BY image_id`),
    ofImage: connection.prepare<ImageRow>(
      `SELECT ${IMAGE_COLUMNS} FROM import_images WHERE image_id = ? AND ${LASTING} ORDER BY import_id DESC LIMIT 1`,
    ),
    splits: connection.prepare<{ split: string }>(
      `SELECT split FROM import_images WHERE split IS NOT NULL AND ${LASTING} GROUP BY split ORDER BY min(import_id), min(image_id)`,
    ),
  }
}

function importOf(row: Row): Import {
  return { ...row, labels: JSON.parse(row.labels) as LabelId[], source: parsed(row.source) }
}

function imageOf(row: ImageRow): ImportedImage {
  return { ...row, source: parsed(row.source) }
}

function parsed(text: string | null): Values | null {
  return text === null ? null : (JSON.parse(text) as Values)
}
