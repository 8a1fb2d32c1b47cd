/** What commands write: results on stdout, progress and trouble on stderr. */
import { toWireError } from '../shared/errors.ts'
import { printable } from './text.ts'

export interface Terminal {
  /** A line of the result; nothing with --json. */
  line(text?: string): void
  /** With --json, the whole result as one object on stdout. */
  result(value: object): void
  /** Something to know that is no result, on stderr. */
  note(text: string): void
}

export function terminal(json: boolean): Terminal {
  return {
    line: (text = '') => {
      if (!json) process.stdout.write(`${said(text)}\n`)
    },
    result: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`)
    },
    note: (text) => {
      process.stderr.write(`${said(text)}\n`)
    },
  }
}

/** On stderr for people; with --json also as `{ "error": { code, message, details } }` on stdout. */
export function writeError(error: unknown, json: boolean): void {
  const wire = toWireError(error)
  process.stderr.write(`marquee: ${said(wire.message)}\n`)
  if (json) process.stdout.write(`${JSON.stringify({ error: wire })}\n`)
}

/** Safe to print, with commands as the person has to type them: through npm in a clone, by name once installed. */
function said(text: string): string {
  const throughNpm = process.env['npm_lifecycle_event'] === 'marquee'
  return throughNpm ? printable(text).replace(/\bmarquee (?=(annotate|import|export|convert|check|score|doctor|models)\b)/g, 'npm run marquee -- ') : printable(text)
}
