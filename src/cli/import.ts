/** `marquee import` and `marquee convert`: datasets of other tools. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
import { requireFilePlace } from './outputs.ts'
import { withProgress } from './progress.ts'
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
  requireFilePlace('--project', options.project, 'my.marquee')
  const wish = { ...readWish(place, format, { ...options, readOption: options.option ?? [] }), missing: keepMissing ? 'keep' : 'skip', dryRun } as const
  const work = async (project: Project) => {
    const { report, code } = await readAndTell(project, wish, options.report, out)
    const undo = `marquee import --project "${options.project}" --undo ${String(report.id)}`
    const brought = report.objects.added > 0 || report.labels.some(({ isNew }) => isNew)
    if (brought && !dryRun) out.line(`To take it back: ${undo}`)
    return code
  }
  // A look at what would come in makes no project.
  return dryRun && !existsSync(options.project) ? withPassingProject(work) : withProject(options.project, work)
}

async function withProject<T>(file: string, work: (project: Project) => Promise<T>): Promise<T> {
  const isNew = !existsSync(file)
  await mkdir(dirname(file), { recursive: true })
  const project = await openProject(file, { create: true })
  let isEmpty = false
  try {
    return await work(project)
  } catch (error) {
    isEmpty = isNew && project.images.count() === 0 && project.imports.list().length === 0
    throw error
  } finally {
    project.close()
    // Of a dataset that could not be read no project is left that nobody asked for.
    if (isEmpty) await rm(file)
  }
}

/** With a project that is thrown away. */
async function withPassingProject<T>(work: (project: Project) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-passing-'))
  try {
    return await withProject(join(folder, 'passing.marquee'), work)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** `marquee import --undo`. */
export async function undoCommand(file: string, id: number, out: Terminal): Promise<number> {
  const project = await openProject(file)
  try {
    const stopping = 'Stopping: what was taken back until now stays so; the same command takes back the rest.'
    const undone = await withProgress(stopping, out, (signal, bar) => {
      bar.begin()
      return undoImport(project, id, { signal, onImages: (done, total) => bar.update(done, total, 'images') })
    })
    out.result(undone)
    out.line(`${plural(undone.removed, 'object')} taken back; images it brought stay.`)
    if (undone.kept > 0) out.line(`${plural(undone.kept, 'object')} stay: changed since then, or brought by another import too.`)
    if (undone.labels > 0) out.line(`${plural(undone.labels, 'label')} that nothing has any more went too.`)
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
  return withPassingProject(async (project) => {
    const { code: read } = await readAndTell(project, reading, options.report, collecting).catch(inWordsOfConvert)
    const code = Math.max(read, await writeAndTell(project, wish, collecting))
    out.result({ read: results[0], written: results[1] })
    return code
  })
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

async function readAndTell(project: Project, wish: ImportWish, reportFile: string | undefined, out: Terminal) {
  const stopping = 'Stopping: what came in until now stays; the same import again adds only the rest.'
  const report = await withProgress(stopping, out, (signal, bar) =>
    importDataset(project, wish, { signal, onImages: (done) => bar.say(`${String(done)} images`) }),
  )
  tell(report, wish.dryRun, out)
  if (reportFile !== undefined) await writeFile(reportFile, problemsCsv(report.problems))
  return { report, code: report.objects.leftOut > 0 || report.images.missing > 0 ? EXIT.partial : EXIT.ok }
}

function tell(report: ImportReport, dryRun: boolean, out: Terminal): void {
  const { images, objects, labels, problems } = report
  out.result(report)
  out.line(table(['label', 'objects', ''], labels.map(({ name, objects: count, isNew, like }) => [name, count, like === null ? (isNew ? 'new' : '') : `new, though there is "${like}"`])))
  out.line()
  out.line(`${report.format}: ${plural(images.total, 'image')} (${String(images.added)} new, ${String(images.missing)} without a picture)`)
  if (images.found > 0) out.line(`${plural(images.found, 'image')} had no picture and ${dryRun ? 'would get one' : 'have one now'}.`)
  if (images.missing > 0) out.line('To fill in missing pictures: the same import with --image-folder FOLDER')
  const counts = `${String(objects.added)} came in, ${String(objects.known)} were there already, ${String(objects.leftOut)} left out`
  out.line(`${plural(objects.seen, 'object')} in the files: ${dryRun ? counts.replace('came in', 'would come in') : counts}`)
  for (const line of firstOf(problems.map(({ file, place, reason, objects: count }) => `${count > 0 ? 'left out' : 'note'}: ${[file, place].filter((part) => part !== '').join(', ')}: ${reason}`))) out.line(line)
  const like = labels.find((label) => label.like !== null)
  if (like) out.line(`To give one label's objects to another: --map "${like.name}=${like.like!}"`)
}
