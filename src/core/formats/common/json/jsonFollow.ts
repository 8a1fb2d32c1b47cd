/** The values of some keys of an element, read while it is walked: its ids. */
import { COLON, closingQuote, endOfNumber, numberOf, QUOTE, skipSpace, textOf } from './jsonBytes.ts'

export class FollowedKeys {
  /** In the order of the keys; null where one is absent or neither number nor text. */
  readonly values: (number | string | null)[]
  private readonly keys: readonly Buffer[]

  constructor(keys: readonly string[]) {
    this.keys = keys.map((key) => Buffer.from(key))
    this.values = keys.map(() => null)
  }

  clear(): void {
    this.values.fill(null)
  }

  /** Keeps the value behind the string from quote `open` to quote `close` if that is a followed key; false asks for more bytes. */
  follow(buffer: Buffer, open: number, close: number, end: number, isLast: boolean): boolean {
    const index = this.indexOf(buffer, open + 1, close)
    if (index < 0) return true
    const colon = skipSpace(buffer, close + 1, end)
    if (colon < end && buffer[colon] !== COLON) return true
    const at = skipSpace(buffer, colon + 1, end)
    if (at >= end) return isLast
    if (buffer[at] === QUOTE) {
      const stop = closingQuote(buffer, at + 1, end)
      if (stop >= 0) this.values[index] = textOf(buffer, at, stop + 1)
      return stop >= 0
    }
    const stop = endOfNumber(buffer, at, end)
    if (stop === end && !isLast) return false
    this.values[index] = stop === at ? null : numberOf(buffer, at, stop)
    return true
  }

  private indexOf(buffer: Buffer, from: number, to: number): number {
    for (let k = 0; k < this.keys.length; k++) {
      const key = this.keys[k]!
      if (key.length !== to - from) continue
      let i = 0
      while (i < key.length && key[i] === buffer[from + i]) i++
      if (i === key.length) return k
    }
    return -1
  }
}
