/** A row of a table as an object. */
import { isSameBox, orderedBox } from '../../../shared/geometry.ts'
import type { Box, Size } from '../../../shared/geometry.ts'
import { AnnotationState, PolygonSchema } from '../../../shared/model.ts'
import type { Annotation, Polygon, Rle } from '../../../shared/model.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import { runsBox } from '../../../shared/rleMath.ts'
import { rleToRuns } from '../../../shared/rleString.ts'
import { SWAPPED_CORNERS } from '../dataset.ts'
import type { DatasetObject } from '../dataset.ts'
import { FARTHEST, jsonOf, Problem } from './cells.ts'
import type { Cells } from './cells.ts'
import type { Column } from './columns.ts'
import { maskIn } from './mask.ts'
import type { Table } from './table.ts'

/** @throws Problem */
export function objectOf(
  cells: Cells,
  table: Table,
  size: Size,
  place: string,
  z: number,
  mask: Rle | null = maskIn(cells, size),
): DatasetObject {
  const polygon = polygonIn(cells)
  const label = cells.text('label') ?? (table.columns.includes('label') ? null : 'object')
  if (label === null) throw new Problem('it has no label')
  const read = boxIn(cells, table, size) ?? (polygon ? polygonBox(polygon) : mask ? runsBox(rleToRuns(mask)) : null)
  if (read === null) throw new Problem('it has no box')
  const box = orderedBox(read)
  const [score, group] = [cells.figure('score'), cells.figure('group')]
  return {
    label,
    place,
    frame: 0,
    box,
    ...(!isSameBox(box, read) && { remark: SWAPPED_CORNERS }),
    mask,
    polygon,
    state: AnnotationState.safeParse(cells.text('state')).data ?? 'accepted',
    score: score !== null && score >= 0 && score <= 1 ? score : null,
    iscrowd: isSet(cells, 'iscrowd'),
    difficult: isSet(cells, 'difficult'),
    truncated: isSet(cells, 'truncated'),
    occluded: isSet(cells, 'occluded'),
    attributes: attributesIn(cells),
    group: Number.isSafeInteger(group) ? group : null,
    z: cells.figure('z') ?? z,
    source: null,
  }
}

/** Open Images has -1 where nobody looked. */
function isSet(cells: Cells, column: Column): boolean {
  return /^(1|true|yes)$/i.test(cells.text(column) ?? '')
}

/** Edges as they stand there. */
function boxIn(cells: Cells, { isNormalized }: Table, size: Size): Box | null {
  const [x0, y0, x1, y1] = cornersIn(cells)
  if (x0 === null && y0 === null && x1 === null && y1 === null) return null
  if (x0 === null || y0 === null || x1 === null || y1 === null) throw new Problem('its box has less than four numbers')
  const [sx, sy] = isNormalized ? [size.width, size.height] : [1, 1]
  return { x0: x0 * sx, y0: y0 * sy, x1: x1 * sx, y1: y1 * sy }
}

type Corners = readonly [number | null, number | null, number | null, number | null]

function cornersIn(cells: Cells): Corners {
  if (cells.has('bbox')) {
    const numbers =
      cells
        .text('bbox')!
        .match(/-?\d+(\.\d+)?(e[+-]?\d+)?/gi)
        ?.map(Number) ?? []
    const [x, y, w, h] = numbers
    if (numbers.length !== 4 || !numbers.every((value) => Math.abs(value) <= FARTHEST))
      throw new Problem('its bbox has not four numbers: [x, y, width, height]')
    return fromSize(x!, y!, w!, h!)
  }
  const [x, y, w, h] = [cells.number('x0'), cells.number('y0'), cells.number('w'), cells.number('h')]
  if (x !== null && y !== null && w !== null && h !== null) return fromSize(x, y, w, h)
  return [x, y, cells.number('x1'), cells.number('y1')]
}

function fromSize(x: number, y: number, w: number, h: number): Corners {
  if (w < 0 || h < 0) throw new Problem(`its box has the size ${w} x ${h}`)
  return [x, y, x + w, y + h]
}

function polygonIn(cells: Cells): Polygon | null {
  const text = cells.text('polygon')
  if (text === null) return null
  const polygon = PolygonSchema.safeParse(jsonOf(text)).data
  const isSound =
    polygon?.length && polygon.every((ring) => ring.length % 2 === 0 && ring.every((value) => Math.abs(value) <= FARTHEST))
  if (!polygon || !isSound) throw new Problem('its polygon is no list of rings [[x, y, x, y, x, y, ...], ...]')
  return polygon
}

function attributesIn(cells: Cells): Annotation['attributes'] {
  const text = cells.text('attributes')
  if (text === null) return cells.attributes
  const value = jsonOf(text)
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  const entries = isRecord
    ? Object.entries(value).map(([name, one]) => [name, isPlain(one) ? one : JSON.stringify(one)])
    : [['attributes', text]]
  return { ...cells.attributes, ...(Object.fromEntries(entries) as Annotation['attributes']) }
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
