/** The annotation file of one image as the VOC2012 devkit has it. */
import { XMLBuilder } from 'fast-xml-parser'
import type { Box, Size } from '../../../shared/geometry.ts'
import { clipBox } from '../../../shared/geometry.ts'
import type { Annotation } from '../../../shared/model.ts'
import { keptValues } from '../kept.ts'
import type { SourceValues } from '../kept.ts'
import type { XmlNode } from '../common/xml/xmlTree.ts'
import { writtenPolygon } from './masks.ts'

export interface VocFile {
  readonly filename: string
  readonly size: Size
  /** Channels of the picture: 3 for colours, 1 for grey. */
  readonly depth: number
  /** Whether the image has files in SegmentationClass and SegmentationObject. */
  readonly segmented: boolean
  readonly objects: readonly VocFileObject[]
  /** What the file it was imported from says about the image. */
  readonly source: SourceValues | null
}

export interface VocFileObject {
  readonly name: string
  readonly annotation: Annotation
  /** Its number in SegmentationObject, where the order of objects doesn't tell; else null. */
  readonly segment: number | null
}

const builder = new XMLBuilder({
  preserveOrder: true,
  ignoreAttributes: false,
  format: true,
  indentBy: '\t',
  suppressEmptyNode: false,
})
/** XML 1.0 has no way to write these, escaped or not: control characters and halves of surrogate pairs. */
// eslint-disable-next-line no-control-regex -- control characters are what is meant
const UNWRITABLE = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|\p{Cs}/gu

/** Whether XML can hold the text. */
export function isWritable(text: string): boolean {
  return text.search(UNWRITABLE) < 0
}

export function vocXml({ filename, size, depth, segmented, objects, source }: VocFile): string {
  const kept = childrenOf(source?.['format'] === 'voc' ? source : null)
  const [folder, origin] = [kept.find((node) => 'folder' in node), kept.find((node) => 'source' in node)]
  const children = [
    folder ?? element('folder', 'JPEGImages'),
    element('filename', filename),
    origin ?? element('source', element('database', 'Marquee'), element('annotation', 'Marquee'), element('image', filename)),
    ...kept.filter((node) => node !== folder && node !== origin),
    element('size', element('width', size.width), element('height', size.height), element('depth', depth)),
    element('segmented', Number(segmented)),
    ...objects.map((object) => objectElement(object, size)),
  ]
  return `${builder.build([element('annotation', ...children)]).trim()}\n`
}

function childrenOf(values: SourceValues | null): readonly XmlNode[] {
  const children = values?.['children']
  return Array.isArray(children) ? (children as XmlNode[]) : []
}

function element(tag: string, ...content: readonly (XmlNode | string | number)[]): XmlNode {
  const nodes = content.map((one) => (typeof one === 'object' ? one : { '#text': String(one).replace(UNWRITABLE, '\ufffd') }))
  return { [tag]: nodes }
}

function withAttribute(node: XmlNode, name: string, value: string | number): XmlNode {
  return { ...node, ':@': { [`@_${name}`]: String(value) } }
}

function objectElement({ name, annotation, segment }: VocFileObject, size: Size): XmlNode {
  const kept = keptValues(annotation, 'voc')
  const children = kept?.values['base'] === 0 ? childrenOf(kept.values).map(countedFromOne) : childrenOf(kept?.values ?? null)
  const pose = children.find((node) => 'pose' in node)
  const box = (kept?.untouched && boxAsItCame(kept.values, size)) || vocBox(annotation.box, size)
  const object = element(
    'object',
    element('name', name),
    pose ?? element('pose', 'Unspecified'),
    element('truncated', Number(annotation.truncated)),
    element('difficult', Number(annotation.difficult)),
    element('occluded', Number(annotation.occluded)),
    element('bndbox', ...Object.entries(box).map(([corner, value]) => element(corner, value))),
    ...(writtenPolygon(annotation, size) ?? []).map(polygonElement),
    ...(annotation.score === null ? [] : [element('score', annotation.score)]),
    ...attributesElement(annotation.attributes),
    ...children.filter((node) => node !== pose),
  )
  return segment === null ? object : withAttribute(object, 'segment', segment)
}

/** Inclusive pixel numbers, the top left pixel is (1, 1); every pixel the half-open box touches, on the image. */
export function vocBox(box: Box, size: Size): { xmin: number; ymin: number; xmax: number; ymax: number } {
  const { x0, y0, x1, y1 } = clipBox(box, size)
  const xmin = Math.min(Math.floor(x0) + 1, size.width)
  const ymin = Math.min(Math.floor(y0) + 1, size.height)
  return { xmin, ymin, xmax: Math.max(Math.ceil(x1), xmin), ymax: Math.max(Math.ceil(y1), ymin) }
}

/** The corners as the imported file writes them, fractions too, where they are on the image and count from 1. */
function boxAsItCame({ base, bndbox }: SourceValues, { width, height }: Size): Record<string, string> | null {
  if (base !== 1 || typeof bndbox !== 'object' || bndbox === null) return null
  const { xmin, ymin, xmax, ymax } = bndbox as Record<string, string>
  const isWithin = (least: string | undefined, most: string | undefined, limit: number) =>
    Number(least) >= 1 && Number(least) <= Number(most) && Number(most) <= limit
  return isWithin(xmin, xmax, width) && isWithin(ymin, ymax, height)
    ? { xmin: xmin!, ymin: ymin!, xmax: xmax!, ymax: ymax! }
    : null
}

/** <polygon><x1>..</x1><y1>..</y1>.., a part each, as Roboflow and supervision have it; counted from 1 like boxes. */
function polygonElement(ring: readonly number[]): XmlNode {
  return element('polygon', ...ring.map((value, i) => element(`${i % 2 === 0 ? 'x' : 'y'}${(i >> 1) + 1}`, value)))
}

function attributesElement(attributes: Annotation['attributes']): XmlNode[] {
  const entries = Object.entries(attributes).map(([name, value]) => {
    const plain = element('value', String(value))
    return element(
      'attribute',
      element('name', name),
      typeof value === 'string' ? plain : withAttribute(plain, 'type', typeof value),
    )
  })
  return entries.length > 0 ? [element('attributes', ...entries)] : []
}

/** Parts of a file that counts from 0: their least corners go up by one. */
function countedFromOne(node: XmlNode): XmlNode {
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (!Array.isArray(value)) return [key, value]
      if (key !== 'xmin' && key !== 'ymin') return [key, (value as XmlNode[]).map(countedFromOne)]
      return [key, (value as XmlNode[]).map((text) => ({ ...text, '#text': String(Number(text['#text']) + 1) }))]
    }),
  )
}
