/** What commands write: results on stdout, progress and trouble on stderr. */
import { toWireError } from '../shared/errors.ts'

export interface Terminal {
  /** A line of the result; nothing with --json. */
  line(text?: string): void
  /** With --json, the whole result as one object on stdout. */
  result(value: unknown): void
  /** Something to know that is no result, on stderr. */
  note(text: string): void
  readonly json: boolean
}

export function terminal(json: boolean): Terminal {
  return {
    json,
    line: (text = '') => {
      if (!json) process.stdout.write(`${text}\n`)
    },
    result: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`)
    },
    note: (text) => {
      process.stderr.write(`${text}\n`)
    },
  }
}

export function writeError(error: unknown, json: boolean): void {
  const wire = toWireError(error)
  if (json) process.stdout.write(`${JSON.stringify({ error: wire })}\n`)
  else process.stderr.write(`marquee: ${wire.message}\n`)
}

/** Columns padded to their widest cell; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows.map((row) => row.map(String))]
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  const right = head.map((_, column) => rows.every((row) => /^[\d.\-–]*( ms)?$/.test(String(row[column]))))
  const format = (row: readonly string[]) =>
    row.map((cell, column) => (right[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ').trimEnd()
  return [format(head as string[]), widths.map((width) => '─'.repeat(width)).join('  '), ...cells.slice(1).map(format)].join('\n')
}

export const plural = (count: number, one: string, many = `${one}s`) => `${String(count)} ${count === 1 ? one : many}`
