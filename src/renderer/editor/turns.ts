/** One thing after the other: what is done at once is, unless something before it is still under way. */
export class Turns {
  #last: Promise<void> | null = null

  /** Runs it now, or when all before it is done. It must not throw. */
  take(work: () => Promise<void> | void): void {
    const running = this.#last ? this.#last.then(work) : work()
    if (!running) return
    const mine = (this.#last = running.then(() => {
      if (this.#last === mine) this.#last = null
    }))
  }

  /** Like `take`, and gives what comes of it. */
  after<Result>(work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => this.take(() => work().then(resolve, reject)))
  }
}
