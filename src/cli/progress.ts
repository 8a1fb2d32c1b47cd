/** How far a command is: one redrawn line with the time left on a terminal, plain lines elsewhere. */

export interface Progress {
  /** `done` of `total`; `text` says what was last worked on, `important` prints it even where lines are plain. */
  update(done: number, total: number, text: string, important?: boolean): void
  /** Ends the redrawn line. */
  end(): void
}

const BAR_WIDTH = 24
/** Plain lines come at most this often. */
const PLAIN_EVERY_MS = 2000

export function progress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? barProgress(stream) : plainProgress(stream)
}

/** "1 min 20 s" from what the work so far took. */
export function timeLeft(elapsedMs: number, done: number, total: number): string {
  if (done === 0) return ''
  const seconds = Math.round(((elapsedMs / done) * (total - done)) / 1000)
  return seconds < 60 ? `${String(seconds)} s left` : `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s left`
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  const start = performance.now()
  return {
    update: (done, total, text, important = false) => {
      if (important) stream.write(`\r\x1b[K${text}\n`)
      const filled = Math.round((BAR_WIDTH * done) / Math.max(1, total))
      const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
      const line = `${bar} ${String(done)}/${String(total)}  ${timeLeft(performance.now() - start, done, total)}  ${important ? '' : text}`
      stream.write(`\r\x1b[K${line.slice(0, Math.max(20, stream.columns - 1))}`)
    },
    end: () => {
      stream.write('\r\x1b[K')
    },
  }
}

function plainProgress(stream: NodeJS.WriteStream): Progress {
  const start = performance.now()
  let last = -Infinity
  return {
    update: (done, total, text, important = false) => {
      const now = performance.now()
      if (!important && done < total && now - last < PLAIN_EVERY_MS) return
      last = now
      stream.write(`${String(done)}/${String(total)}  ${timeLeft(now - start, done, total)}  ${text}\n`)
    },
    end: () => undefined,
  }
}
