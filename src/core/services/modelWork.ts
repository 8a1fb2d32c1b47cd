/** What the engine has been asked and has not answered yet, in the order it gets to it. */
import type { ModelActivity } from '../../shared/appContract.ts'
import { ChangeFeed } from './changeFeed.ts'

export type Work = NonNullable<ModelActivity['now']>

export class ModelWork {
  readonly #feed = new ChangeFeed()
  readonly #queue: { readonly work: Work }[] = []

  /** Counts a call to the engine until it is answered. */
  async during<T>(work: Work, call: () => Promise<T>): Promise<T> {
    const entry = { work }
    this.#queue.splice(this.#placeOf(work), 0, entry)
    this.announce()
    try {
      return await call()
    } finally {
      this.#queue.splice(this.#queue.indexOf(entry), 1)
      this.announce()
    }
  }

  /** Something else that windows show has changed. */
  announce(): void {
    this.#feed.announce({})
  }

  /** Resolves once anything happened after `after` (0 for a new window), or after a while. */
  async next(after: number, signal: AbortSignal): Promise<Pick<ModelActivity, 'sequence' | 'now' | 'waiting'>> {
    const { sequence } = await this.#feed.next(after, signal)
    return { sequence, now: this.#queue[0]?.work ?? null, waiting: Math.max(0, this.#queue.length - 1) }
  }

  /** Answers everybody who waits. */
  end(): void {
    this.#feed.end()
  }

  /** As the engine's own queue has it: masks overtake what waits, and reading ahead gives way to everything. */
  #placeOf(work: Work): number {
    const idle = this.#queue.findIndex((entry) => entry.work === 'reading-ahead')
    const end = idle < 0 || work === 'reading-ahead' ? this.#queue.length : idle
    return work === 'masks' ? Math.min(1, end) : end
  }
}
