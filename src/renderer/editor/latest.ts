/** At most one call under way and one waiting; a newer call replaces the one that waits. */
export class Latest<Args, Result> {
  readonly #call: (args: Args, signal: AbortSignal) => Promise<Result>
  #waiting: { readonly args: Args; readonly resolve: (result: Result | null) => void; readonly reject: (error: unknown) => void } | null = null
  #running = false
  #abort = new AbortController()

  constructor(call: (args: Args, signal: AbortSignal) => Promise<Result>) {
    this.#call = call
  }

  /** Resolves to null when a newer call took its place. */
  run(args: Args): Promise<Result | null> {
    return new Promise((resolve, reject) => {
      this.#waiting?.resolve(null)
      this.#waiting = { args, resolve, reject }
      if (!this.#running) void this.#next()
    })
  }

  /** Forgets what waits and cancels what runs. */
  cancel(): void {
    this.#waiting?.resolve(null)
    this.#waiting = null
    this.#abort.abort()
    this.#abort = new AbortController()
  }

  async #next(): Promise<void> {
    this.#running = true
    for (let job = this.#waiting; job; job = this.#waiting) {
      this.#waiting = null
      const { signal } = this.#abort
      try {
        const result = await this.#call(job.args, signal)
        job.resolve(signal.aborted ? null : result)
      } catch (error) {
        if (signal.aborted) job.resolve(null)
        else job.reject(error)
      }
    }
    this.#running = false
  }
}
