/** A row of a table as an object. */
import type { Box, Size } from '../../../shared/geometry.ts'
import { AnnotationState, PolygonSchema } from '../../../shared/model.ts'
import type { Annotation, Polygon, Rle } from '../../../shared/model.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import { runsBox } from '../../../shared/rleMath.ts'
import { countsToRuns, rleToRuns, runsToRle } from '../../../shared/rleString.ts'
import type { DatasetObject } from '../dataset.ts'
import { textOfCell } from './columns.ts'
import type { Column } from './columns.ts'
import type { Meaning, Table, TableRow } from './table.ts'

const FARTHEST = 1e9

/** Cells by meaning; empty ones are missing. */
export class Cells {
  readonly line: number
  readonly #cells = new Map<Meaning, string>()
  readonly attributes: Record<string, string> = {}

  constructor({ columns }: Table, { line, cells }: TableRow) {
    this.line = line
    columns.forEach((column, index) => {
      const cell = cells[index] ?? ''
      if (cell.trim() === '') return
      if (typeof column === 'string') this.#cells.set(column, cell)
      else if (column.attribute !== '') this.attributes[column.attribute] = textOfCell(cell)
    })
  }

  has(meaning: Meaning): boolean {
    return this.#cells.has(meaning)
  }

  /** As it stands there. */
  exact(meaning: Meaning): string | null {
    const cell = this.#cells.get(meaning)
    return cell === undefined ? null : textOfCell(cell)
  }

  /** Without surrounding white space. */
  text(meaning: Meaning): string | null {
    return this.exact(meaning)?.trim() ?? null
  }

  /** Null where the cell is no number. */
  figure(meaning: Meaning): number | null {
    const value = this.has(meaning) ? Number(this.#cells.get(meaning)) : NaN
    return Number.isFinite(value) ? value : null
  }

  /** Null where the cell is empty. @throws Problem for what is no number or no place on an image */
  number(meaning: Meaning): number | null {
    const cell = this.#cells.get(meaning)
    if (cell === undefined) return null
    const value = Number(cell)
    if (!(Math.abs(value) <= FARTHEST)) throw new Problem(`${meaning} is "${cell.slice(0, 40)}", which is no place on an image`)
    return value
  }
}

/** Why a row is no object, in words. */
export class Problem extends Error {}

/** Whether the row speaks of an object, and not only of an image that has none. */
export function isObject(cells: Cells): boolean {
  return (['label', 'x0', 'y0', 'x1', 'y1', 'w', 'h', 'bbox', 'rle', 'polygon', 'mask'] as const).some((meaning) => cells.has(meaning))
}

/** The size the row says; null where it says none. */
export function sizeIn(cells: Cells): Size | null {
  const [width, height] = [Number(cells.text('width')), Number(cells.text('height'))]
  if (isSide(width) && isSide(height)) return { width, height }
  return null
}

const isSide = (side: number) => Number.isInteger(side) && side > 0 && side <= 1_000_000

/** @throws Problem */
export function objectOf(cells: Cells, table: Table, size: Size, place: string, z: number, mask: Rle | null = maskIn(cells, size)): DatasetObject {
  const polygon = polygonIn(cells)
  const label = cells.text('label') ?? (table.columns.includes('label') ? null : 'object')
  if (label === null) throw new Problem('it has no label')
  const box = boxIn(cells, table, size) ?? (polygon ? polygonBox(polygon) : mask ? runsBox(rleToRuns(mask)) : null)
  if (box === null) throw new Problem('it has no box')
  const [score, group] = [cells.figure('score'), cells.figure('group')]
  return {
    label,
    place,
    frame: 0,
    box,
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

function boxIn(cells: Cells, { isNormalized }: Table, size: Size): Box | null {
  const [x0, y0, x1, y1] = cornersIn(cells)
  if (x0 === null && y0 === null && x1 === null && y1 === null) return null
  if (x0 === null || y0 === null || x1 === null || y1 === null) throw new Problem('its box has less than four numbers')
  const [sx, sy] = isNormalized ? [size.width, size.height] : [1, 1]
  return { x0: Math.min(x0, x1) * sx, y0: Math.min(y0, y1) * sy, x1: Math.max(x0, x1) * sx, y1: Math.max(y0, y1) * sy }
}

type Corners = readonly [number | null, number | null, number | null, number | null]

function cornersIn(cells: Cells): Corners {
  if (cells.has('bbox')) {
    const numbers = cells.text('bbox')!.match(/-?\d+(\.\d+)?(e[+-]?\d+)?/gi)?.map(Number) ?? []
    const [x, y, w, h] = numbers
    if (numbers.length !== 4 || !(numbers.every((value) => Math.abs(value) <= FARTHEST))) throw new Problem('its bbox has not four numbers: [x, y, width, height]')
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
  const isSound = polygon?.length && polygon.every((ring) => ring.length % 2 === 0 && ring.every((value) => Math.abs(value) <= FARTHEST))
  if (!polygon || !isSound) throw new Problem('its polygon is no list of rings [[x, y, x, y, x, y, ...], ...]')
  return polygon
}

/** COCO's {"size": [height, width], "counts": ...}, or Kaggle's pairs of start and length, by columns, the first pixel is 1. */
function maskIn(cells: Cells, { width, height }: Size): Rle | null {
  const text = cells.text('rle')
  if (text === null) return null
  const runs = /^\d+( \d+)*$/.test(text) ? kaggleRuns(text, width, height) : cocoRuns(jsonOf(text))
  if (runs.width !== width || runs.height !== height) throw new Problem(`its mask has ${runs.width} x ${runs.height} pixels, but the image has ${width} x ${height}`)
  return runsToRle(runs)
}

function cocoRuns(value: unknown): ReturnType<typeof rleToRuns> {
  const { size, counts } = (value ?? {}) as { size?: unknown; counts?: unknown }
  const [height, width] = Array.isArray(size) ? (size as number[]) : []
  if (!isSide(height ?? 0) || !isSide(width ?? 0)) throw new Problem('its mask has no size')
  try {
    if (typeof counts === 'string') return rleToRuns({ size: [height!, width!], counts })
    if (Array.isArray(counts)) return countsToRuns(width!, height!, counts as number[])
  } catch (error) {
    throw new Problem((error as Error).message)
  }
  throw new Problem('its mask has no counts')
}

function kaggleRuns(text: string, width: number, height: number): ReturnType<typeof rleToRuns> {
  const numbers = text.split(' ').map(Number)
  const counts: number[] = []
  let end = 0
  for (let i = 0; i < numbers.length; i += 2) {
    const start = numbers[i]! - 1
    if (start < end || numbers[i + 1] === undefined) throw new Problem('its run lengths are out of order')
    counts.push(start - end, numbers[i + 1]!)
    end = start + numbers[i + 1]!
  }
  if (end > width * height) throw new Problem('its run lengths are longer than the image')
  return countsToRuns(width, height, [...counts, width * height - end])
}

function attributesIn(cells: Cells): Annotation['attributes'] {
  const text = cells.text('attributes')
  if (text === null) return cells.attributes
  const value = jsonOf(text)
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  const entries = isRecord ? Object.entries(value).map(([name, one]) => [name, isPlain(one) ? one : JSON.stringify(one)]) : [['attributes', text]]
  return { ...cells.attributes, ...(Object.fromEntries(entries) as Annotation['attributes']) }
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
