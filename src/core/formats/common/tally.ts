/** Collects an ExportReport while a format writes. */
import { resolve } from 'node:path'
import type { Finish } from './files/atomicFile.ts'
import type { ExportImage, ExportJob, ExportNote, ExportReport, ExportSource, WrittenNames } from '../source.ts'
import type { Annotation, Image, Label } from '../../../shared/model.ts'
import { AppError } from '../../../shared/errors.ts'

/** Pixels. */
const LARGEST_PAINTED = 2 ** 29

export class Tally {
  images = 0
  holesBridged = 0
  private readonly written = new Map<Image['id'], string>()
  private readonly skipped: ExportNote[] = []
  private readonly notes: ExportNote[] = []
  private readonly labels: ReadonlyMap<number, Label>
  private readonly counts: Map<string, number>

  constructor(source: ExportSource) {
    this.labels = new Map(source.labels.map((label) => [label.id, label]))
    this.counts = new Map(source.labels.map((label) => [label.name, 0]))
  }

  /** False, with words, for an image whose size is not known because it could not be read. */
  takes({ image, annotations }: ExportImage): boolean {
    if (image.width > 0 && image.height > 0) return true
    this.skip(image.path, `the image could not be read${image.problem ? `: ${image.problem}` : ''}`, annotations.length)
    return false
  }

  /** False, with words, for an image with more pixels than can be painted as one picture of masks. */
  canPaint({ image, annotations }: ExportImage): boolean {
    if (image.width * image.height <= LARGEST_PAINTED) return true
    this.skip(image.path, `${image.width} x ${image.height} pixels are too many for a picture of its masks`, annotations.length)
    return false
  }

  /** The annotations of the picture itself in order of z; what can't be written is skipped with words. */
  annotationsOf({ image, annotations }: ExportImage): Annotation[] {
    const further = annotations.filter((annotation) => annotation.frame !== 0).length
    if (further > 0) this.skip(image.path, `${further} annotations are on further frames; this format has one picture per file`, further)
    const isOther = ({ mask }: Annotation) => mask !== null && (mask.size[0] !== image.height || mask.size[1] !== image.width)
    const shown = annotations.filter((annotation) => annotation.frame === 0)
    const others = shown.filter(isOther).length
    if (others > 0) this.skip(image.path, `${others} masks have another size than the image`, others)
    return shown.filter((one) => !isOther(one)).sort((a, b) => a.z - b.z)
  }

  /** The name by which a reader of the export meets the image: its `DatasetImage.path`. */
  wrote({ id }: Image, name: string): void {
    this.written.set(id, name)
    this.images++
  }

  get names(): WrittenNames {
    return this.written
  }

  count(annotation: Annotation): void {
    const { name } = this.labelOf(annotation)
    this.counts.set(name, this.counts.get(name)! + 1)
  }

  labelOf(annotation: Annotation): Label {
    const label = this.labels.get(annotation.labelId)
    if (!label) throw new AppError('internal', `Annotation ${annotation.id} has a label that is not in the project.`)
    return label
  }

  /** `objects`: how many annotations are not in the export for this reason. */
  skip(image: string, reason: string, objects: number): void {
    this.skipped.push({ image, reason, objects })
  }

  note(image: string, reason: string): void {
    this.notes.push({ image, reason, objects: 0 })
  }

  report(path: string): ExportReport {
    const { images, holesBridged, skipped, notes } = this
    return { path, images, annotations: Object.fromEntries(this.counts), holesBridged, skipped, notes }
  }
}

/** What `writeFileAtomically` and `writeFolderAtomically` are told, from what the host told the format. */
export function finishOf({ signal, verify }: ExportJob, tally: Tally, out: string): Finish {
  return {
    ...(signal && { signal }),
    ...(verify && { verify: (written: string) => verify(written, tally.report(resolve(out)), tally.names) }),
  }
}
