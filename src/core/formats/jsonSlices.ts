/** Reads pieces of a JSON file by their place: where they follow one another in large reads, elsewhere each by itself. */
import { readSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

const WINDOW = 2 ** 18
/** A piece that starts this near behind the last one is read with what lies between. */
const NEAR = 2 ** 15
/** Records larger than this are not what they say. */
export const LARGEST_RECORD = 64 * 2 ** 20

export class JsonSlices {
  private readonly handle: FileHandle
  private buffer = Buffer.allocUnsafeSlow(WINDOW)
  private from = 0
  private to = 0

  constructor(handle: FileHandle) {
    this.handle = handle
  }

  /** @throws SyntaxError where the slice is not JSON; RangeError where it is larger than `LARGEST_RECORD` */
  parse(start: number, length: number): unknown {
    return JSON.parse(this.text(start, length))
  }

  private text(start: number, length: number): string {
    if (start < this.from || start + length > this.to) this.read(start, length)
    const at = start - this.from
    return this.buffer.toString('utf8', at, at + length)
  }

  /** Reads block for microseconds from the disk's cache; asynchronous ones cost ten times as much. */
  private read(start: number, length: number): void {
    if (length > LARGEST_RECORD) throw new RangeError(`a record of ${length} bytes is too large`)
    const isNear = start >= this.from && start - this.to < NEAR
    const wanted = isNear ? Math.max(WINDOW, length) : length
    if (wanted > this.buffer.length) this.buffer = Buffer.allocUnsafeSlow(wanted)
    const bytes = readSync(this.handle.fd, this.buffer, 0, wanted, start)
    this.from = start
    this.to = start + bytes
    if (bytes < length) throw new RangeError('the file became shorter while it was read')
  }
}
