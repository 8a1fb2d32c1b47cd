/** `marquee import` and `marquee convert`: datasets of other tools. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IMPORT_FORMATS } from '../core/formats/index.ts'
import { importDataset } from '../core/services/importing/importDataset.ts'
import type { ImportWish } from '../core/services/importing/importDataset.ts'
import type { ImportReport } from '../core/services/importing/importReport.ts'
import { problemsCsv } from '../core/services/importing/problemsCsv.ts'
import { undoImport } from '../core/services/importing/undoImport.ts'
import { openProject } from '../core/store/project.ts'
import type { Project } from '../core/store/project.ts'
import { AppError } from '../shared/errors.ts'
import { EXIT } from './exitCodes.ts'
import { writeAndTell, writeWish } from './export.ts'
import type { WriteOptions } from './export.ts'
import { parsePairs } from './formatOptions.ts'
import { interruptSignal } from './interrupt.ts'
import { requireFilePlace } from './outputs.ts'
import { progress } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { firstOf, plural, table } from './text.ts'

interface ReadOptions {
  readonly imageFolder?: readonly string[]
  readonly map?: readonly string[]
  readonly readOption?: readonly string[]
  readonly report?: string
}

export interface ImportOptions extends Omit<ReadOptions, 'readOption'> {
  readonly option?: readonly string[]
  readonly format: string
  readonly project: string
  readonly keepMissing?: boolean
  readonly dryRun?: boolean
}

export interface ConvertOptions extends ReadOptions, WriteOptions {
  readonly from: string
  readonly to: string
}

export const IMPORT_IDS = ['auto', ...IMPORT_FORMATS.map(({ id }) => id)]

export async function importCommand(place: string, options: ImportOptions, out: Terminal): Promise<number> {
  const { format, keepMissing = false, dryRun = false } = options
  const wish = { ...readWish(place, format, { ...options, readOption: options.option ?? [] }), missing: keepMissing ? 'keep' : 'skip', dryRun } as const
  const project = await openProject(options.project, { create: true })
  try {
    const code = await readAndTell(project, wish, options.report, out)
    const latest = project.imports.latest()
    if (!dryRun && latest) out.line(`To take it back: marquee import --project "${options.project}" --undo ${String(latest.id)}`)
    return code
  } finally {
    project.close()
  }
}

/** `marquee import --undo`. */
export async function undoCommand(file: string, id: number, out: Terminal): Promise<number> {
  const project = await openProject(file)
  try {
    const undone = undoImport(project, id)
    out.result(undone)
    out.line(`${plural(undone.removed, 'object')} taken back.`)
    if (undone.kept > 0) out.line(`${plural(undone.kept, 'object')} changed since then stay.`)
    return EXIT.ok
  } finally {
    project.close()
  }
}

/** By way of a project that is thrown away. */
export async function convertCommand(place: string, target: string, options: Omit<ConvertOptions, 'out'>, out: Terminal): Promise<number> {
  const wish = writeWish(options.to, { ...options, out: target })
  const reading = { ...readWish(place, options.from, options), missing: 'keep', dryRun: false } as const
  const results: object[] = []
  const collecting = { ...out, result: (value: object) => results.push(value) }
  const folder = await mkdtemp(join(tmpdir(), 'marquee-convert-'))
  try {
    const project = await openProject(join(folder, 'convert.marquee'), { create: true })
    try {
      const read = await readAndTell(project, reading, options.report, collecting).catch(inWordsOfConvert)
      const code = Math.max(read, await writeAndTell(project, wish, collecting))
      out.result({ read: results[0], written: results[1] })
      return code
    } finally {
      project.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Its own options are those of writing. */
function inWordsOfConvert(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'ambiguous-dataset') throw error
  throw new AppError(error.code, error.message.replace('--option ', '--read-option ').replace('--format ', '--from '), error.details, error)
}

function readWish(place: string, format: string, { imageFolder = [], map = [], readOption = [], report }: ReadOptions) {
  if (report !== undefined) requireFilePlace('--report', report, 'problems.csv')
  return { place, format, options: parsePairs('option', readOption), imageFolders: imageFolder, labelMap: parsePairs('--map', map) }
}

async function readAndTell(project: Project, wish: ImportWish, reportFile: string | undefined, out: Terminal): Promise<number> {
  const { signal, release } = interruptSignal(() => {
    out.note('Stopping: what came in until now stays; the same import again adds only the rest.')
  })
  const bar = progress()
  try {
    const report = await importDataset(project, wish, { signal, onImages: (done) => bar.say(`${String(done)} images`) })
    bar.end()
    tell(report, wish.dryRun, out)
    if (reportFile !== undefined) await writeFile(reportFile, problemsCsv(report.problems))
    return report.objects.leftOut > 0 || report.images.missing > 0 ? EXIT.partial : EXIT.ok
  } finally {
    bar.end()
    release()
  }
}

function tell(report: ImportReport, dryRun: boolean, out: Terminal): void {
  const { images, objects, labels, problems } = report
  out.result(report)
  out.line(table(['label', 'objects', ''], labels.map(({ name, objects: count, isNew, like }) => [name, count, like === null ? (isNew ? 'new' : '') : `new, though there is "${like}"`])))
  out.line()
  out.line(`${report.format}: ${plural(images.total, 'image')} (${String(images.added)} new, ${String(images.missing)} without a picture)`)
  const counts = `${String(objects.added)} came in, ${String(objects.known)} were there already, ${String(objects.leftOut)} left out`
  out.line(`${plural(objects.seen, 'object')} in the files: ${dryRun ? counts.replace('came in', 'would come in') : counts}`)
  for (const line of firstOf(problems.map(({ file, place, reason, objects: count }) => `${count > 0 ? 'left out' : 'note'}: ${[file, place].filter((part) => part !== '').join(', ')}: ${reason}`))) out.line(line)
  const like = labels.find((label) => label.like !== null)
  if (like) out.line(`To give one label's objects to another: --map "${like.name}=${like.like!}"`)
}
