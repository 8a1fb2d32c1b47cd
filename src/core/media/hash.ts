import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { throwIfAborted } from '../../shared/errors.ts'
import { fileError } from './imageErrors.ts'

/** SHA-256 of a file's content, lower-case hex, read as a stream. Throws not-found, unreadable-image or cancelled. */
export async function hashFile(file: string, signal?: AbortSignal): Promise<string> {
  throwIfAborted(signal)
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, signal ? { signal } : {})
  } catch (error) {
    throwIfAborted(signal)
    throw fileError(error, file)
  }
  return hash.digest('hex')
}
