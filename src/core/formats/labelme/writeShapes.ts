/** Annotations as LabelMe's shapes. */
import { encode } from 'fast-png'
import type { Box } from '../../../shared/geometry.ts'
import type { MaskCrop } from '../../../shared/maskCrop.ts'
import type { Annotation } from '../../../shared/model.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import { boxToState } from '../common/foreignShapes.ts'
import { keptValues } from '../kept.ts'
import { maskToCrop } from '../common/pixels/maskToCrop.ts'
import type { ExportImage } from '../source.ts'
import type { Tally } from '../common/tally.ts'
import { ID, IGNORE_LABEL, MARKS, OWN_KEY } from './names.ts'
import type { OwnValues } from './names.ts'

interface Drawn {
  readonly shape_type: string
  readonly points: unknown
  readonly mask?: string
}

/** Kept keys that describe a shape as it was; they go when the object has been changed. */
const GEOMETRY_KEYS: ReadonlySet<string> = new Set(['points', 'shape_type', 'direction', 'mask'])

/** In order of z: LabelMe draws later shapes above earlier ones. */
export function shapesOf(item: ExportImage, tally: Tally): object[] {
  const annotations = tally.annotationsOf(item)
  let nextGroup = 1 + annotations.reduce((most, { group }) => Math.max(most, group ?? 0), 0)
  return annotations.flatMap((annotation, index) => {
    tally.count(annotation)
    const { drawn, extent, note } = drawnOf(annotation)
    if (note) tally.note(item.image.path, note)
    const label = tally.labelOf(annotation).name
    const isUngrouped = drawn.length > 1 && annotation.group === null
    const group = isUngrouped ? nextGroup++ : annotation.group
    const own: OwnValues = {
      ...((drawn.length > 1 || label === IGNORE_LABEL) && { object: index }),
      ...(isUngrouped && { ungrouped: true }),
      ...boxToState(annotation.box, extent),
    }
    return drawn.map((one) => shapeOf(annotation, one, group, own, label))
  })
}

/** The polygon as drawn, a shape each part; else the mask; else the box. What was imported and not touched keeps its points. */
function drawnOf(annotation: Annotation): { drawn: Drawn[]; extent: Box; note?: string } {
  const { polygon, mask, box } = annotation
  if (polygon && polygon.length > 0) {
    return { drawn: polygon.map((ring) => ({ shape_type: 'polygon', points: pairs(ring) })), extent: polygonBox(polygon) }
  }
  const crop = mask && maskToCrop(mask)
  if (crop) return drawnMask(crop)
  const drawn = [
    {
      shape_type: 'rectangle',
      points: [
        [box.x0, box.y0],
        [box.x1, box.y1],
      ],
    },
  ]
  return { drawn, extent: box, ...(mask && { note: 'a mask without a pixel was written as a box' }) }
}

/** The corners are pixels that belong to the mask. */
function drawnMask({ x0, y0, width, height, data }: MaskCrop): { drawn: Drawn[]; extent: Box } {
  const png = encode({ width, height, data: data.map((value) => value * 255), depth: 8, channels: 1 })
  const [x1, y1] = [x0 + width, y0 + height]
  const points = [
    [x0, y0],
    [x1 - 1, y1 - 1],
  ]
  return {
    drawn: [{ shape_type: 'mask', points, mask: Buffer.from(png).toString('base64') }],
    extent: { x0, y0, x1, y1 },
  }
}

function shapeOf(annotation: Annotation, drawn: Drawn, group: number | null, own: OwnValues, label: string): object {
  const kept = keptValues(annotation, ID)
  const values = Object.entries(kept?.values ?? {}).filter(([key]) => kept!.untouched || !GEOMETRY_KEYS.has(key))
  const { attributes, score } = annotation
  const { description, ...rest } = attributes
  const entries = Object.entries(rest)
  const flags = entries.filter(([, value]) => typeof value === 'boolean')
  const others = entries.filter(([, value]) => typeof value !== 'boolean')
  if (description !== undefined && typeof description !== 'string')
    (typeof description === 'boolean' ? flags : others).push(['description', description])
  return {
    label,
    points: drawn.points,
    group_id: group,
    description: typeof description === 'string' ? description : '',
    shape_type: drawn.shape_type,
    flags: Object.fromEntries(flags),
    mask: drawn.mask ?? null,
    ...Object.fromEntries(MARKS.filter((mark) => annotation[mark]).map((mark) => [mark, true])),
    ...(score !== null && { score }),
    ...(others.length > 0 && { attributes: Object.fromEntries(others) }),
    ...Object.fromEntries(values),
    ...(Object.keys(own).length > 0 && { [OWN_KEY]: own }),
  }
}

function pairs(ring: readonly number[]): number[][] {
  return Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i]!, ring[2 * i + 1]!])
}
