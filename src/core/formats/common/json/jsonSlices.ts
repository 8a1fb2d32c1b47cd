/** Reads pieces of a JSON file by their place: of a large file in large reads where they follow one another, elsewhere each by itself. */
import { fstatSync, readSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

const WINDOW = 2 ** 18
/** A file up to this size is held whole. */
const SMALL_FILE = 2 ** 26
/** A piece that starts this near behind the last one is read with what lies between. */
const NEAR = 2 ** 15
/** Records larger than this are not what they say. */
export const LARGEST_RECORD = 64 * 2 ** 20

export class JsonSlices {
  private readonly handle: FileHandle
  private buffer = Buffer.alloc(0)
  private size: number | null = null
  private from = 0
  private to = 0

  constructor(handle: FileHandle) {
    this.handle = handle
  }

  /** The piece as it stands. @throws RangeError where it is larger than `LARGEST_RECORD` */
  text(start: number, length: number): string {
    if (start < this.from || start + length > this.to) this.read(start, length)
    const at = start - this.from
    return this.buffer.toString('utf8', at, at + length)
  }

  /** Reads block for microseconds from the disk's cache; asynchronous ones cost ten times as much. */
  private read(start: number, length: number): void {
    if (length > LARGEST_RECORD) throw new RangeError(`a record of ${length} bytes is too large`)
    this.size ??= fstatSync(this.handle.fd).size
    if (this.size <= SMALL_FILE) this.fill(0, this.size)
    else this.fill(start, start >= this.from && start - this.to < NEAR ? Math.max(WINDOW, length) : length)
    if (start + length > this.to) throw new RangeError('the file became shorter while it was read')
  }

  private fill(start: number, length: number): void {
    if (length > this.buffer.length) this.buffer = Buffer.allocUnsafeSlow(length)
    this.from = start
    this.to = start + readSync(this.handle.fd, this.buffer, 0, length, start)
  }
}
