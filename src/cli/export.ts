/** `marquee export`: a project as COCO or Pascal VOC. */
import { EXPORT_FORMATS, exportFormat } from '../core/formats/index.ts'
import { exportProject } from '../core/services/exportProject.ts'
import { openProject } from '../core/store/project.ts'
import { AppError } from '../shared/errors.ts'
import type { AnnotationState } from '../shared/model.ts'
import { EXIT } from './exitCodes.ts'
import { interruptSignal } from './interrupt.ts'
import { isSamePlace, requireFilePlace, requireFolderPlace } from './outputs.ts'
import { progress } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { firstOf, plural, table } from './text.ts'

export interface ExportOptions {
  readonly format: string
  readonly out: string
  readonly states: readonly AnnotationState[]
  readonly labels?: readonly string[]
  readonly masks?: string
  readonly images?: string
}

export const FORMAT_IDS = EXPORT_FORMATS.map(({ id }) => id)

/** @throws AppError invalid-argument, read-only */
function requireSensible(file: string, { format, out, masks, images }: ExportOptions): void {
  if (masks !== undefined && format !== 'coco') throw new AppError('invalid-argument', '--masks is for coco: leave it out, or write --format coco.')
  if (images !== undefined && format !== 'voc') throw new AppError('invalid-argument', '--images is for voc: leave it out, or write --format voc.')
  if (exportFormat(format).output === 'folder') requireFolderPlace('--out', out)
  else requireFilePlace('--out', out, `${format}.json`)
  if (isSamePlace(out, file)) throw new AppError('invalid-argument', `--out "${out}" is the project itself. Name another file.`)
}

export async function exportCommand(file: string, options: ExportOptions, out: Terminal): Promise<number> {
  requireSensible(file, options)
  const project = await openProject(file)
  const { signal, release } = interruptSignal(() => {
    out.note('Stopping: what was there before is left as it is.')
  })
  const bar = progress()
  try {
    const known = project.labels.list().map(({ name }) => name)
    const unknown = options.labels?.find((name) => !known.includes(name))
    if (unknown !== undefined) throw new AppError('invalid-argument', `The project has no label "${unknown}". Labels: ${known.join(', ') || 'none'}.`)
    const total = project.images.count()
    const report = await exportProject(
      project,
      {
        format: options.format,
        out: options.out,
        states: options.states,
        labels: options.labels ?? null,
        options: { ...(options.masks && { masks: options.masks }), ...(options.images && { images: options.images }) },
      },
      { signal, onImage: (done) => bar.update(done, total, 'images') },
    )
    bar.end()
    out.result(report)
    out.line(table(['label', 'objects'], Object.entries(report.annotations)))
    out.line()
    out.line(`${plural(report.images, 'image')} to ${report.path}`)
    if (report.holesBridged > 0) out.line(`${plural(report.holesBridged, 'hole')} joined to the outline by a bridge of no width.`)
    for (const line of firstOf(report.skipped.map(({ image, reason }) => `not exported: ${image}: ${reason}`))) out.line(line)
    for (const line of firstOf(report.notes.map(({ image, reason }) => `note: ${image}: ${reason}`))) out.line(line)
    return report.skipped.length > 0 ? EXIT.partial : EXIT.ok
  } finally {
    bar.end()
    release()
    project.close()
  }
}
