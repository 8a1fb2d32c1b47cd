/** `marquee export`: a project as COCO or Pascal VOC. */
import { EXPORT_FORMATS } from '../core/formats/index.ts'
import { exportProject } from '../core/services/exportProject.ts'
import { openProject } from '../core/store/project.ts'
import { AppError } from '../shared/errors.ts'
import type { AnnotationState } from '../shared/model.ts'
import { EXIT } from './exitCodes.ts'
import { interruptSignal } from './interrupt.ts'
import { progress } from './progress.ts'
import { plural, table, type Terminal } from './terminal.ts'

export interface ExportOptions {
  readonly format: string
  readonly out: string
  readonly states: readonly AnnotationState[]
  readonly labels?: readonly string[]
  readonly masks?: string
  readonly images?: string
}

export const FORMAT_IDS = EXPORT_FORMATS.map(({ id }) => id)

export async function exportCommand(file: string, options: ExportOptions, out: Terminal): Promise<number> {
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
      { signal, onImage: (done) => bar.update(done, total, '') },
    )
    bar.end()
    out.result(report)
    out.line(table(['label', 'objects'], Object.entries(report.annotations)))
    out.line()
    out.line(`${plural(report.images, 'image')} to ${report.path}`)
    if (report.holesBridged > 0) out.line(`${plural(report.holesBridged, 'hole')} joined to the outline by a bridge of no width.`)
    for (const { image, reason } of [...report.skipped, ...report.notes]) out.line(`${image}: ${reason}`)
    return report.skipped.length > 0 ? EXIT.partial : EXIT.ok
  } finally {
    bar.end()
    release()
    project.close()
  }
}
