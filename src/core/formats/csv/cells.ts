/** The cells of a row by what they mean. */
import type { Size } from '../../../shared/geometry.ts'
import { textOfCell } from './columns.ts'
import type { Meaning, Table, TableRow } from './table.ts'

export const FARTHEST = 1e9

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
  return (['label', 'x0', 'y0', 'x1', 'y1', 'w', 'h', 'bbox', 'rle', 'polygon', 'mask'] as const).some((meaning) =>
    cells.has(meaning),
  )
}

/** The size the row says; null where it says none. */
export function sizeIn(cells: Cells): Size | null {
  const [width, height] = [Number(cells.text('width')), Number(cells.text('height'))]
  if (isSide(width) && isSide(height)) return { width, height }
  return null
}

export const isSide = (side: number) => Number.isInteger(side) && side > 0 && side <= 1_000_000

/** Undefined for what is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
