/** Runs and how far each is: one item per image. */
import { AppError } from '../../shared/errors.ts'
import type { ImageId, Recipe, RunId } from '../../shared/model.ts'
import type { Connection } from './connection.ts'
import { canonicalJson, sha256 } from './hash.ts'

/** How often an image is tried before a run leaves it alone. */
export const MAX_ATTEMPTS = 3

export interface Run {
  readonly id: RunId
  readonly recipe: Recipe
  readonly state: 'open' | 'finished' | 'undone'
  /** ISO 8601, UTC. */
  readonly createdAt: string
}

export type ItemState = 'pending' | 'running' | 'done' | 'failed' | 'skipped'
export type RunProgress = Readonly<Record<ItemState | 'total', number>>

export interface RunProblem {
  readonly imageId: ImageId
  readonly state: 'failed' | 'skipped'
  readonly error: string
  readonly attempts: number
}

type Row = Omit<Run, 'recipe'> & { readonly recipe: string }

const COLUMNS = 'id, recipe, state, created_at AS createdAt'

export class Runs {
  readonly #connection: Connection
  readonly #statements: ReturnType<typeof statementsOf>

  constructor(connection: Connection) {
    this.#connection = connection
    this.#statements = statementsOf(connection)
  }

  create(recipe: Recipe): Run {
    const { id } = this.#statements.insert.run(JSON.stringify(recipe), recipeHash(recipe), new Date().toISOString())
    return this.get(id as RunId)
  }

  /** The latest run of the same recipe, finished or not; undone ones don't count. */
  find(recipe: Recipe): Run | null {
    const row = this.#statements.find.get(recipeHash(recipe))
    return row ? runOf(row) : null
  }

  /** Throws `not-found`. */
  get(id: RunId): Run {
    const row = this.#statements.get.get(id)
    if (!row) throw new AppError('not-found', `Run ${String(id)} is not in this project.`, { runId: id })
    return runOf(row)
  }

  /** First to last. */
  list(): Run[] {
    return this.#statements.list.all().map(runOf)
  }

  /**
   * Begins the recipe on these images, or goes on with an earlier run of it: images that are done or skipped stay so,
   * new ones are added, failed ones are tried again up to MAX_ATTEMPTS times in all. An image that was being worked
   * on when the program died counts as one attempt.
   */
  start(recipe: Recipe, imageIds: Iterable<ImageId>): Run {
    return this.#connection.transaction(() => {
      const run = this.find(recipe) ?? this.create(recipe)
      this.#statements.giveUp.run(run.id, MAX_ATTEMPTS)
      this.#statements.retry.run(run.id, MAX_ATTEMPTS)
      for (const imageId of imageIds) this.#statements.enqueue.run(run.id, imageId)
      return this.#settle(run.id)
    })
  }

  /** Takes the next pending image: it is `running` now and has one attempt more. Null when none is left. */
  next(id: RunId): ImageId | null {
    return this.#connection.transaction(() => {
      const item = this.#statements.next.get(id)
      if (!item) return null
      this.#statements.take.run(id, item.imageId)
      return item.imageId
    })
  }

  /** Puts an image back that was taken and not worked on, e.g. because the run was cancelled: not an attempt. */
  putBack(id: RunId, imageId: ImageId): void {
    this.#statements.putBack.run(id, imageId)
  }

  /** `error` says in words what went wrong with this image. */
  markFailed(id: RunId, imageId: ImageId, error: string, ms: number): void {
    this.#mark(id, imageId, 'failed', error, ms)
  }

  /** `reason` says in words why there was nothing to do; a skipped image is not tried again. */
  markSkipped(id: RunId, imageId: ImageId, reason: string, ms: number): void {
    this.#mark(id, imageId, 'skipped', reason, ms)
  }

  /** Called by `proposals.recordResult` within its transaction. */
  markDone(id: RunId, imageId: ImageId, ms: number): void {
    this.#mark(id, imageId, 'done', null, ms)
  }

  progress(id: RunId): RunProgress {
    const counts = { pending: 0, running: 0, done: 0, failed: 0, skipped: 0, total: 0 }
    for (const { state, count } of this.#statements.progress.all(id)) {
      counts[state] = count
      counts.total += count
    }
    return counts
  }

  /** How far one image is; null for an image that is not part of the run. */
  stateOf(id: RunId, imageId: ImageId): ItemState | null {
    return this.#statements.stateOf.get(id, imageId)?.state ?? null
  }

  /** The images that failed or were skipped, and why. */
  problems(id: RunId): RunProblem[] {
    return this.#statements.problems.all(id)
  }

  /** From now on the same recipe begins anew. Called by `proposals.undoRun`. */
  markUndone(id: RunId): void {
    this.get(id)
    this.#statements.setState.run('undone', id)
  }

  #mark(id: RunId, imageId: ImageId, state: ItemState, error: string | null, ms: number): void {
    this.#connection.transaction(() => {
      this.#statements.mark.run(id, imageId, state, error, ms)
      this.#settle(id)
    })
  }

  /** A run is finished while no item waits or is worked on. */
  #settle(id: RunId): Run {
    const run = this.get(id)
    const state = this.#statements.unfinished.get(id) ? 'open' : 'finished'
    if (run.state !== 'undone' && run.state !== state) this.#statements.setState.run(state, id)
    return this.get(id)
  }
}

function statementsOf(connection: Connection) {
  const items = (change: string) => connection.prepare(`UPDATE run_items SET ${change}`)
  return {
    insert: connection.prepare(`INSERT INTO runs (recipe, recipe_hash, state, created_at) VALUES (?, ?, 'open', ?)`),
    find: connection.prepare<Row>(
      `SELECT ${COLUMNS} FROM runs WHERE recipe_hash = ? AND state <> 'undone' ORDER BY id DESC LIMIT 1`,
    ),
    get: connection.prepare<Row>(`SELECT ${COLUMNS} FROM runs WHERE id = ?`),
    list: connection.prepare<Row>(`SELECT ${COLUMNS} FROM runs ORDER BY id`),
    setState: connection.prepare('UPDATE runs SET state = ? WHERE id = ?'),
    enqueue: connection.prepare(
      `INSERT INTO run_items (run_id, image_id, state) VALUES (?, ?, 'pending') ON CONFLICT (run_id, image_id) DO NOTHING`,
    ),
    giveUp: items(`state = 'failed', error = 'The program stopped while working on this image.'
      WHERE run_id = ? AND state = 'running' AND attempts >= ?`),
    retry: items(`state = 'pending' WHERE run_id = ? AND state IN ('running', 'failed') AND attempts < ?`),
    next: connection.prepare<{ imageId: ImageId }>(
      `SELECT image_id AS imageId FROM run_items WHERE run_id = ? AND state = 'pending' ORDER BY image_id LIMIT 1`,
    ),
    take: items(`state = 'running', attempts = attempts + 1 WHERE run_id = ? AND image_id = ?`),
    putBack: items(`state = 'pending', attempts = attempts - 1 WHERE run_id = ? AND image_id = ? AND state = 'running'`),
    mark: connection.prepare(
      `INSERT INTO run_items (run_id, image_id, state, error, ms, attempts) VALUES (?, ?, ?, ?, ?, 1)
       ON CONFLICT (run_id, image_id) DO UPDATE SET state = excluded.state, error = excluded.error, ms = excluded.ms`,
    ),
    unfinished: connection.prepare<{ found: number }>(
      `SELECT 1 AS found FROM run_items WHERE run_id = ? AND state IN ('pending', 'running') LIMIT 1`,
    ),
    progress: connection.prepare<{ state: ItemState; count: number }>(
      'SELECT state, count(*) AS count FROM run_items WHERE run_id = ? GROUP BY state',
    ),
    stateOf: connection.prepare<{ state: ItemState }>('SELECT state FROM run_items WHERE run_id = ? AND image_id = ?'),
    problems: connection.prepare<RunProblem>(
      `SELECT image_id AS imageId, state, error, attempts FROM run_items WHERE run_id = ? AND state IN ('failed', 'skipped')
       ORDER BY image_id`,
    ),
  }
}

/** The same for the same recipe, whatever the order of its keys. */
export function recipeHash(recipe: Recipe): string {
  return sha256(canonicalJson(recipe))
}

function runOf(row: Row): Run {
  return { ...row, recipe: JSON.parse(row.recipe) as Recipe }
}
