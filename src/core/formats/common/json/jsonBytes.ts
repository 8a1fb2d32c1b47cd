/** The bytes of JSON text and what is read from them. */

export const QUOTE = 0x22
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN = 1
export const CLOSE = 2
export const TEXT = 3
/** What a byte means inside a value; the rest is passed over. */
export const KIND = new Uint8Array(256)
for (const char of '{[') KIND[char.charCodeAt(0)] = OPEN
for (const char of '}]') KIND[char.charCodeAt(0)] = CLOSE
KIND[QUOTE] = TEXT
export const IS_SPACE = new Uint8Array(256)
for (const char of ' \t\r\n') IS_SPACE[char.charCodeAt(0)] = 1

const BACKSLASH = 0x5c
const IS_NUMBER = new Uint8Array(256)
for (const char of '+-.0123456789eE') IS_NUMBER[char.charCodeAt(0)] = 1
/** Digits that a double holds whatever they are. */
const SAFE_DIGITS = 15

/** The quote that ends a string; -1 where it is not in the buffer. */
export function closingQuote(buffer: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = buffer[at]!
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) at++
  }
  return -1
}

export function endOfScalar(buffer: Buffer, from: number, end: number): number {
  let at = from + 1
  while (at < end && !IS_SPACE[buffer[at]!] && buffer[at] !== COMMA && KIND[buffer[at]!] === 0) at++
  return at
}

export function skipSpace(buffer: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && IS_SPACE[buffer[at]!]) at++
  return at
}

/** null where it is not valid JSON. */
export function textOf(buffer: Buffer, from: number, to: number): string | null {
  try {
    return JSON.parse(buffer.toString('utf8', from, to)) as string
  } catch {
    return null
  }
}

/** Up to the first byte that no number has. */
export function endOfNumber(buffer: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && IS_NUMBER[buffer[at]!]) at++
  return at
}

/** A whole number a double can't hold stays text, so that two such ids stay apart. */
export function numberOf(buffer: Buffer, from: number, to: number): number | string | null {
  let value = 0
  let at = from
  while (at < to && at - from < SAFE_DIGITS && buffer[at]! >= 0x30 && buffer[at]! <= 0x39) value = value * 10 + buffer[at++]! - 0x30
  if (at === to) return value
  const text = buffer.toString('latin1', from, to)
  const number = Number(text)
  if (!Number.isFinite(number)) return null
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(number) ? text : number
}
