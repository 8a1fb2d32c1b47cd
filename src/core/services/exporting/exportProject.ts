/** Writes a project in one of the formats, an image at a time, and puts it in place only once it was read again. */
import { statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, parse, posix } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Annotation, AnnotationState, ImageId } from '../../../shared/model.ts'
import { givenOptions } from '../../formats/common/givenOptions.ts'
import { exportFormat, IMPORT_FORMATS } from '../../formats/index.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource, WrittenNames } from '../../formats/source.ts'
import type { StoredImage } from '../../store/images.ts'
import type { Project } from '../../store/project.ts'
import { notedChanges } from './changes.ts'
import type { ExportChange } from './changes.ts'
import { splitNames, splitOf } from './split.ts'
import type { SplitWish } from './split.ts'
import { REPORT_NAME } from '../../formats/common/files/atomicFile.ts'
import { verifyExport } from './verifyExport.ts'
import type { Original, Verification } from './verifyExport.ts'

export interface ExportWish {
  readonly format: string
  readonly out: string
  readonly states: readonly AnnotationState[]
  /** Label names to write; null writes all. */
  readonly labels: readonly string[] | null
  /** null keeps the parts that images were imported with. */
  readonly split?: SplitWish | null
  /** Options of the format, as it names them. */
  readonly options: Readonly<Record<string, string>>
  /** Also an empty export, or one that holds less than was asked for. */
  readonly allowIncomplete: boolean
  /** Gives the place of a picture as it really is, or throws where it may not be read, e.g. by a link out of a window's folders. */
  readonly readable?: (file: string) => Promise<string>
}

/** Stands for a picture that may not be read: nothing lies there. */
const NOWHERE = '/dev/null/not-readable'

export interface ProjectExport extends ExportReport {
  readonly format: string
  /** Annotations that were asked for: those written and those skipped. */
  readonly asked: number
  /** null where the format can't be read back. */
  readonly verified: Verification | null
  /** All that is not as in the project: how many, and why. */
  readonly changes: readonly ExportChange[]
  /** Pictures that have another file name in the export, path in the project to name in the export. */
  readonly renamed: Readonly<Record<string, string>>
  /** Images in each part of the split; empty where there is none. */
  readonly parts: Readonly<Record<string, number>>
  /** Where the report lies as JSON. */
  readonly reportFile: string
}

/**
 * @throws AppError invalid-argument (format or option), export-incomplete, export-failed, disk-full, cancelled; what was at
 * `out` before stays then
 */
export async function exportProject(project: Project, wish: ExportWish, job: ExportJob = {}): Promise<ProjectExport> {
  const format = exportFormat(wish.format)
  const options = givenOptions(format, wish.options)
  const source = new ProjectSource(project, wish)
  let whole: ProjectExport | null = null
  const verify = async (written: string, report: ExportReport, names: WrittenNames) => {
    if (!wish.allowIncomplete) requireComplete(report, source.asked)
    const verified = await verifyWritten(written, { format, options, source, report, names, ...(job.signal && { signal: job.signal }) })
    const isFolder = statSync(written).isDirectory()
    whole = { ...wholeReport(project, source, report, names, verified), format: format.id, reportFile: reportFileOf(report.path, isFolder) }
    // Comes into place with the folder.
    if (isFolder) await writeFile(join(written, REPORT_NAME), textOf(whole))
  }
  const { path } = await format.write(source, wish.out, options, { ...job, verify })
  const report = whole as ProjectExport | null
  if (!report) throw new AppError('internal', `${format.name} did not let its export be read again.`)
  if (!statSync(path).isDirectory()) await writeFile(report.reportFile, textOf(report)).catch(withoutReport(report))
  return report
}

function textOf(report: ProjectExport): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

function withoutReport({ path, reportFile }: ProjectExport) {
  return (error: unknown): never => {
    const why = (error as Error).message
    throw new AppError('export-failed', `${path} is written and was read again, but its report ${reportFile} could not be written: ${why}`, {}, error)
  }
}

function wholeReport(project: Project, { asked, parts }: ProjectSource, report: ExportReport, names: WrittenNames, verified: Verification | null) {
  const renamed = renamedIn(project, names)
  const renames = { words: 'pictures with another file name, listed in the report', count: Object.keys(renamed).length }
  const changes = [...notedChanges(report), ...(verified?.changes ?? []), ...(renames.count > 0 ? [renames] : [])]
  return { asked, ...report, verified, changes, renamed, parts: Object.fromEntries(parts) }
}

/** Also a stem that only a number was put behind is another name; folders and endings are not. */
function renamedIn(project: Project, names: WrittenNames): Record<string, string> {
  const pairs = [...names].map(([id, name]) => [project.images.get(id).path, name] as const)
  return Object.fromEntries(pairs.filter(([path, name]) => posix.parse(path).name !== posix.parse(name).name))
}

class ProjectSource implements ExportSource {
  readonly labels
  readonly splits
  readonly source
  asked = 0
  readonly parts = new Map<string, number>()
  readonly #project: Project
  readonly #states
  readonly #readable
  readonly #labelNames: ReadonlyMap<number, string>
  readonly #parts: ReadonlyMap<string, string> | null

  constructor(project: Project, { labels, states, split, readable }: ExportWish) {
    this.#project = project
    this.#readable = readable
    this.#states = states
    this.labels = project.labels.list().filter(({ name }) => labels === null || labels.includes(name))
    this.#labelNames = new Map(this.labels.map(({ id, name }) => [id, name]))
    this.splits = split ? splitNames(split) : project.imports.splits()
    this.#parts = split ? splitOf([...project.images.iterate()].map(({ path }) => path), split) : null
    this.source = project.imports.latest()?.source ?? null
  }

  async *images(): AsyncGenerator<ExportImage> {
    for (const image of this.#project.images.iterate()) {
      const item = this.itemOf(image)
      if (image.width === 0 && item.annotations.length === 0) continue
      this.asked += item.annotations.length
      const imported = this.#project.imports.ofImage(image.id)
      const file = this.#readable ? await this.#readable(item.file).catch(() => NOWHERE) : item.file
      const split = this.#parts ? this.#parts.get(image.path)! : (imported?.split ?? null)
      if (split !== null) this.parts.set(split, (this.parts.get(split) ?? 0) + 1)
      yield { ...item, file, split, name: imported?.name ?? image.path, source: imported?.source ?? null }
    }
  }

  itemOf(image: StoredImage): Pick<ExportImage, 'image' | 'file' | 'annotations'> {
    return { image, file: this.#project.images.fileOf(image), annotations: this.#wantedOn(image.id) }
  }

  #wantedOn(id: ImageId): Annotation[] {
    const { annotations } = this.#project.annotations.load(id)
    return annotations.filter(({ state, labelId }) => this.#states.includes(state) && this.#labelNames.has(labelId))
  }

  /** As it was given to the writer, again. */
  original(id: ImageId): Original {
    const image = this.#project.images.get(id)
    return { image, file: this.#project.images.fileOf(image), annotations: () => this.#wantedOn(id) }
  }

  labelOf({ labelId }: Annotation): string {
    return this.#labelNames.get(labelId)!
  }
}

/** @throws AppError export-incomplete */
function requireComplete({ skipped, annotations }: ExportReport, asked: number): void {
  const lost = skipped.reduce((sum, { objects }) => sum + objects, 0)
  const written = Object.values(annotations).reduce((sum, count) => sum + count, 0)
  const details = { asked, written, lost }
  if (asked === 0) throw new AppError('export-incomplete', 'There is nothing to export: no object fits the chosen states and labels. Confirm to write an empty export.', details)
  if (lost === 0) return
  const reasons = [...new Set(skipped.filter(({ objects }) => objects > 0).map(({ image, reason }) => `${image}: ${reason}`))]
  const why = `${reasons.slice(0, 3).join('; ')}${reasons.length > 3 ? `; and ${String(reasons.length - 3)} more` : ''}`
  throw new AppError('export-incomplete', `Only ${String(written)} of ${String(asked)} objects can be written in this format (${why}). Confirm to export without the others.`, details)
}

interface Written {
  readonly format: ExportFormat
  readonly options: Readonly<Record<string, string>>
  readonly source: ProjectSource
  readonly report: ExportReport
  readonly names: WrittenNames
  readonly signal?: AbortSignal
}

async function verifyWritten(written: string, { format, options, source, ...rest }: Written): Promise<Verification | null> {
  const reader = IMPORT_FORMATS.find(({ id }) => id === format.id)
  if (!reader) return null
  const original = (id: ImageId) => source.original(id)
  const labelOf = (annotation: Annotation) => source.labelOf(annotation)
  return verifyExport(written, { format: reader, readOptions: format.readOptions?.(options) ?? {}, holds: format.holds(options), original, labelOf, ...rest })
}

/** In the folder that was written, or beside the file. */
function reportFileOf(out: string, isFolder: boolean): string {
  const { dir, name } = parse(out)
  return isFolder ? join(out, REPORT_NAME) : join(dir, `${name}.${REPORT_NAME}`)
}
