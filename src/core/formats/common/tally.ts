/** The images a format writes, and the ExportReport that comes of them. */
import { resolve } from 'node:path'
import type { Finish } from './files/atomicFile.ts'
import type { ExportImage, ExportJob, ExportNote, ExportReport, ExportSource } from '../source.ts'
import type { Annotation, Image, Label } from '../../../shared/model.ts'
import { AppError, throwIfAborted } from '../../../shared/errors.ts'

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
  private readonly source: ExportSource
  private readonly job: ExportJob

  constructor(source: ExportSource, job: ExportJob) {
    this.source = source
    this.job = job
    this.labels = new Map(source.labels.map((label) => [label.id, label]))
    this.counts = new Map(source.labels.map((label) => [label.name, 0]))
  }

  /**
   * The images to write, each told to the host once it is done with; what can't be written is skipped with words.
   * `isPainted`: each becomes a picture of masks.
   * @throws AppError cancelled
   */
  async *imagesToWrite({ isPainted = false } = {}): AsyncGenerator<ExportImage> {
    for await (const item of this.source.images()) {
      throwIfAborted(this.job.signal)
      if (!this.takes(item) || (isPainted && !this.canPaint(item))) continue
      yield item
      this.job.onImage?.(this.images)
    }
  }

  /** False, with words, for an image whose size is not known because it could not be read. */
  private takes({ image, annotations }: ExportImage): boolean {
    if (image.width > 0 && image.height > 0) return true
    this.skip(image.path, `the image could not be read${image.problem ? `: ${image.problem}` : ''}`, annotations.length)
    return false
  }

  /** False, with words, for an image with more pixels than can be painted as one picture of masks. */
  private canPaint({ image, annotations }: ExportImage): boolean {
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

  /** `out`: the file or folder that is written. */
  report(out: string): ExportReport {
    const { images, holesBridged, skipped, notes } = this
    return { path: resolve(out), images, annotations: Object.fromEntries(this.counts), holesBridged, skipped, notes }
  }

  /** What `writeFileAtomically` and `writeFolderAtomically` are told, from what the host told the format. */
  finish(out: string): Finish {
    const { signal, verify } = this.job
    return {
      ...(signal && { signal }),
      ...(verify && { verify: (written: string) => verify(written, this.report(out), this.written) }),
    }
  }
}
