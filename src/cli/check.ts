/** `marquee check`: what in a project usually is a mistake. */
import { writeFile } from 'node:fs/promises'
import { stringify } from 'csv-stringify/sync'
import { CHECK_RULES, checkProject, fixFinding } from '../core/services/checkProject.ts'
import type { Finding } from '../core/services/checkProject.ts'
import { openProject } from '../core/store/project.ts'
import { AppError } from '../shared/errors.ts'
import { EXIT } from './exitCodes.ts'
import { requireFilePlace } from './outputs.ts'
import { withProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { firstOf, plural } from './text.ts'

export interface CheckOptions {
  readonly rules?: readonly string[]
  readonly fix?: readonly string[]
  readonly report?: string
}

export const CHECK_HELP = CHECK_RULES.map(({ id, name, fixName }) => `  ${id.padEnd(11)} ${name}${fixName === null ? '' : ` (--fix ${id}: ${fixName.toLowerCase()})`}`).join('\n')

export async function check(file: string, options: CheckOptions, out: Terminal): Promise<number> {
  const fixes = options.fix ?? []
  requireFixes(fixes)
  if (options.report !== undefined) requireFilePlace('--report', options.report, 'findings.csv')
  const project = await openProject(file)
  try {
    const total = project.images.count()
    const rules = options.rules ?? (fixes.length > 0 ? fixes : null)
    const findings: Finding[] = []
    const mended = await withProgress('Stopping.', out, async (signal, bar) => {
      for await (const finding of checkProject(project, rules, { signal, onImage: (done) => bar.update(done, total, 'images') })) findings.push(finding)
      return findings.filter((finding) => fixes.includes(finding.rule) && fixFinding(project, finding)).length
    })
    const left = findings.filter(({ rule }) => !fixes.includes(rule))
    tell(left, mended, out)
    if (options.report !== undefined) await writeFile(options.report, findingsCsv(findings))
    return left.length > 0 ? EXIT.partial : EXIT.ok
  } finally {
    project.close()
  }
}

function requireFixes(fixes: readonly string[]): void {
  const wrong = fixes.find((id) => !CHECK_RULES.some((rule) => rule.id === id && rule.fixName !== null))
  if (wrong === undefined) return
  const known = CHECK_RULES.filter(({ fixName }) => fixName !== null).map(({ id }) => id).join(', ')
  throw new AppError('invalid-argument', `--fix ${wrong}: there is no such fix. Fixes: ${known}.`)
}

function tell(findings: readonly Finding[], mended: number, out: Terminal): void {
  out.result({ findings, mended })
  for (const { id, name } of CHECK_RULES) {
    const found = findings.filter(({ rule }) => rule === id)
    if (found.length === 0) continue
    out.line(`${name} (${id}): ${String(found.length)}`)
    for (const line of firstOf(found.map(({ where, words }) => `  ${where}: ${words}`))) out.line(line)
  }
  if (mended > 0) out.line(`${plural(mended, 'finding')} mended.`)
  if (findings.length === 0) out.line('Nothing found that looks like a mistake.')
}

function findingsCsv(findings: readonly Finding[]): string {
  const rows = findings.map(({ rule, where, words, annotationIds }) => ({ rule, where, words, objects: annotationIds.join(' ') }))
  return stringify(rows, { header: true, columns: ['rule', 'where', 'words', 'objects'], bom: true, escape_formulas: true })
}
