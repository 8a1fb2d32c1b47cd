/** The <object> elements of an annotation file. */
import { isSameBox, orderedBox } from '../../../shared/geometry.ts'
import type { Box } from '../../../shared/geometry.ts'
import { UNMARKED } from '../../../shared/model.ts'
import type { Annotation, Polygon } from '../../../shared/model.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import { SWAPPED_CORNERS } from '../dataset.ts'
import type { DatasetObject } from '../dataset.ts'
import type { SourceValues } from '../kept.ts'
import { attributeOf, childrenNamed, childrenOf, elementsOf, tagOf, textOf } from '../common/xml/xmlTree.ts'
import type { XmlNode } from '../common/xml/xmlTree.ts'
import type { Base } from './base.ts'

/** Bytes; a larger file does not speak of one image. */
export const LARGEST_XML = 2 ** 26
const FARTHEST = 1e9
/** Coordinates finer than a thousandth of a millionth of a pixel mean nothing. */
const DECIMALS = 1e9
const REPLACED = '\ufffd'
/** What the project has a place for, or what is told by `bndbox`. */
const READ = new Set(['name', 'bndbox', 'polygon', 'truncated', 'difficult', 'occluded', 'attributes', 'score'])

/** An object before it is known whether a mask belongs to it. */
export interface VocObject extends Omit<DatasetObject, 'source' | 'mask'> {
  readonly xml: {
    /** To be kept. */
    readonly values: SourceValues
    /** Its number in SegmentationObject, where the file says it. */
    readonly segment: number | null
  }
}

/** The object, or why there is none, in words. `place`: 'object 3'. */
export function readObject(node: XmlNode, base: Base, place: string, z: number): VocObject | string {
  const children = childrenOf(node)
  const name = textOf(children, 'name')
  if (!name) return 'it has no <name>'
  if (name.includes(REPLACED)) return `its name "${name}" holds bytes that are not of the file's encoding; save the file as UTF-8`
  const polygon = readPolygon(elementsOf(children, 'polygon'), base)
  if (typeof polygon === 'string') return polygon
  const corners = childrenNamed(children, 'bndbox')
  const read = corners ? readBox(corners) : polygon ? polygonBox(polygon) : 'it has no <bndbox>'
  if (typeof read === 'string') return read
  const box = orderedBox(read)
  return {
    ...UNMARKED,
    label: name,
    place,
    frame: 0,
    box: corners ? { ...box, x0: box.x0 - base, y0: box.y0 - base } : box,
    polygon,
    ...(!isSameBox(box, read) && { remark: SWAPPED_CORNERS }),
    state: 'accepted',
    score: readScore(textOf(children, 'score')),
    difficult: isSet(textOf(children, 'difficult')),
    truncated: isSet(textOf(children, 'truncated')),
    occluded: isSet(textOf(children, 'occluded')),
    attributes: readAttributes(childrenNamed(children, 'attributes') ?? []),
    z,
    xml: {
      values: {
        base,
        bndbox: corners && cornerTexts(corners),
        children: children.filter((child) => !READ.has(tagOf(child) ?? '')),
      },
      segment: Number(attributeOf(node, 'segment')) || null,
    },
  }
}

const CORNERS = ['xmin', 'ymin', 'xmax', 'ymax'] as const

function cornerTexts(nodes: readonly XmlNode[]): Record<string, string> {
  return Object.fromEntries(CORNERS.map((corner) => [corner, textOf(nodes, corner)!]))
}

/** Corners as they stand there. */
function readBox(nodes: readonly XmlNode[]): Box | string {
  const values: number[] = []
  for (const corner of CORNERS) {
    const text = textOf(nodes, corner)
    if (text === null) return `its <bndbox> has no <${corner}>`
    const value = numberOf(text)
    if (value === null) return `its ${corner} is "${text.slice(0, 40)}", which is no place on an image`
    values.push(value)
  }
  const [x0, y0, x1, y1] = values as [number, number, number, number]
  return { x0, y0, x1, y1 }
}

export function numberOf(text: string): number | null {
  const value = text === '' ? NaN : Number(text)
  return Math.abs(value) <= FARTHEST ? value : null
}

/** <polygon><x1>..</x1><y1>..</y1>.. (Roboflow, supervision) or <polygon><pt><x>..</x><y>..</y></pt>..; a part each. */
function readPolygon(parts: readonly XmlNode[], base: Base): Polygon | null | string {
  const polygon: number[][] = []
  for (const part of parts) {
    const nodes = childrenOf(part)
    const points = elementsOf(nodes, 'pt').map(childrenOf)
    const texts = points.length > 0 ? points.flatMap((point) => [textOf(point, 'x'), textOf(point, 'y')]) : numberedPoints(nodes)
    const ring = texts.map((text) => (text === null ? null : numberOf(text)))
    if (ring.length < 6 || ring.includes(null)) return 'its <polygon> needs at least 3 points, each with x and y'
    polygon.push(ring.map((value) => rounded(value! - base)))
  }
  return polygon.length > 0 ? polygon : null
}

/** What the subtraction of the base left over goes: 13.34 - 1 is 12.34. */
function rounded(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS
}

function numberedPoints(nodes: readonly XmlNode[]): (string | null)[] {
  const texts: (string | null)[] = []
  for (let n = 1; textOf(nodes, `x${n}`) !== null; n++) texts.push(textOf(nodes, `x${n}`), textOf(nodes, `y${n}`))
  return texts
}

function isSet(text: string | null): boolean {
  return text !== null && text !== '' && !['0', 'false', 'no'].includes(text.toLowerCase())
}

function readScore(text: string | null): number | null {
  const value = text ? Number(text) : NaN
  return value >= 0 && value <= 1 ? value : null
}

/** <attribute><name>..</name><value type="number">..</value></attribute>, as CVAT and datumaro write them but for the type. */
function readAttributes(nodes: readonly XmlNode[]): Annotation['attributes'] {
  const pairs = elementsOf(nodes, 'attribute').map((node) => {
    const children = childrenOf(node)
    const text = textOf(children, 'value') ?? ''
    const type = elementsOf(children, 'value').map((value) => attributeOf(value, 'type'))[0]
    const value = type === 'number' && Number.isFinite(Number(text)) ? Number(text) : type === 'boolean' ? text === 'true' : text
    return [textOf(children, 'name') ?? '', value] as const
  })
  return Object.fromEntries(pairs.filter(([name]) => name !== ''))
}
