/** Annotations as CVAT's shapes. */
import type { Box } from '../../../shared/geometry.ts'
import type { MaskCrop } from '../../../shared/maskCrop.ts'
import type { Annotation } from '../../../shared/model.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import { boxToState } from '../common/foreignShapes.ts'
import { keptValues } from '../kept.ts'
import { maskToCrop } from '../common/pixels/maskToCrop.ts'
import type { ExportImage } from '../source.ts'
import type { Tally } from '../common/tally.ts'
import { escapeXml, xmlElement } from '../common/xml/writeXml.ts'
import { GEOMETRY_ATTRIBUTES, ID, MARKS, OWN_ATTRIBUTE } from './names.ts'
import type { KeptElement } from './names.ts'
import type { LabelSpecs } from './labelSpecs.ts'

type Values = Readonly<Record<string, string | number>>

interface Drawn {
  readonly tag: string
  readonly geometry: Values
}

const INDENT = '    '

/** In order of z. */
export function shapesOf(item: ExportImage, specs: LabelSpecs, tally: Tally): string {
  const annotations = tally.annotationsOf(item)
  let nextGroup = 1 + annotations.reduce((most, { group }) => Math.max(most, group ?? 0), 0)
  const written = annotations.flatMap((annotation, index) => {
    tally.count(annotation)
    const { drawn, extent, note } = drawnOf(annotation)
    if (note) tally.note(item.image.path, note)
    const label = tally.labelOf(annotation).name
    const isUngrouped = drawn.length > 1 && annotation.group === null
    const types = specs.add(label, annotation.attributes)
    const own = {
      ...ownValues(annotation, extent, types),
      ...(drawn.length > 1 && { object: index }),
      ...(isUngrouped && { ungrouped: true }),
    }
    const group = isUngrouped ? nextGroup++ : (annotation.group ?? 0)
    return drawn.map((one) => shapeOf(annotation, one, label, group, own))
  })
  return written.join('')
}

/** The polygon as drawn, an element each part; else the mask; else the box. */
function drawnOf(annotation: Annotation): { drawn: Drawn[]; extent: Box; note?: string } {
  const { polygon, mask, box } = annotation
  if (polygon && polygon.length > 0) {
    return {
      drawn: polygon.map((ring) => ({ tag: 'polygon', geometry: { points: pointsText(ring) } })),
      extent: polygonBox(polygon),
    }
  }
  const crop = mask && maskToCrop(mask)
  if (crop) {
    const { x0: left, y0: top, width, height } = crop
    const extent = { x0: left, y0: top, x1: left + width, y1: top + height }
    return { drawn: [{ tag: 'mask', geometry: { rle: rowRuns(crop).join(', '), left, top, width, height } }], extent }
  }
  const drawn = [{ tag: 'box', geometry: { xtl: box.x0, ytl: box.y0, xbr: box.x1, ybr: box.y1 } }]
  return { drawn, extent: box, ...(mask && { note: 'a mask without a pixel was written as a box' }) }
}

function pointsText(ring: readonly number[]): string {
  return Array.from({ length: ring.length / 2 }, (_, i) => `${ring[2 * i]!},${ring[2 * i + 1]!}`).join(';')
}

/** Row-major, background first. */
function rowRuns({ data }: MaskCrop): number[] {
  const runs: number[] = []
  let value = 0
  let start = 0
  for (let at = 0; at < data.length; at++) {
    if (data[at] === value) continue
    runs.push(at - start)
    start = at
    value = 1 - value
  }
  return [...runs, data.length - start]
}

/** What CVAT has no place for. */
function ownValues(annotation: Annotation, extent: Box, types: Readonly<Record<string, string>>): Record<string, unknown> {
  const { box, group, score } = annotation
  return {
    ...Object.fromEntries(MARKS.filter((mark) => annotation[mark]).map((mark) => [mark, true])),
    ...(score !== null && { score }),
    ...(group !== null && group <= 0 && { group }),
    ...(Object.keys(types).length > 0 && { types }),
    ...boxToState(box, extent),
  }
}

function shapeOf(annotation: Annotation, drawn: Drawn, label: string, group: number, own: Record<string, unknown>): string {
  const kept = keptValues(annotation, ID)
  const isUntouched = kept?.untouched === true
  const values = Object.entries((kept?.values['attributes'] ?? {}) as Record<string, string>)
  const attributes = Object.entries(annotation.attributes).map(([name, value]) =>
    xmlElement('attribute', { name }, escapeXml(String(value)), `${INDENT}  `),
  )
  return xmlElement(
    isUntouched ? String(kept!.values['tag']) : drawn.tag,
    {
      label,
      source: annotation.origin === 'model' ? 'auto' : 'manual',
      occluded: annotation.occluded ? 1 : 0,
      ...(isUntouched && drawn.tag !== kept!.values['tag'] ? {} : drawn.geometry),
      ...Object.fromEntries(values.filter(([name]) => isUntouched || !GEOMETRY_ATTRIBUTES.has(name))),
      z_order: Math.floor(annotation.z),
      ...(group > 0 && { group_id: group }),
      ...(Object.keys(own).length > 0 && { [OWN_ATTRIBUTE]: JSON.stringify(own) }),
    },
    attributes.join(''),
    INDENT,
  )
}

/** An element that came with the image and is no object, as it was. */
export function keptXml({ tag, attributes, text, children }: KeptElement, indent = INDENT): string {
  return xmlElement(tag, attributes, children.map((child) => keptXml(child, `${indent}  `)).join('') || escapeXml(text), indent)
}
