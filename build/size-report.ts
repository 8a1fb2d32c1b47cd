/** Prints how long files and functions are, and what is over the marks: 90 % of files <= 200 lines, 90 % of functions <= 45. */
import { globSync, readFileSync } from 'node:fs'
import ts from 'typescript'

const FILE_MARK = 200
const FUNCTION_MARK = 45
const SHARE = 0.9

interface Measured {
  readonly name: string
  readonly lines: number
}

/** Lines of every function with a body in one source file. */
function functionsOf(path: string, text: string): Measured[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: Measured[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && ts.isBlock(node.body)) {
      const first = source.getLineAndCharacterOfPosition(node.getStart()).line
      const last = source.getLineAndCharacterOfPosition(node.end).line
      found.push({ name: `${path}:${String(first + 1)}`, lines: last - first + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function report(what: string, measured: Measured[], mark: number): boolean {
  const sorted = measured.toSorted((a, b) => a.lines - b.lines)
  const over = sorted.filter(({ lines }) => lines > mark)
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]?.lines ?? 0
  console.log(`${what}: ${String(sorted.length)}, median ${String(at(0.5))}, p90 ${String(at(SHARE))} lines (mark ${String(mark)})`)
  for (const { name, lines } of over.toReversed()) console.log(`  ${String(lines).padStart(5)}  ${name}`)
  return at(SHARE) <= mark
}

const paths = globSync('src/**/*.{ts,tsx}').toSorted()
const texts = paths.map((path) => ({ path, text: readFileSync(path, 'utf8') }))
const files = texts.map(({ path, text }) => ({ name: path, lines: text.trimEnd().split('\n').length }))
const filesFit = report('files', files, FILE_MARK)
const functionsFit = report('functions', texts.flatMap(({ path, text }) => functionsOf(path, text)), FUNCTION_MARK)
if (!filesFit || !functionsFit) process.exitCode = 1
