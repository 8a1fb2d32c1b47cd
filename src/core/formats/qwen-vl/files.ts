/** The conversations of jsonl and JSON files: found once by image, then read one image at a time. */
import type { FileHandle } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { conversationOf } from './record.ts'
import type { Conversation } from './record.ts'

/** A record: bytes of a jsonl file, or an entry of a JSON file. */
export interface Place {
  readonly file: string
  /** From 1. */
  readonly number: number
  readonly start: number
  readonly length: number
}

/** A line longer than this is no conversation. */
const LONGEST = 16 * 2 ** 20
const CHUNK = 1 << 20
const JSON_LARGEST = 512 * 2 ** 20

export class ConversationFiles {
  readonly #files: DatasetFiles
  readonly #handles = new Map<string, FileHandle>()
  readonly #records = new Map<string, readonly unknown[]>()

  constructor(files: DatasetFiles) {
    this.#files = files
  }

  /** Files that may hold conversations; LLaMA-Factory's list of data sets is none. */
  static async candidates(files: DatasetFiles): Promise<string[]> {
    return (await files.list()).filter(
      (path) => /\.(jsonl|json)$/i.test(path) && !/(^|\/)(dataset_info|export-report)\.json$/i.test(path),
    )
  }

  /** Every record with its text or, where it is too long or no JSON, why not. */
  async *recordsOf(file: string): AsyncGenerator<{ place: Place; record: unknown; problem: string | null; text: string }> {
    if (/\.jsonl$/i.test(file)) yield* this.#lines(file)
    else {
      const records = await this.#entries(file)
      for (const [index, record] of records.entries())
        yield { place: { file, number: index + 1, start: index, length: 0 }, record, problem: null, text: '' }
    }
  }

  async #entries(file: string): Promise<readonly unknown[]> {
    const known = this.#records.get(file)
    if (known) return known
    const text = await this.#files.readText(file, JSON_LARGEST)
    const value = parse(text)
    if (!Array.isArray(value.record))
      throw new AppError('invalid-dataset', `${file}: ${value.problem ?? 'it is no list of conversations'}.`)
    this.#records.set(file, value.record as unknown[])
    return value.record as unknown[]
  }

  async *#lines(file: string): ReturnType<ConversationFiles['recordsOf']> {
    let number = 0
    for await (const { start, length, bytes } of linesOf(await this.#handle(file))) {
      number++
      const place = { file, number, start, length }
      if (bytes === null) {
        yield { place, record: null, problem: `is longer than ${LONGEST} bytes`, text: '' }
        continue
      }
      const text = new TextDecoder('utf-8').decode(bytes).trim()
      if (text !== '') yield { place, ...parse(text), text }
    }
  }

  /** The conversation at a place that was read before. */
  async at({ file, start, length }: Place): Promise<Conversation> {
    if (!/\.jsonl$/i.test(file)) return conversationOf((await this.#entries(file))[start])!
    const bytes = Buffer.alloc(length)
    await (await this.#handle(file)).read(bytes, 0, length, start)
    return conversationOf(parse(new TextDecoder('utf-8').decode(bytes).trim()).record)!
  }

  async #handle(file: string): Promise<FileHandle> {
    const handle = this.#handles.get(file) ?? (await this.#files.open(file))
    this.#handles.set(file, handle)
    return handle
  }

  async close(): Promise<void> {
    for (const handle of this.#handles.values()) await handle.close()
    this.#handles.clear()
  }
}

function parse(text: string): { record: unknown; problem: string | null } {
  try {
    return { record: JSON.parse(text) as unknown, problem: null }
  } catch (error) {
    return { record: null, problem: `is no JSON: ${(error as Error).message.slice(0, 120)}` }
  }
}

/** Lines by their bytes; of one that is too long only where it lies. */
async function* linesOf(handle: FileHandle): AsyncGenerator<{ start: number; length: number; bytes: Buffer | null }> {
  const chunk = Buffer.alloc(CHUNK)
  let pieces: Buffer[] = []
  let start = 0
  let length = 0
  const line = () => ({ start, length, bytes: length > LONGEST ? null : Buffer.concat(pieces) })
  const add = (bytes: Buffer) => {
    length += bytes.length
    if (length <= LONGEST) pieces.push(Buffer.from(bytes))
    else pieces = []
  }
  for (let at = 0, read = 1; read > 0; at += read) {
    read = (await handle.read(chunk, 0, CHUNK, at)).bytesRead
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0 && end < read; end = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, end))
      yield line()
      from = end + 1
      start = at + from
      length = 0
      pieces = []
    }
    add(chunk.subarray(from, read))
  }
  if (length > 0) yield line()
}
