/** The list of what an import left out, for a spreadsheet. */
import { stringify } from 'csv-stringify/sync'
import type { ImportProblem } from '../../formats/dataset.ts'

/** UTF-8 with a byte order mark, so that spreadsheets show every script; no cell is taken for a formula. */
export function problemsCsv(problems: readonly ImportProblem[]): string {
  return stringify([...problems], { header: true, columns: ['file', 'place', 'reason', 'objects'], bom: true, escape_formulas: true })
}
