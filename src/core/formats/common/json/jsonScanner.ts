/** The walk of `jsonScan.ts` over one buffer after another. Between two buffers it never stands inside a string. */
import { CLOSE, closingQuote, COLON, COMMA, endOfScalar, IS_SPACE, KIND, OPEN, QUOTE, TEXT, textOf } from './jsonBytes.ts'
import { FollowedKeys } from './jsonFollow.ts'
import type { JsonDamage, JsonSink, OnElement } from './jsonScan.ts'

/** JSON.parse knows no limit, but what writes values again does. */
const DEEPEST = 100

type Where = 'start' | 'key' | 'colon' | 'value' | 'elements' | 'after'

export class JsonScanner {
  damage: JsonDamage | null = null
  private readonly sink: JsonSink
  private readonly followed: FollowedKeys
  private where: Where = 'start'
  private key: string | null = null
  private memberStart = 0
  /** Wants the elements of the array that is walked; null outside of arrays. */
  private onElement: OnElement | null = null
  /** Start of the value that is walked and how deep the walk is in it: 0 is not in one. */
  private start = 0
  private depth = 0
  private deepest = 0
  private isElement = false
  private isObject = false
  private base = 0
  private isLast = false

  constructor(sink: JsonSink, followed: readonly string[]) {
    this.sink = sink
    this.followed = new FollowedKeys(followed)
  }

  /** Walks `buffer` up to `end`, whose first byte is byte `base` of the file; returns how far it came. */
  push(buffer: Buffer, end: number, base: number, isLast: boolean): number {
    this.base = base
    this.isLast = isLast
    let at = base === 0 && this.where === 'start' ? this.skipMark(buffer, end) : 0
    while (at < end && this.damage === null) {
      const next = this.depth > 0 ? this.walk(buffer, at, end) : this.step(buffer, at, end)
      if (next < 0) break
      at = next
    }
    if (isLast && this.damage === null && (at < end || this.where !== 'after')) this.cutOff(end)
    return at
  }

  private skipMark(buffer: Buffer, end: number): number {
    if (end > 2 && buffer.readUIntBE(0, 3) === 0xefbbbf) return 3
    if (end > 1 && [0xfeff, 0xfffe].includes(buffer.readUInt16BE(0))) this.fail(0, 'it is written in UTF-16; save it as UTF-8')
    return 0
  }

  private cutOff(end: number): void {
    const isOpen = this.depth > 0
    if (this.where === 'start') this.fail(0, 'it is empty')
    else if (isOpen && this.isElement) this.fail(this.start - this.base, 'it is cut off: the record that starts here does not end')
    else this.fail(end, 'it is cut off here')
  }

  private fail(at: number, reason: string): void {
    this.damage ??= { offset: this.base + at, reason }
  }

  /** One byte outside of values, or a scalar as a whole; -1 asks for more bytes. */
  private step(buffer: Buffer, at: number, end: number): number {
    const byte = buffer[at]!
    if (IS_SPACE[byte]) return at + 1
    switch (this.where) {
      case 'start':
        return this.enterRoot(byte, at)
      case 'key':
        return this.readKey(buffer, at, end)
      case 'colon':
        if (byte !== COLON) this.fail(at, 'a colon is missing')
        this.where = 'value'
        return at + 1
      case 'value':
        return this.enterValue(buffer, at, end)
      case 'elements':
        return this.enterElement(buffer, at, end)
      case 'after':
        this.fail(at, 'something stands behind its end')
        return at
    }
  }

  private enterRoot(byte: number, at: number): number {
    if (byte === 0x7b) this.where = 'key'
    else if (byte === 0x5b) this.enterArray(null)
    else this.fail(at, 'it does not start with { or [')
    return at + 1
  }

  private enterArray(key: string | null): void {
    this.where = 'elements'
    this.onElement = this.sink.elementsOf(key)
  }

  private readKey(buffer: Buffer, at: number, end: number): number {
    const byte = buffer[at]!
    if (byte === COMMA) return at + 1
    if (byte === 0x7d) {
      this.where = 'after'
      return at + 1
    }
    if (byte !== QUOTE) {
      this.fail(at, 'a key in quotes is missing')
      return at
    }
    const close = closingQuote(buffer, at + 1, end)
    if (close < 0) return -1
    this.key = textOf(buffer, at, close + 1)
    if (this.key === null) this.fail(at, 'this key is not valid JSON')
    this.where = 'colon'
    return close + 1
  }

  private enterValue(buffer: Buffer, at: number, end: number): number {
    this.memberStart = this.base + at
    if (buffer[at] === 0x5b) {
      this.enterArray(this.key)
      return at + 1
    }
    return this.enter(buffer, at, end, false)
  }

  private enterElement(buffer: Buffer, at: number, end: number): number {
    const byte = buffer[at]!
    if (byte === COMMA) return at + 1
    if (byte !== 0x5d) return this.enter(buffer, at, end, true)
    this.onElement = null
    this.leaveMember(at + 1)
    return at + 1
  }

  /** Into an object or array, or past a scalar. */
  private enter(buffer: Buffer, at: number, end: number, isElement: boolean): number {
    const kind = KIND[buffer[at]!]
    if (kind === CLOSE) {
      this.fail(at, 'a bracket closes what is not open')
      return at
    }
    this.start = this.base + at
    this.isElement = isElement
    this.isObject = buffer[at] === 0x7b
    this.deepest = 0
    this.followed.clear()
    if (kind === OPEN) {
      this.depth = 1
      return at + 1
    }
    const stop = kind === TEXT ? closingQuote(buffer, at + 1, end) + 1 : endOfScalar(buffer, at, end)
    if (stop === 0 || (stop === end && !this.isLast)) return -1
    this.leave(stop)
    return stop
  }

  /** Through an object or array to its end or that of the buffer. */
  private walk(buffer: Buffer, from: number, end: number): number {
    const follows = this.isElement && this.onElement !== null
    let depth = this.depth
    let at = from
    for (; at < end; at++) {
      const kind = KIND[buffer[at]!]!
      if (kind === 0) continue
      if (kind === TEXT) {
        const close = closingQuote(buffer, at + 1, end)
        const isFound = close >= 0 && (depth !== 1 || !follows || this.followed.follow(buffer, at, close, end, this.isLast))
        if (!isFound) break
        at = close
      } else if (kind === OPEN) {
        if (++depth > this.deepest) this.deepest = depth
      } else if (--depth === 0) {
        this.depth = 0
        this.leave(at + 1)
        return at + 1
      }
    }
    this.depth = depth
    return at === from ? -1 : at
  }

  private leave(stop: number): void {
    const length = this.base + stop - this.start
    if (!this.isElement) this.leaveMember(stop)
    else this.onElement?.(this.start, length, this.followed.values, !this.isObject ? 'other' : this.deepest > DEEPEST ? 'deep' : 'object')
  }

  private leaveMember(stop: number): void {
    this.where = this.key === null ? 'after' : 'key'
    if (this.key !== null) this.sink.member(this.key, { start: this.memberStart, length: this.base + stop - this.memberStart })
  }
}
