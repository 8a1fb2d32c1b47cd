/** A SQLite connection whose errors are AppErrors and whose transactions take the write lock at once. */
import Database from 'better-sqlite3'
import { toAppError } from './sqliteErrors.ts'

export type Value = string | number | null

export interface Statement<Row> {
  /** Runs a write; gives the id of the row inserted last and how many rows changed. */
  run(...values: readonly Value[]): { readonly id: number; readonly changes: number }
  get(...values: readonly Value[]): Row | undefined
  all(...values: readonly Value[]): Row[]
}

export class Connection {
  readonly file: string
  readonly #db: Database.Database

  /** Opens an existing file; waits at most `busyTimeoutMs` for another writer before each `project-busy`. */
  constructor(file: string, busyTimeoutMs: number) {
    this.file = file
    this.#db = this.#mapped(() => new Database(file, { timeout: busyTimeoutMs, fileMustExist: true }))
  }

  prepare<Row = never>(sql: string): Statement<Row> {
    const statement = this.#mapped(() => this.#db.prepare<Value[], Row>(sql))
    return {
      run: (...values) => {
        const { lastInsertRowid, changes } = this.#mapped(() => statement.run(...values))
        return { id: Number(lastInsertRowid), changes }
      },
      get: (...values) => this.#mapped(() => statement.get(...values)),
      all: (...values) => this.#mapped(() => statement.all(...values)),
    }
  }

  /** All of `work` or nothing of it; inside another transaction it becomes part of that one. */
  transaction<T>(work: () => T): T {
    return this.#mapped(() => this.#db.transaction(work).immediate())
  }

  execute(sql: string): void {
    this.#mapped(() => this.#db.exec(sql))
  }

  /** The first value a pragma gives, or undefined. */
  pragma(text: string): unknown {
    return this.#mapped(() => this.#db.pragma(text, { simple: true }))
  }

  /** Copies the whole project to `destination` while it stays usable. */
  async backup(destination: string): Promise<void> {
    try {
      await this.#db.backup(destination)
    } catch (error) {
      throw toAppError(error, this.file)
    }
  }

  close(): void {
    this.#mapped(() => this.#db.close())
  }

  #mapped<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw toAppError(error, this.file)
    }
  }
}
