/** One run at a time: onnxruntime's runs block each other, and two at once crash the WebGPU provider (onnxruntime 32561). */
import { AppError } from '../../shared/errors.ts'

/** `now` overtakes what waits, `idle` runs only while nothing else is there. */
export type Urgency = 'now' | 'normal' | 'idle'
const ORDER: readonly Urgency[] = ['now', 'normal', 'idle']

export interface RunOptions {
  readonly urgency: Urgency
  readonly signal: AbortSignal
  /** A newer run of one kind takes the place of those still waiting: the latest wins. */
  readonly replaces?: string
}

interface Run extends RunOptions {
  start(signal: AbortSignal): Promise<void>
  reject(error: AppError): void
}

export class RunQueue {
  readonly #waiting: Run[] = []
  #running: { readonly urgency: Urgency; readonly controller: AbortController } | null = null

  /**
   * @throws AppError cancelled, when the signal fires before the start or a newer run took its place
   */
  add<T>(options: RunOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (options.replaces !== undefined) this.#dropWaiting(({ replaces }) => replaces === options.replaces, 'Replaced by a newer request.')
    if (options.urgency !== 'idle' && this.#running?.urgency === 'idle') this.#running.controller.abort()
    return new Promise<T>((resolve, reject) => {
      const run: Run = { ...options, reject, start: (signal) => work(signal).then(resolve, reject) }
      options.signal.addEventListener('abort', () => {
        this.#dropWaiting((waiting) => waiting === run, 'Cancelled.')
      }, { once: true })
      this.#waiting.push(run)
      this.#next()
    })
  }

  #dropWaiting(which: (run: Run) => boolean, reason: string): void {
    for (const run of this.#waiting.filter(which)) {
      this.#waiting.splice(this.#waiting.indexOf(run), 1)
      run.reject(new AppError('cancelled', reason))
    }
  }

  #next(): void {
    if (this.#running !== null) return
    const run = ORDER.map((urgency) => this.#waiting.find((waiting) => waiting.urgency === urgency)).find((found) => found !== undefined)
    if (run === undefined) return
    this.#waiting.splice(this.#waiting.indexOf(run), 1)
    const controller = new AbortController()
    this.#running = { urgency: run.urgency, controller }
    void run.start(AbortSignal.any([run.signal, controller.signal])).then(() => {
      this.#running = null
      this.#next()
    })
  }
}
