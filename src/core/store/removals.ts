/**
 * Images removed from the project. Their files are not touched. Their objects are taken away by an edit like any other, so
 * the log has them and they come back with the image.
 */
import { EMPTY_CHANGES } from '../../shared/changes.ts'
import type { ImageId, LabelId } from '../../shared/model.ts'
import type { Annotations } from './annotations.ts'
import type { Connection } from './connection.ts'
import type { EditLog } from './editLog.ts'
import type { Images } from './images.ts'
import type { Labels } from './labels.ts'

const REASON = 'image removed'
/** What objects get whose label was removed while their image was away. */
const LABEL_GONE = 'label removed'

interface Parts {
  readonly annotations: Annotations
  readonly images: Images
  readonly labels: Labels
  readonly log: EditLog
}

export class Removals {
  readonly #connection: Connection
  readonly #parts: Parts
  readonly #list
  readonly #count
  readonly #set
  readonly #objects
  readonly #forgetRuns

  constructor(connection: Connection, parts: Parts) {
    this.#connection = connection
    this.#parts = parts
    this.#list = connection.prepare<{ id: ImageId }>('SELECT id FROM images WHERE removed = 1 ORDER BY id')
    this.#count = connection.prepare<{ count: number }>('SELECT count(*) AS count FROM images WHERE removed = 1')
    this.#set = connection.prepare('UPDATE images SET removed = ? WHERE id = ? AND removed <> ?')
    this.#objects = connection.prepare<{ count: number }>('SELECT count(*) AS count FROM annotations WHERE image_id = ?')
    this.#forgetRuns = connection.prepare(`DELETE FROM run_items WHERE image_id = ? AND state IN ('pending', 'failed')`)
  }

  count(): number {
    return this.#count.get()!.count
  }

  /** In the order they came in. */
  list(): ImageId[] {
    return this.#list.all().map(({ id }) => id)
  }

  /** How many objects would go with these images. */
  objectsOf(ids: Iterable<ImageId>): number {
    return [...ids].reduce((sum, id) => sum + this.#objects.get(id)!.count, 0)
  }

  /** All of them or none; gives those that were not removed already. @throws AppError not-found */
  remove(ids: Iterable<ImageId>, actor: string): ImageId[] {
    return this.#connection.transaction(() => [...new Set(ids)].filter((id) => this.#remove(id, actor)))
  }

  #remove(id: ImageId, actor: string): boolean {
    const { annotations, revision } = this.#parts.annotations.load(id)
    if (this.#parts.images.isRemoved(id)) return false
    this.#parts.annotations.apply({ imageId: id, baseRevision: revision, changes: { ...EMPTY_CHANGES, removed: annotations }, actor, reason: REASON })
    this.#forgetRuns.run(id)
    return this.#set.run(1, id, 1).changes === 1
  }

  /** Brings images back with the objects they had, all or none; gives those that were removed. @throws AppError not-found */
  restore(ids: Iterable<ImageId>, actor: string): ImageId[] {
    return this.#connection.transaction(() => {
      const labels = new Set(this.#parts.labels.list().map(({ id }) => id))
      return [...new Set(ids)].filter((id) => this.#restore(id, labels, actor))
    })
  }

  #restore(id: ImageId, labels: ReadonlySet<LabelId>, actor: string): boolean {
    const { revision } = this.#parts.annotations.load(id)
    if (this.#set.run(0, id, 0).changes === 0) return false
    const last = this.#parts.log.lastOf(id)
    const had = last?.reason === REASON ? last.changes.removed : []
    const added = had.map((annotation) => (labels.has(annotation.labelId) ? annotation : { ...annotation, labelId: this.#parts.labels.ensure(LABEL_GONE).id }))
    this.#parts.annotations.apply({ imageId: id, baseRevision: revision, changes: { ...EMPTY_CHANGES, added }, actor, reason: 'image restored' })
    return true
  }
}
