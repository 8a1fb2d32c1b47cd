/** Annotations. `apply` is the only way one is written: mouse, accepted proposals, undo, import, runs. */
import { isEmpty, isSame, stepsOf } from '../../shared/changes.ts'
import type { ChangeSet, Step } from '../../shared/changes.ts'
import { AppError } from '../../shared/errors.ts'
import type { Annotation, ImageId, LabelId } from '../../shared/model.ts'
import { annotationOf, COLUMNS, valuesOf } from './annotationRow.ts'
import type { AnnotationRow } from './annotationRow.ts'
import type { Connection } from './connection.ts'
import type { EditLog } from './editLog.ts'

export interface Edit {
  readonly imageId: ImageId
  /** The revision of the image the changes were made from. */
  readonly baseRevision: number
  readonly changes: ChangeSet
  /** Who: a person or program, for the log. */
  readonly actor: string
  /** Why, in words, for the log. */
  readonly reason: string
}

export interface ImageAnnotations {
  readonly annotations: Annotation[]
  readonly revision: number
}

const BATCH = 500

export class Annotations {
  readonly #connection: Connection
  readonly #log: EditLog
  readonly #image
  readonly #setRevision
  readonly #ofImage
  readonly #get
  readonly #insert
  readonly #update
  readonly #remove
  readonly #annotated
  readonly #labelled
  readonly #count

  constructor(connection: Connection, log: EditLog) {
    this.#connection = connection
    this.#log = log
    const select = `SELECT ${COLUMNS.join(', ')} FROM annotations`
    this.#image = connection.prepare<{ revision: number; removed: number }>('SELECT revision, removed FROM images WHERE id = ?')
    this.#setRevision = connection.prepare('UPDATE images SET revision = ? WHERE id = ?')
    this.#ofImage = connection.prepare<AnnotationRow>(`${select} WHERE image_id = ? ORDER BY z, rowid`)
    this.#get = connection.prepare<AnnotationRow>(`${select} WHERE id = ?`)
    this.#insert = connection.prepare(
      `INSERT INTO annotations (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT (id) DO NOTHING`,
    )
    const assignments = COLUMNS.slice(0, -1).map((column) => `${column} = ?`)
    this.#update = connection.prepare(`UPDATE annotations SET ${assignments.join(', ')} WHERE id = ?`)
    this.#remove = connection.prepare('DELETE FROM annotations WHERE id = ?')
    this.#annotated = connection.prepare<{ id: ImageId }>(
      `SELECT DISTINCT image_id AS id FROM annotations WHERE image_id > ? ORDER BY image_id LIMIT ${String(BATCH)}`,
    )
    this.#labelled = connection.prepare<{ id: ImageId }>(
      'SELECT DISTINCT image_id AS id FROM annotations WHERE label_id = ? ORDER BY image_id',
    )
    this.#count = connection.prepare<{ count: number }>('SELECT count(*) AS count FROM annotations')
  }

  /** The annotations of one image, bottom to top, and the revision to base changes on. Throws `not-found`. */
  load(imageId: ImageId): ImageAnnotations {
    return { revision: this.#imageOf(imageId).revision, annotations: this.#ofImage.all(imageId).map(annotationOf) }
  }

  /**
   * Applies the changes, logs them and gives the image's new revision, all in one transaction that is on disk when
   * this returns. Changes that change nothing give the revision the image had.
   * Throws `stale-revision` where the image has moved on or a `from` is not what is stored, `invalid-argument` for
   * changes that cannot be meant, `not-found` for an image that was removed; nothing is written then.
   */
  apply({ imageId, baseRevision, changes, actor, reason }: Edit): number {
    return this.#connection.transaction(() => {
      const { revision: current, removed } = this.#imageOf(imageId)
      if (current !== baseRevision) throw stale(imageId, { baseRevision, current })
      if (isEmpty(changes)) return current
      if (removed === 1) throw new AppError('not-found', 'This image was removed from the project. Show it again to change its objects.', { imageId })
      for (const step of stepsOf(changes)) this.#write(imageId, step)
      this.#setRevision.run(current + 1, imageId)
      this.#log.append({ imageId, revision: current + 1, actor, reason, changes })
      return current + 1
    })
  }

  /** Image after image, those that have annotations, in the order of `images.iterate`. */
  *iterate(): Generator<ImageAnnotations & { readonly imageId: ImageId }> {
    let last = -1
    for (;;) {
      const batch = this.#annotated.all(last)
      for (const { id } of batch) yield { imageId: id, ...this.load(id) }
      if (batch.length < BATCH) return
      last = batch.at(-1)!.id
    }
  }

  /** The images that have annotations with this label. */
  imagesWithLabel(labelId: LabelId): ImageId[] {
    return this.#labelled.all(labelId).map(({ id }) => id)
  }

  count(): number {
    return this.#count.get()!.count
  }

  #write(imageId: ImageId, { id, from, to }: Step): void {
    if ((from ?? to)!.imageId !== imageId) {
      throw new AppError('invalid-argument', `Annotation ${id} belongs to another image.`, { imageId, annotationId: id })
    }
    if (!from) {
      if (this.#insert.run(...valuesOf(to!)).changes === 0) throw stale(imageId, { annotationId: id })
      return
    }
    const stored = this.#get.get(id)
    if (!stored || !isSame(annotationOf(stored), from)) throw stale(imageId, { annotationId: id })
    if (to) this.#update.run(...valuesOf(to))
    else this.#remove.run(id)
  }

  #imageOf(imageId: ImageId): { readonly revision: number; readonly removed: number } {
    const row = this.#image.get(imageId)
    if (!row) throw new AppError('not-found', `Image ${String(imageId)} is not in this project.`, { imageId })
    return row
  }
}

function stale(imageId: ImageId, details: Record<string, string | number>): AppError {
  return new AppError(
    'stale-revision',
    'The image was changed elsewhere meanwhile. Reload it and make the change again; nothing was written.',
    { imageId, ...details },
  )
}
