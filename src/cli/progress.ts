/** How far a command is: one redrawn line with the time left on a terminal, plain lines elsewhere. */
import { interruptSignal } from './interrupt.ts'
import type { Terminal } from './terminal.ts'
import { fit, printable } from './text.ts'

export interface Progress {
  /** What is going on before and between updates; shown only where a line can be redrawn. */
  say(text: string): void
  /** The work whose time is measured begins now. */
  begin(): void
  /** `done` of `total`; `text` says what was last worked on, `important` leaves it on the screen and in every log. */
  update(done: number, total: number, text: string, important?: boolean): void
  /** Takes the redrawn line away; the next call draws it again. */
  end(): void
}

const BAR_WIDTH = 24
const REDRAW_EVERY_MS = 80
/** Plain lines come at most this often. */
const PLAIN_EVERY_MS = 2000

export function progress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? barProgress(stream) : plainProgress(stream)
}

/** Long work with its progress; the first Ctrl+C says `stopping` and aborts the signal. */
export async function withProgress<T>(stopping: string, out: Terminal, work: (signal: AbortSignal, bar: Progress) => Promise<T>): Promise<T> {
  const { signal, release } = interruptSignal(() => {
    out.note(stopping)
  })
  const bar = progress()
  try {
    return await work(signal, bar)
  } finally {
    bar.end()
    release()
  }
}

/** Words for the time left, from the work since `begin`: what was done at an earlier start took no time of this one. */
class Clock {
  #start = performance.now()
  #before: number | null = null

  begin(): void {
    this.#start = performance.now()
    this.#before = null
  }

  left(done: number, total: number): string {
    this.#before ??= done - 1
    if (done >= total) return ''
    return timeLeft(performance.now() - this.#start, done - this.#before, total - done)
  }
}

/** "1 min 20 s left" for `left` more where `done` took so long. */
export function timeLeft(elapsedMs: number, done: number, left: number): string {
  if (done <= 0) return ''
  const seconds = Math.ceil(((elapsedMs / done) * left) / 1000)
  if (seconds < 60) return `${String(seconds)} s left`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${String(minutes)} min ${String(seconds % 60)} s left` : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min left`
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  const clock = new Clock()
  let head = ''
  let drawn = 0
  const draw = (text: string) => {
    drawn = performance.now()
    stream.write(`\r\x1b[K${fit(printable(head + text), (stream.columns || 80) - 1)}`)
  }
  return {
    begin: () => {
      clock.begin()
    },
    say: (text) => {
      if (performance.now() - drawn >= REDRAW_EVERY_MS) draw(text)
    },
    update: (done, total, text, important = false) => {
      if (important) stream.write(`\r\x1b[K${printable(text)}\n`)
      const filled = Math.round((BAR_WIDTH * done) / Math.max(1, total))
      const left = clock.left(done, total)
      head = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${String(done)}/${String(total)}  ${left && `${left}  `}`
      draw(important ? '' : text)
    },
    end: () => {
      if (drawn > 0) stream.write('\r\x1b[K')
      head = ''
      drawn = 0
    },
  }
}

function plainProgress(stream: NodeJS.WriteStream): Progress {
  const clock = new Clock()
  let last = -Infinity
  return {
    begin: () => {
      clock.begin()
    },
    say: () => undefined,
    update: (done, total, text, important = false) => {
      const left = clock.left(done, total)
      const now = performance.now()
      if (!important && done < total && now - last < PLAIN_EVERY_MS) return
      last = now
      stream.write(`${String(done)}/${String(total)}  ${printable(text)}${left && `  (${left})`}\n`)
    },
    end: () => undefined,
  }
}
