/** What changed in a project since a window last asked: how a second window on it learns of the first one's edits. */
import type { ImageId } from '../../shared/model.ts'

export interface Changes {
  readonly sequence: number
  readonly imageIds: ImageId[]
  readonly labels: boolean
  readonly images: boolean
}

interface Change {
  readonly imageId?: ImageId
  readonly labels?: boolean
  readonly images?: boolean
}

/** Older changes are forgotten: who asks for them is told that everything may have changed. */
const KEPT = 1000
/** A waiting call is answered after this long even if nothing happened, so that dead windows don't pile up. */
const WAIT_MS = 25_000

export class ChangeFeed {
  #sequence = 0
  readonly #kept: Change[] = []
  readonly #waiting = new Set<() => void>()

  announce(change: Change): void {
    this.#sequence++
    this.#kept.push(change)
    if (this.#kept.length > KEPT) this.#kept.shift()
    this.#wake()
  }

  /** Resolves with everything after `after`, at once or when something happens. */
  async next(after: number, signal: AbortSignal): Promise<Changes> {
    if (after >= this.#sequence) await this.#wait(signal)
    const fresh = this.#kept.slice(Math.max(0, this.#kept.length - Math.max(0, this.#sequence - after)))
    return {
      sequence: this.#sequence,
      imageIds: [...new Set(fresh.flatMap(({ imageId }) => imageId ?? []))],
      labels: fresh.some(({ labels }) => labels),
      images: fresh.some(({ images }) => images),
    }
  }

  /** Answers everybody who waits; the project is being closed. */
  end(): void {
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, WAIT_MS)
      signal.addEventListener('abort', done)
      this.#waiting.add(done)
    })
  }
}
