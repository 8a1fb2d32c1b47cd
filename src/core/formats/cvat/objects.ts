/** The shapes of one <image> as objects: parts of one object together, values without a place here kept. */
import type { Size } from '../../../shared/geometry.ts'
import { UNMARKED } from '../../../shared/model.ts'
import type { Annotation } from '../../../shared/model.ts'
import { SWAPPED_CORNERS } from '../dataset.ts'
import type { DatasetObject } from '../dataset.ts'
import { asRecord, isKeepable, withStatedBox } from '../common/foreignShapes.ts'
import { keep } from '../kept.ts'
import { attributesOf, childrenOf, elementsOf, ownText, tagOf } from '../common/xml/xmlTree.ts'
import type { XmlNode } from '../common/xml/xmlTree.ts'
import type { Meta } from './meta.ts'
import { ID, MARKS, OWN_ATTRIBUTE } from './names.ts'
import type { KeptElement } from './names.ts'
import { WITHOUT_AREA, polygonShape, shapeGeometry } from './shapes.ts'
import type { Attributes } from './shapes.ts'

/** Objects of one level of z, in the order of the file; CVAT's levels are whole numbers. */
const STEP = 2 ** -20

/** The elements of one object; more than one where this program wrote the parts of a polygon. */
export interface ShapeRecord {
  /** Of its first element within the image. */
  readonly index: number
  readonly tag: string
  readonly attributes: Attributes
  readonly nodes: readonly XmlNode[]
}

export function recordsOf(image: XmlNode): ShapeRecord[] {
  const records: (ShapeRecord & { nodes: XmlNode[] })[] = []
  const byObject = new Map<unknown, { nodes: XmlNode[] }>()
  for (const [index, node] of childrenOf(image)
    .filter((child) => tagOf(child) !== null)
    .entries()) {
    const attributes = attributesOf(node)
    const { object } = ownValues(attributes)
    const known = typeof object === 'number' ? byObject.get(object) : undefined
    if (known) {
      known.nodes.push(node)
      continue
    }
    const record = { index, tag: tagOf(node)!, attributes, nodes: [node] }
    if (typeof object === 'number') byObject.set(object, record)
    records.push(record)
  }
  return records
}

/** What this program said about an element. */
export function ownValues(attributes: Attributes): Readonly<Record<string, unknown>> {
  const text = attributes[OWN_ATTRIBUTE]
  if (text === undefined) return {}
  try {
    const values = asRecord(JSON.parse(text))
    return values && isKeepable(values) ? values : {}
  } catch {
    return {}
  }
}

/** An object, or the words that say why it is none. */
export function readObject({ index, tag, attributes, nodes }: ShapeRecord, size: Size, { kinds }: Meta): DatasetObject | string {
  const label = (attributes['label'] ?? '').trim()
  if (label === '') return 'has no label'
  const geometry = nodes.length === 1 ? shapeGeometry(tag, attributes, size) : polygonShape(nodes.map(attributesOf))
  if (typeof geometry === 'string') return geometry
  const own = ownValues(attributes)
  const placed = withStatedBox(geometry, own)
  const values = keptOf(tag, attributes)
  return {
    ...UNMARKED,
    ...Object.fromEntries(MARKS.map((mark) => [mark, own[mark] === true])),
    ...placed,
    label,
    ...(tag === 'box' && isSwapped(attributes) && { remark: SWAPPED_CORNERS }),
    place: `${tag} ${index + 1} (${label})`,
    frame: 0,
    state: 'accepted',
    score: typeof own['score'] === 'number' && own['score'] >= 0 && own['score'] <= 1 ? own['score'] : null,
    occluded: attributes['occluded'] === '1',
    attributes: attributeValues(nodes[0]!, kinds.get(label), own['types']),
    group: groupOf(attributes, own),
    z: levelOf(attributes) + index * STEP,
    source: values ? keep(ID, values, placed) : null,
  }
}

function isSwapped({ xtl, ytl, xbr, ybr }: Attributes): boolean {
  return Number(xtl) > Number(xbr) || Number(ytl) > Number(ybr)
}

/** Group 0 is none in CVAT. */
function groupOf(attributes: Attributes, own: Readonly<Record<string, unknown>>): number | null {
  if (own['ungrouped'] === true) return null
  if (Number.isSafeInteger(own['group'])) return own['group'] as number
  const group = Number(attributes['group_id'] ?? 0)
  return Number.isSafeInteger(group) && group !== 0 ? group : null
}

function levelOf(attributes: Attributes): number {
  const level = Number(attributes['z_order'] ?? 0)
  return Number.isSafeInteger(level) && Math.abs(level) < 2 ** 31 ? level : 0
}

/** Checkboxes and numbers as such, everything else as text. */
function attributeValues(
  node: XmlNode,
  kinds: ReadonlyMap<string, string> | undefined,
  types: unknown,
): Annotation['attributes'] {
  const entries = elementsOf(childrenOf(node), 'attribute').map((attribute) => {
    const name = attributesOf(attribute)['name'] ?? ''
    return [name, typed(ownText(attribute), asRecord(types)?.[name] ?? kinds?.get(name))] as const
  })
  return Object.fromEntries(entries.filter(([name]) => name !== ''))
}

function typed(text: string, kind: unknown): string | number | boolean {
  const lower = text.toLowerCase()
  if (kind === 'checkbox' && (lower === 'true' || lower === 'false')) return lower === 'true'
  return kind === 'number' && text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

const KNOWN: ReadonlySet<string> = new Set(['label', 'occluded', 'z_order', 'group_id', OWN_ATTRIBUTE])
const PLAIN_GEOMETRY: Readonly<Record<string, readonly string[]>> = {
  polygon: ['points'],
  mask: ['rle', 'left', 'top', 'width', 'height'],
}

/** What has no place in an annotation; null where there is nothing. */
function keptOf(tag: string, attributes: Attributes): { tag: string; attributes: Attributes } | null {
  const rest = Object.entries(attributes).filter(([name]) => !KNOWN.has(name) && !PLAIN_GEOMETRY[tag]?.includes(name))
  return rest.length > 0 ? { tag, attributes: Object.fromEntries(rest) } : null
}

/** Why an element is no object although it is no mistake either; null for all others. */
export function whyNoObject({ tag, attributes }: ShapeRecord): string | null {
  return (attributes['label'] ?? '') === '' ? null : (WITHOUT_AREA.get(tag) ?? null)
}

/** The element as it can be written again. */
export function keptElement(node: XmlNode): KeptElement {
  const children = childrenOf(node).filter((child) => tagOf(child) !== null)
  return { tag: tagOf(node)!, attributes: attributesOf(node), text: ownText(node), children: children.map(keptElement) }
}
