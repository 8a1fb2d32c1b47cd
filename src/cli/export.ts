/** `marquee export`: a project in a format other tools read. */
import { existsSync } from 'node:fs'
import { join, parse } from 'node:path'
import { EXPORT_FORMATS, exportFormat } from '../core/formats/index.ts'
import { exportProject } from '../core/services/exporting/exportProject.ts'
import type { ExportWish, ProjectExport } from '../core/services/exporting/exportProject.ts'
import { parseShares } from '../core/services/exporting/split.ts'
import type { SplitWish } from '../core/services/exporting/split.ts'
import { openProject } from '../core/store/project.ts'
import type { Project } from '../core/store/project.ts'
import { AppError } from '../shared/errors.ts'
import type { AnnotationState } from '../shared/model.ts'
import { EXIT } from './exitCodes.ts'
import { parsePairs } from './formatOptions.ts'
import { isSamePlace, requireFilePlace, requireFolderPlace } from './outputs.ts'
import { withProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { firstOf, plural, table } from './text.ts'

/** What `export` and `convert` are told about the writing. */
export interface WriteOptions {
  readonly out: string
  readonly states: readonly AnnotationState[]
  readonly labels?: readonly string[]
  readonly split?: string
  readonly groupBy: SplitWish['groupBy']
  readonly seed: number
  readonly images?: string
  readonly masks?: string
  readonly option?: readonly string[]
  readonly allowIncomplete?: boolean
}

export interface ExportOptions extends WriteOptions {
  readonly format: string
}

export const FORMAT_IDS = EXPORT_FORMATS.map(({ id }) => id)

/** @throws AppError invalid-argument, read-only */
export function writeWish(format: string, options: WriteOptions): ExportWish {
  const { out, states, labels = null, split, groupBy, seed, images, masks, allowIncomplete = false } = options
  const { output, name } = exportFormat(format)
  if (output === 'folder') requireFolderName(name, out)
  if (output === 'folder' || (output === 'either' && !/\.[^./\\]+$/.test(out))) requireFolderPlace('--out', out)
  else requireFilePlace('--out', out, `${format}.json`)
  return {
    format,
    out,
    states,
    labels: labels && labels.map((name) => name.normalize('NFC')),
    split: split === undefined ? null : { shares: parseShares(split), groupBy, seed },
    options: { ...(images && { images }), ...(masks && { masks }), ...parsePairs('--option', options.option ?? []) },
    allowIncomplete,
  }
}

/** A folder called like a file is what nobody meant. */
function requireFolderName(format: string, out: string): void {
  const { dir, name, ext } = parse(out)
  if (!/^\.(json|jsonl|xml|txt|yaml|zip|png)$/i.test(ext) || existsSync(out)) return
  throw new AppError('invalid-argument', `--out "${out}": ${format} is written as a folder. Name one, e.g. "${join(dir, name)}".`)
}

export async function exportCommand(file: string, options: ExportOptions, out: Terminal): Promise<number> {
  const wish = writeWish(options.format, options)
  if (isSamePlace(options.out, file)) throw new AppError('invalid-argument', `--out "${options.out}" is the project itself. Name another file.`)
  const project = await openProject(file)
  try {
    return await writeAndTell(project, wish, out)
  } finally {
    project.close()
  }
}

/** Exports with a progress bar and tells what was written; gives the exit code. */
export async function writeAndTell(project: Project, wish: ExportWish, out: Terminal): Promise<number> {
  const known = project.labels.list().map(({ name }) => name)
  const unknown = wish.labels?.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new AppError('invalid-argument', `The project has no label "${unknown}". Labels: ${known.join(', ') || 'none'}.`)
  const total = project.images.count()
  const report = await withProgress('Stopping: what was there before is left as it is.', out, (signal, bar) =>
    exportProject(project, wish, { signal, onImage: (done) => bar.update(done, total, 'images') }),
  ).catch(inWordsOfOptions)
  tell(report, out)
  return report.skipped.length > 0 ? EXIT.partial : EXIT.ok
}

function inWordsOfOptions(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'export-incomplete') throw error
  throw new AppError(error.code, error.message.replace(/Confirm to/, 'Add --allow-incomplete to'), error.details, error)
}

function tell(report: ProjectExport, out: Terminal): void {
  out.result(report)
  out.line(table(['label', 'objects'], Object.entries(report.annotations)))
  out.line()
  out.line(`${plural(report.images, 'image')} to ${report.path}`)
  const parts = Object.entries(report.parts)
  if (parts.length > 0) out.line(`Parts: ${parts.map(([name, images]) => `${name} ${String(images)}`).join(', ')}`)
  for (const line of firstOf(report.skipped.map(({ image, reason }) => `not exported: ${image}: ${reason}`))) out.line(line)
  if (report.changes.length > 0) out.line('Not as in the project:')
  for (const { words, count } of report.changes) out.line(`  ${words}: ${String(count)}`)
  out.line(verdict(report))
}

function verdict({ verified, reportFile }: ProjectExport): string {
  if (!verified) return `Not read back: there is no reader for this format. Report: ${reportFile}`
  const { objects, boxes, masks } = verified
  const facts = [
    ...(boxes.compared > 0 ? [boxes.exact === boxes.compared ? 'boxes exact' : `boxes within ${boxes.largestMove.toFixed(2)} pixels`] : []),
    ...(masks.compared > 0 ? [masks.exact === masks.compared ? 'masks bit for bit' : `mask IoU ${masks.smallestIou.toFixed(4)} or more`] : []),
  ]
  return `Read back and compared: ${plural(objects, 'object')}${facts.length > 0 ? `, ${facts.join(', ')}` : ''}. Report: ${reportFile}`
}
