/**
 * The elements right below the root of an XML file, one after the other as text, so that a file of any size needs the memory
 * of one of them. Comments, CDATA sections and '>' in attributes are no obstacle; what is broken is said and passed over.
 */
import { AppError, throwIfAborted } from '../../../../shared/errors.ts'
import type { DatasetFiles } from '../files/datasetFiles.ts'

export interface XmlPiece {
  readonly tag: string
  /** The whole element; as much as there is where it is broken. */
  readonly text: string
  /** What is wrong with it, in words; null for a whole element. */
  readonly broken: string | null
}

const CHUNK_BYTES = 2 ** 20
/** Characters. Larger elements are not what they say. */
const LARGEST = 2 ** 26

/** Tags, comments and the like, as far as their beginning tells. */
const SECTIONS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const
const LONGEST_OPENING = 9

/**
 * @param neverNested elements that never lie in each other: where one begins within another, the first was not closed
 * @throws AppError invalid-dataset for a document type (entities make large files of small ones), not-found
 */
export async function* xmlElements(
  files: DatasetFiles,
  path: string,
  neverNested: ReadonlySet<string>,
  signal?: AbortSignal,
): AsyncGenerator<XmlPiece> {
  const handle = await files.open(path)
  const scanner = new Scanner(path, neverNested)
  try {
    const bytes = Buffer.alloc(CHUNK_BYTES)
    let decoder: InstanceType<typeof TextDecoder> | null = null
    for (;;) {
      throwIfAborted(signal)
      const { bytesRead } = await handle.read(bytes, 0, CHUNK_BYTES)
      decoder ??= new TextDecoder(encodingOf(bytes))
      scanner.add(decoder.decode(bytes.subarray(0, bytesRead), { stream: bytesRead > 0 }))
      yield* scanner.pieces(bytesRead === 0)
      if (bytesRead === 0 || scanner.isOver) return
    }
  } finally {
    await handle.close()
  }
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
}

interface Token {
  readonly start: number
  readonly end: number
  readonly kind: 'open' | 'close' | 'empty' | 'other'
  readonly name: string
}

class Scanner {
  isOver = false
  readonly #path: string
  readonly #neverNested: ReadonlySet<string>
  #text = ''
  #at = 0
  #root: string | null = null
  /** How many elements are open below the root, and the outermost of them: where it starts in the text. */
  #depth = 0
  #start = 0
  #name = ''

  constructor(path: string, neverNested: ReadonlySet<string>) {
    this.#path = path
    this.#neverNested = neverNested
  }

  add(text: string): void {
    const from = this.#from()
    this.#text = this.#text.slice(from) + text
    this.#at -= from
    this.#start -= from
  }

  /** Where the text begins that is still needed. */
  #from(): number {
    return this.#depth > 0 ? this.#start : this.#at
  }

  *pieces(isLast: boolean): Generator<XmlPiece> {
    for (let token = this.#next(isLast); token; token = this.#next(isLast)) {
      this.#at = token.end
      if (token.kind !== 'other') yield* this.#take(token)
    }
    if (isLast) yield* this.#end()
    else if (this.#text.length - this.#from() > LARGEST) yield* this.#giveUp()
  }

  *#take({ start, end, kind, name }: Token): Generator<XmlPiece> {
    if (this.#root === null) {
      if (kind !== 'close') this.#root = name
      return
    }
    if (this.#depth > 0 && kind === 'open' && this.#neverNested.has(name)) {
      yield { tag: this.#name, text: this.#text.slice(this.#start, start), broken: `<${this.#name}> is not closed` }
      this.#depth = 0
    }
    if (this.#depth === 0 && kind !== 'close') {
      this.#start = start
      this.#name = name
    }
    if (kind === 'open') this.#depth++
    else if (kind === 'close' && this.#depth > 0) this.#depth--
    else if (kind === 'close') return
    if (this.#depth === 0) yield { tag: this.#name, text: this.#text.slice(this.#start, end), broken: null }
  }

  *#end(): Generator<XmlPiece> {
    this.isOver = true
    const rest = this.#text.slice(this.#from())
    if (this.#root === null) yield { tag: '', text: rest, broken: 'has no element' }
    else if (this.#depth > 0) yield { tag: this.#name, text: rest, broken: `the file ends within <${this.#name}>` }
    else if (rest.includes('<')) yield { tag: '', text: rest, broken: 'the file ends within a tag' }
  }

  *#giveUp(): Generator<XmlPiece> {
    this.isOver = true
    const text = this.#text.slice(this.#from())
    yield {
      tag: this.#name,
      text,
      broken: `<${this.#name || '?'}> is larger than ${LARGEST / 2 ** 20} MB; the rest of the file was not read`,
    }
  }

  /** The next token that is there whole. */
  #next(isLast: boolean): Token | null {
    const text = this.#text
    const start = text.indexOf('<', this.#at)
    if (start < 0 || (!isLast && text.length - start < LONGEST_OPENING)) return null
    const section = SECTIONS.find(([opening]) => text.startsWith(opening, start))
    if (section) {
      const end = text.indexOf(section[1], start + section[0].length)
      return end < 0 ? null : { start, end: end + section[1].length, kind: 'other', name: '' }
    }
    if (text.startsWith('<!', start)) {
      throw new AppError('invalid-dataset', `${this.#path}: a document type (<!DOCTYPE>) is not read; delete it from the file and import again.`, {
        file: this.#path,
      })
    }
    const end = endOfTag(text, start)
    return end < 0 ? null : tokenOf(text, start, end)
  }
}

/** Behind the '>' that is in no quotes; -1 where there is none. */
function endOfTag(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]
    if (char === '>') return at + 1
    if (char !== '"' && char !== "'") continue
    at = text.indexOf(char, at + 1)
    if (at < 0) return -1
  }
  return -1
}

function tokenOf(text: string, start: number, end: number): Token {
  const isClose = text[start + 1] === '/'
  const name = /^[^\s/>]*/.exec(text.slice(start + (isClose ? 2 : 1), Math.min(end, start + 200)))![0]
  const kind = isClose ? 'close' : text[end - 2] === '/' ? 'empty' : 'open'
  return { start, end, kind, name }
}
