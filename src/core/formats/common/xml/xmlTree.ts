/** XML files of other tools: encodings, limits, and a tree that can be written back. Nothing outside the file is ever fetched. */
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { AppError } from '../../../../shared/errors.ts'

/** One element, text or comment as fast-xml-parser's `preserveOrder` has them: { tag: children, ':@': { '@_name': value } }. */
export type XmlNode = Readonly<Record<string, unknown>>

const ATTRIBUTES = ':@'
const TEXT = '#text'
const ATTRIBUTE_PREFIX = '@_'
/** Where an encoding may be declared. */
const DECLARATION_BYTES = 400

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE_PREFIX,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // Needed for &#233; too. No document can add entities of its own: see `parseXml`.
  htmlEntities: true,
})

export interface XmlText {
  readonly text: string
  /** Bytes that are none of the encoding were replaced by U+FFFD. */
  readonly isDamaged: boolean
}

/**
 * The text of an XML file in the encoding that its byte order mark or declaration names; without either it is UTF-8.
 * @throws AppError invalid-dataset, naming `file`, for an encoding that is not known
 */
export function decodeXml(bytes: Buffer, file: string): XmlText {
  const encoding = encodingOf(bytes)
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), isDamaged: false }
  } catch (error) {
    if (error instanceof RangeError)
      throw new AppError('invalid-dataset', `${file}: the encoding "${encoding}" is not known. Save it as UTF-8.`, { file })
    return { text: new TextDecoder(encoding).decode(bytes), isDamaged: true }
  }
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  if (bytes[0] === 0xef && bytes[1] === 0xbb) return 'utf-8'
  const head = bytes.toString('latin1', 0, DECLARATION_BYTES)
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? 'utf-8'
}

/**
 * The top-level nodes. Entities that a document declares are how small files become huge ones: a document type is refused.
 * @throws AppError invalid-dataset, naming `file` and the line
 */
export function parseXml(text: string, file: string): readonly XmlNode[] {
  const doctype = text.indexOf('<!DOCTYPE')
  if (doctype >= 0) throw broken(file, lineAt(text, doctype), 'a document type (<!DOCTYPE>) is not read; remove it')
  const valid = validate(text, file)
  if (valid !== true) throw broken(file, valid.err.line, valid.err.msg)
  try {
    return withoutBlanks(parser.parse(text) as readonly XmlNode[])
  } catch (error) {
    throw broken(file, 1, (error as Error).message)
  }
}

/** Without the white space between elements; text with CDATA in it is one text. */
function withoutBlanks(nodes: readonly XmlNode[]): readonly XmlNode[] {
  const text = plainText(nodes)
  if (nodes.length > 0 && nodes.every((node) => tagOf(node) === null)) return [{ [TEXT]: text }]
  return nodes.flatMap((node) => {
    const tag = tagOf(node)
    if (tag !== null) return [{ ...node, [tag]: withoutBlanks(childrenOf(node)) }]
    return plainText([node]).trim() === '' ? [] : [node]
  })
}

function plainText(nodes: readonly XmlNode[]): string {
  return nodes.map((node) => (typeof node[TEXT] === 'string' ? node[TEXT] : '')).join('')
}

function validate(text: string, file: string): ReturnType<typeof XMLValidator.validate> {
  try {
    return XMLValidator.validate(text)
  } catch (error) {
    throw broken(file, 1, (error as Error).message)
  }
}

function broken(file: string, line: number, why: string): AppError {
  return new AppError('invalid-dataset', `${file} line ${line}: ${why}.`, { file, line })
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** The element's name; null for text. */
export function tagOf(node: XmlNode): string | null {
  const tag = Object.keys(node).find((key) => key !== ATTRIBUTES)
  return tag === undefined || tag === TEXT ? null : tag
}

/** What is within an element. */
export function childrenOf(node: XmlNode): readonly XmlNode[] {
  const tag = tagOf(node)
  return tag === null ? [] : (node[tag] as readonly XmlNode[])
}

export function elementsOf(nodes: readonly XmlNode[], tag: string): readonly XmlNode[] {
  return nodes.filter((node) => tagOf(node) === tag)
}

/** The children of the first element with this name; null where there is none. */
export function childrenNamed(nodes: readonly XmlNode[], tag: string): readonly XmlNode[] | null {
  const node = nodes.find((one) => tagOf(one) === tag)
  return node ? childrenOf(node) : null
}

/** The text of the first element with this name, without surrounding white space; null where there is none. */
export function textOf(nodes: readonly XmlNode[], tag: string): string | null {
  const children = childrenNamed(nodes, tag)
  return children && plainText(children).trim()
}

export function attributeOf(node: XmlNode, name: string): string | null {
  const value = (node[ATTRIBUTES] as Record<string, unknown> | undefined)?.[ATTRIBUTE_PREFIX + name]
  return typeof value === 'string' ? value : null
}

/** All attributes, by name. */
export function attributesOf(node: XmlNode): Record<string, string> {
  const entries = Object.entries((node[ATTRIBUTES] as Record<string, unknown> | undefined) ?? {})
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(ATTRIBUTE_PREFIX.length), String(value)]))
}

/** The text right within an element, without surrounding white space. */
export function ownText(node: XmlNode): string {
  return childrenOf(node)
    .map((child) => (typeof child[TEXT] === 'string' ? child[TEXT] : ''))
    .join('')
    .trim()
}
