/**
 * Finds where things stand in a JSON file of any size, without parsing them: the members of the root, and the elements of
 * arrays that are the root or its members. Only the bytes are walked; whoever wants an element parses its slice.
 */
import type { FileHandle } from 'node:fs/promises'
import { throwIfAborted } from '../../../../shared/errors.ts'
import { JsonScanner } from './jsonScanner.ts'

/** Where a member of the root or an element of an array stands: bytes from the start of the file. */
export interface JsonPlace {
  readonly start: number
  readonly length: number
}

/** The values of the followed keys of an element, in their order; null where one is absent or neither number nor text. */
export type FollowedIds = readonly (number | string | null)[]

/** 'deep' is nested deeper than anything meant to be read; 'other' is no object. */
export type ElementKind = 'object' | 'deep' | 'other'

/** Called for each element. The list of ids is used again. */
export type OnElement = (start: number, length: number, ids: FollowedIds, kind: ElementKind) => void

export interface JsonSink {
  /** What wants the elements of this array; null for those of no interest. The key is null where the array is the root. */
  elementsOf(key: string | null): OnElement | null
  /** Called for every member of the root once its end is met, arrays too. */
  member(key: string, place: JsonPlace): void
}

/** Where a file stops being JSON, and why, in words. All that stands before was told to the sink. */
export interface JsonDamage {
  readonly offset: number
  readonly reason: string
}

const CHUNK = 4 * 2 ** 20
/** No string is longer than this; only a lost quote makes one. */
const LONGEST_STRING = 64 * 2 ** 20

/**
 * Walks the whole file once. `followed`: keys of elements whose values are told with them.
 * @returns what is wrong with the file; null where nothing is
 */
export async function scanJson(handle: FileHandle, sink: JsonSink, followed: readonly string[], signal?: AbortSignal): Promise<JsonDamage | null> {
  const scanner = new JsonScanner(sink, followed)
  let buffer = Buffer.allocUnsafeSlow(CHUNK)
  let held = 0
  for (let base = 0; ; ) {
    throwIfAborted(signal)
    const { bytesRead } = await handle.read(buffer, held, buffer.length - held, base + held)
    const end = held + bytesRead
    const used = scanner.push(buffer, end, base, bytesRead === 0)
    if (scanner.damage !== null || bytesRead === 0) return scanner.damage
    buffer.copyWithin(0, used, end)
    held = end - used
    base += used
    if (held < buffer.length) continue
    if (held >= LONGEST_STRING) return { offset: base, reason: 'a text that starts here does not end' }
    buffer = Buffer.concat([buffer], buffer.length * 2)
  }
}

/** The line a byte of the file is in, from 1. */
export async function lineOf(handle: FileHandle, offset: number): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK)
  let line = 1
  for (let at = 0; at < offset; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(CHUNK, offset - at), at)
    if (bytesRead === 0) break
    const bytes = buffer.subarray(0, bytesRead)
    for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) line++
    at += bytesRead
  }
  return line
}
