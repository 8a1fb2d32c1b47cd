/** Small things a project remembers, as JSON by key. */
import type { Connection } from './connection.ts'

interface Row {
  readonly key: string
  readonly value: string
}

export class Settings {
  readonly #all
  readonly #set

  constructor(connection: Connection) {
    this.#all = connection.prepare<Row>('SELECT key, value FROM settings ORDER BY key')
    this.#set = connection.prepare(
      'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    )
  }

  all(): Record<string, unknown> {
    return Object.fromEntries(this.#all.all().map(({ key, value }) => [key, JSON.parse(value) as unknown]))
  }

  set(key: string, value: unknown): void {
    this.#set.run(key, JSON.stringify(value ?? null))
  }
}
