/** The tables beside masks: labels with numbers and folders, images, objects. */
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { textCell, textOfCell } from '../csv/columns.ts'
import type { Column } from '../csv/columns.ts'

export const OBJECTS_FILE = 'objects.csv'
export const LABELS_FILE = 'labels.csv'
export const IMAGES_FILE = 'images.csv'
export const IMAGE_COLUMNS: readonly Column[] = ['image', 'width', 'height', 'split']

export interface LabelRow {
  /** Of the pixels of index maps. */
  readonly number: number
  readonly name: string
  /** #rrggbb. */
  readonly color: string
  /** Within masks/; '' where masks are not divided by label. */
  readonly folder: string
}

export function labelLines(rows: readonly LabelRow[]): string {
  const cells = rows.map(({ number, name, color, folder }) => [number, textCell(name), color, textCell(folder)])
  return `\ufeff${stringify([['number', 'label', 'color', 'folder'], ...cells])}`
}

/** Rows of any table with these columns in its first line; the rest is passed over. */
export function rowsWith<Name extends string>(text: string, ...names: readonly Name[]): Record<Name, string>[] {
  let rows: Record<string, string>[]
  try {
    rows = parse(text, { bom: true, columns: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true })
  } catch {
    return []
  }
  if (rows.length === 0 || !names.every((name) => name in rows[0]!)) return []
  return rows.map((row) => Object.fromEntries(names.map((name) => [name, textOfCell(row[name] ?? '')])) as Record<Name, string>)
}
