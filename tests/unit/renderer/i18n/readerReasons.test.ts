/** Whatever formats, imports and exports say is known in the languages of the window. */
import { globSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { sayProblem } from '../../../../src/renderer/i18n/problems.ts'

const FOLDERS = 'src/core/{formats,services/importing,services/exporting}/**/*.ts'

/** Words that nobody reads in the window, or that other tests look after. */
const ELSEWHERE: readonly RegExp[] = [
  // What a model is asked, names of columns and attributes in files.
  /^src\/core\/formats\/(qwen-vl\/ask|csv\/table|cvat\/names)\.ts: /,
  // Put together with the name of the format: problems.test.ts.
  /exporting\/changes\.ts: /,
  // Why a content is taken for a format: said in one list with the names of formats.
  /: 7 (has the root|is a mask of|is a mask by|is a list of|is a table of|holds conversations with|holds lines of|lists objects and|names classes and)/,
  /: images are sorted into a folder for each class/,
  // Places within a file, and what is written into files and logs.
  /: (annotation|image|category) at byte 7$/,
  /: (import 7 taken back|Exported by Marquee|<\?xml [^]*)$/,
  /: 7: 7min and 7max are 7$/,
]

/** The text of literals and of what is put together from them, with 7 for each value. */
function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node)) return node.head.text + node.templateSpans.map(({ literal }) => `7${literal.text}`).join('')
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression)
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return null
  const [left, right] = [textOf(node.left), textOf(node.right)]
  return left === null && right === null ? null : (left ?? '7') + (right ?? '7')
}

/** Names and helps of formats and their options are other lists. */
function isNamed(node: ts.Node): boolean {
  return ts.isImportDeclaration(node) || (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && ['help', 'name'].includes(node.name.text))
}

function* sentencesIn(node: ts.Node): Generator<string> {
  if (isNamed(node)) return
  const text = textOf(node)
  if (text === null) {
    for (const child of node.getChildren()) yield* sentencesIn(child)
    return
  }
  if (/[a-z]{2,} [a-z]/i.test(text) && (text.match(/[a-z]{2,}/gi)?.length ?? 0) >= 3) yield text
  if (ts.isTemplateExpression(node)) for (const { expression } of node.templateSpans) yield* sentencesIn(expression)
}

it('every reason of a reader, an import or an export has Chinese words', () => {
  const files = globSync(FOLDERS).toSorted()
  const said = files.flatMap((path) => {
    const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
    return [...sentencesIn(source)].map((text) => ({ where: `${path.replaceAll('\\', '/')}: ${text}`, text }))
  })
  // The walk finds them: there are hundreds.
  expect(said.length).toBeGreaterThan(250)
  const isKnown = (text: string) => /\p{Script=Han}/u.test(sayProblem(text, 'zh-CN'))
  const missing = said.filter(({ where, text }) => !ELSEWHERE.some((pattern) => pattern.test(where)) && !isKnown(text))
  expect(missing.map(({ where }) => where)).toEqual([])
})
