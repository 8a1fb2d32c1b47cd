/** Writes a project in one of the export formats, an image at a time. */
import type { AnnotationState, LabelId } from '../../shared/model.ts'
import { exportFormat } from '../formats/index.ts'
import type { ExportImage, ExportJob, ExportReport, ExportSource } from '../formats/source.ts'
import type { Project } from '../store/project.ts'

export interface ExportWish {
  readonly format: string
  readonly out: string
  readonly states: readonly AnnotationState[]
  /** Label names to write; null writes all. */
  readonly labels: readonly string[] | null
  /** Options of the format, as it names them. */
  readonly options: Readonly<Record<string, string>>
}

/** @throws AppError invalid-argument (format or option), export-failed, disk-full, cancelled */
export function exportProject(project: Project, wish: ExportWish, job: ExportJob = {}): Promise<ExportReport> {
  const labels = project.labels.list().filter(({ name }) => wish.labels === null || wish.labels.includes(name))
  const source: ExportSource = { labels, images: () => exportImages(project, wish.states, new Set(labels.map(({ id }) => id))) }
  return exportFormat(wish.format).write(source, wish.out, wish.options, job)
}

function* exportImages(project: Project, states: readonly AnnotationState[], labels: ReadonlySet<LabelId>): Iterable<ExportImage> {
  for (const image of project.images.iterate()) {
    if (image.status !== 'ok') continue
    const { annotations } = project.annotations.load(image.id)
    const wanted = annotations.filter(({ state, labelId }) => states.includes(state) && labels.has(labelId))
    yield { image, file: project.images.fileOf(image), annotations: wanted }
  }
}
