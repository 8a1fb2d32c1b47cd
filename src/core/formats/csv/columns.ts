/** The columns of a table of objects, and what a cell may hold. */

export const COLUMNS = [
  'image',
  'width',
  'height',
  'split',
  'label',
  'x0',
  'y0',
  'x1',
  'y1',
  'area',
  'state',
  'score',
  'group',
  'z',
  'iscrowd',
  'difficult',
  'truncated',
  'occluded',
  'attributes',
  'polygon',
  'rle',
  'mask',
] as const
export type Column = (typeof COLUMNS)[number]

/** What spreadsheets take for a formula when a cell begins with it; "'" itself, so that it can be told from one of ours. */
const FORMULA = /^[=+\-@\t\r\n'\uff0b\uff0d\uff1d\uff20]/

/** Text that no spreadsheet runs: "=1+1" becomes "'=1+1", which they show as it is. */
export function textCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

/** Undoes `textCell`. */
export function textOfCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell
}
