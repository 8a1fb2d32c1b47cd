/** What changed in a project since a window last asked: how a second window on it learns of the first one's edits. */
import type { ImageId } from '../../shared/model.ts'

export interface Changes {
  /** To be passed as `after` next time. */
  readonly sequence: number
  readonly imageIds: ImageId[]
  readonly labels: boolean
  readonly images: boolean
  /** What changed is not known in detail, e.g. another project was opened: load everything again. */
  readonly everything: boolean
}

interface Change {
  readonly imageId?: ImageId
  readonly labels?: boolean
  readonly images?: boolean
}

/** A waiting call is answered after this long even if nothing happened, so that dead windows don't pile up. */
const WAIT_MS = 25_000

/** Keeps the last change of each image, so that nothing is forgotten however late a window asks. */
export class ChangeFeed {
  /** Begins at the time of the start: numbers given out by an earlier start of the program are smaller. */
  #sequence = Date.now()
  #knownSince = this.#sequence
  #labels = 0
  #images = 0
  readonly #ofImage = new Map<ImageId, number>()
  readonly #waiting = new Set<() => void>()

  announce({ imageId, labels, images }: Change): void {
    this.#sequence++
    if (imageId !== undefined) this.#ofImage.set(imageId, this.#sequence)
    if (labels) this.#labels = this.#sequence
    if (images) this.#images = this.#sequence
    this.#wake()
  }

  /** Another project is open, or so much changed in this one that what windows know is worth nothing. */
  restart(): void {
    this.#sequence++
    this.#knownSince = this.#sequence
    this.#labels = this.#images = 0
    this.#ofImage.clear()
    this.#wake()
  }

  /** Resolves with everything after `after` (0 for a new window), at once or when something happens. */
  async next(after: number, signal: AbortSignal): Promise<Changes> {
    if (after === this.#sequence) await this.#wait(signal)
    const everything = after !== 0 && (after < this.#knownSince || after > this.#sequence)
    return {
      sequence: this.#sequence,
      imageIds: [...this.#ofImage].filter(([, at]) => at > after).map(([imageId]) => imageId),
      labels: everything || this.#labels > after,
      images: everything || this.#images > after,
      everything,
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
    if (signal.aborted) return Promise.resolve()
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
