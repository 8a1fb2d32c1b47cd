/** Text on a terminal: how wide it is, cut and padded to columns, and without what would move the cursor. */

const GRAPHEMES = new Intl.Segmenter()
/** Two columns: East Asian wide and fullwidth letters (Unicode UAX 11) and emoji. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u

function columnsOf(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2
  return /^[\p{Mark}\p{Cf}]/u.test(grapheme) ? 0 : 1
}

/** Columns the text takes. */
export function width(text: string): number {
  let columns = 0
  for (const { segment } of GRAPHEMES.segment(text)) columns += columnsOf(segment)
  return columns
}

/** The beginning of the text that fits, whole graphemes, with an ellipsis where something was left out. */
export function fit(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let kept = ''
  let used = 1
  for (const { segment } of GRAPHEMES.segment(text)) {
    used += columnsOf(segment)
    if (used > columns) break
    kept += segment
  }
  return `${kept}…`
}

export function pad(text: string, columns: number, side: 'start' | 'end'): string {
  const spaces = ' '.repeat(Math.max(0, columns - width(text)))
  return side === 'start' ? spaces + text : text + spaces
}

/** File names may hold anything: control characters, which could rewrite the screen, are shown as U+FFFD. */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '\ufffd')
}

export const plural = (count: number, one: string, many = `${one}s`) => `${String(count)} ${count === 1 ? one : many}`

/** Columns padded to their widest cell; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows.map((row) => row.map((cell) => printable(String(cell))))]
  const widths = head.map((_, column) => Math.max(...cells.map((row) => width(row[column]!))))
  const numeric = head.map((_, column) => rows.every((row) => /^[\d.\-–]+( MB)?$/.test(String(row[column]))))
  const format = (row: readonly string[]) =>
    row.map((cell, column) => pad(cell, widths[column]!, numeric[column] ? 'start' : 'end')).join('  ').trimEnd()
  return [format([...head]), widths.map((columns) => '─'.repeat(columns)).join('  '), ...cells.slice(1).map(format)].join('\n')
}

const MOST_LINES = 20

/** The first lines, and how many more there are. */
export function firstOf(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines]
  return [...lines.slice(0, MOST_LINES), `… and ${String(lines.length - MOST_LINES)} more (--json lists all)`]
}
