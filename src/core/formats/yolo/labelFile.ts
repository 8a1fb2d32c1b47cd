/** The text of a label file as rows: one object each. */
import type { DatasetFiles } from '../common/files/datasetFiles.ts'

const LARGEST = 64 * 2 ** 20

export interface Row {
  /** From 1. */
  readonly line: number
  /** Without white space around it. */
  readonly text: string
}

/** Lines that are not blank; tabs, CRLF and a byte order mark are all the same. Throws like `DatasetFiles.readText`. */
export async function rowsOf(files: DatasetFiles, path: string): Promise<Row[]> {
  const lines = (await files.readText(path, LARGEST)).split(/\r\n|\r|\n/)
  return lines.map((text, index) => ({ line: index + 1, text: text.trim() })).filter(({ text }) => text !== '')
}
