/**
 * Images of a project. Lists are read page by page: a project may have hundreds of thousands. Lists and counts leave out
 * removed images (`Removals`); those found by id or path may be removed.
 */
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import type { Image, ImageId } from '../../shared/model.ts'
import type { Connection } from './connection.ts'

/** What a scan of a folder learns about one file. */
export interface ScannedImage extends Omit<Image, 'id' | 'revision'> {
  /** Bytes of the file. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly mtime: number
  /** SHA-256 of the file, hex; null until it is read whole. */
  readonly contentHash: string | null
}

export interface StoredImage extends ScannedImage {
  readonly id: ImageId
  readonly revision: number
  readonly sourceId: number
}

/** A row of the file list. */
export interface ListedImage extends StoredImage {
  /** Position in the whole list, from 0. */
  readonly index: number
  readonly accepted: number
  readonly proposed: number
}

const COLUMNS = `i.id, i.source_id AS sourceId, i.path, i.size, i.mtime, i.content_hash AS contentHash, i.width, i.height,
  i.orientation, i.depth, i.frames, i.status, i.problem, i.revision`
const COUNTED = `${COLUMNS},
  (SELECT count(*) FROM annotations WHERE image_id = i.id AND state = 'accepted') AS accepted,
  (SELECT count(*) FROM annotations WHERE image_id = i.id AND state = 'proposed') AS proposed`
const BATCH = 500

export class Images {
  readonly #connection: Connection
  readonly #insert
  readonly #update
  readonly #exact
  readonly #equivalent
  readonly #get
  readonly #removed
  readonly #after
  readonly #page
  readonly #root
  readonly #count
  readonly #statuses
  readonly #setHash
  readonly #setStatus
  readonly #setSource

  constructor(connection: Connection) {
    this.#connection = connection
    this.#insert = connection.prepare(`INSERT INTO images (source_id, path, path_key, size, mtime, content_hash, width, height,
      orientation, depth, frames, status, problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    this.#update = connection.prepare(`UPDATE images SET path = ?, path_key = ?, size = ?, mtime = ?, content_hash = ?, width = ?,
      height = ?, orientation = ?, depth = ?, frames = ?, status = ?, problem = ? WHERE id = ?`)
    this.#exact = connection.prepare<StoredImage>(`SELECT ${COLUMNS} FROM images i WHERE source_id = ? AND path = ?`)
    this.#equivalent = connection.prepare<StoredImage & { readonly removed: number }>(
      `SELECT ${COLUMNS}, i.removed FROM images i WHERE source_id = ? AND path_key = ? ORDER BY id`,
    )
    this.#get = connection.prepare<StoredImage>(`SELECT ${COLUMNS} FROM images i WHERE id = ?`)
    this.#removed = connection.prepare<{ removed: number }>('SELECT removed FROM images WHERE id = ?')
    this.#after = connection.prepare<StoredImage>(
      `SELECT ${COLUMNS} FROM images i WHERE removed = 0 AND id > ? ORDER BY id LIMIT ${String(BATCH)}`,
    )
    this.#page = connection.prepare<Omit<ListedImage, 'index'>>(`SELECT ${COUNTED} FROM images i WHERE removed = 0 ORDER BY id LIMIT ? OFFSET ?`)
    this.#root = connection.prepare<{ root: string }>('SELECT root FROM sources WHERE id = ?')
    this.#count = connection.prepare<{ count: number }>('SELECT count(*) AS count FROM images WHERE removed = 0')
    this.#statuses = connection.prepare<{ status: ImageStatusName; count: number }>(
      'SELECT status, count(*) AS count FROM images WHERE removed = 0 GROUP BY status',
    )
    this.#setHash = connection.prepare('UPDATE images SET content_hash = ? WHERE id = ?')
    this.#setSource = connection.prepare('UPDATE images SET source_id = ?, path = ? WHERE id = ?')
    this.#setStatus = connection.prepare('UPDATE images SET status = ?, problem = ? WHERE id = ?')
  }

  /**
   * Takes in what a scan found, in one transaction: images known by path are brought up to date and keep their
   * annotations. A path that differs from a known one only in its Unicode normal form is that image again (macOS and
   * Linux disagree) where the file has the same size. An unchanged file keeps the content hash it had. Images that were
   * removed from the project stay so: `removed` has them, `ids` the others.
   */
  upsert(sourceId: number, scanned: readonly ScannedImage[]): { readonly ids: ImageId[]; readonly added: number; readonly removed: ImageId[] } {
    return this.#connection.transaction(() => {
      let added = 0
      const removed = new Set<ImageId>()
      const ids = scanned.map((file) => {
        const known = this.#known(sourceId, file)
        if (known?.removed === 1) removed.add(known.id)
        if (known) return this.#refresh(known, file)
        added++
        return this.#insert.run(sourceId, ...pathOf(file), file.contentHash, ...factsOf(file)).id as ImageId
      })
      return { ids: ids.filter((id) => !removed.has(id)), added, removed: [...removed] }
    })
  }

  #known(sourceId: number, file: ScannedImage) {
    const equivalent = this.#equivalent.all(sourceId, file.path.normalize('NFC'))
    return equivalent.find(({ path }) => path === file.path) ?? equivalent.find(({ size }) => size === file.size)
  }

  #refresh(known: StoredImage, file: ScannedImage): ImageId {
    const unchanged = known.size === file.size && known.mtime === file.mtime
    const hash = file.contentHash ?? (unchanged ? known.contentHash : null)
    this.#update.run(...pathOf(file), hash, ...factsOf(file), known.id)
    return known.id
  }

  /** Throws `not-found`. */
  get(id: ImageId): StoredImage {
    return this.#get.get(id) ?? absent(id)
  }

  isRemoved(id: ImageId): boolean {
    return this.#removed.get(id)?.removed === 1
  }

  /** By path relative to its source, in whichever Unicode normal form. */
  byPath(sourceId: number, path: string): StoredImage | null {
    return this.#exact.get(sourceId, path) ?? this.#equivalent.get(sourceId, path.normalize('NFC')) ?? null
  }

  /** The absolute path of the image's file. */
  fileOf(image: StoredImage): string {
    return join(this.#root.get(image.sourceId)!.root, image.path)
  }

  /** All that are not removed, in the order they came in. Other calls, writes too, may happen meanwhile. */
  *iterate(): Generator<StoredImage> {
    let last = -1
    for (;;) {
      const batch = this.#after.all(last)
      yield* batch
      if (batch.length < BATCH) return
      last = batch.at(-1)!.id
    }
  }

  /** Rows of the file list from `offset` on, in the order of `iterate`. */
  page(offset: number, limit: number): ListedImage[] {
    return this.#page.all(limit, offset).map((row, n) => ({ ...row, index: offset + n }))
  }

  count(): number {
    return this.#count.get()!.count
  }

  countsByStatus(): Record<ImageStatusName, number> {
    const none: Record<ImageStatusName, number> = { ok: 0, failed: 0, missing: 0 }
    return { ...none, ...Object.fromEntries(this.#statuses.all().map(({ status, count }) => [status, count])) }
  }

  /** Gives an image another file, with all that is known of it; its annotations stay. */
  setFile(id: ImageId, sourceId: number, file: ScannedImage): void {
    this.#connection.transaction(() => {
      if (this.#setSource.run(sourceId, file.path, id).changes === 0) absent(id)
      this.#update.run(...pathOf(file), file.contentHash, ...factsOf(file), id)
    })
  }

  setContentHash(id: ImageId, hash: string): void {
    if (this.#setHash.run(hash, id).changes === 0) absent(id)
  }

  /** `problem` says in words why an image that is not ok can't be shown. */
  setStatus(id: ImageId, status: ImageStatusName, problem: string | null): void {
    if (this.#setStatus.run(status, problem, id).changes === 0) absent(id)
  }
}

type ImageStatusName = Image['status']

/** path, path_key, size, mtime: the columns before content_hash. */
function pathOf(file: ScannedImage) {
  return [file.path, file.path.normalize('NFC'), file.size, file.mtime] as const
}

/** width ... problem: the columns after content_hash. */
function factsOf(file: ScannedImage) {
  return [file.width, file.height, file.orientation, file.depth, file.frames, file.status, file.problem] as const
}

function absent(id: ImageId): never {
  throw new AppError('not-found', `Image ${String(id)} is not in this project.`, { imageId: id })
}
