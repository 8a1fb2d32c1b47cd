/** What a format is given to write, and what it tells in the end. Formats know neither the store nor the hosts. */
import type { Annotation, Image, Label } from '../../shared/model.ts'

export interface ExportImage {
  readonly image: Image
  /** Absolute path of the image on disk. */
  readonly file: string
  /** All that shall be written, in any order; the source leaves out what is not wanted (say, proposals). */
  readonly annotations: readonly Annotation[]
}

export interface ExportSource {
  /** In the order that class numbers follow. */
  readonly labels: readonly Label[]
  /** Read once, an image at a time, images without annotations too. */
  images(): Iterable<ExportImage> | AsyncIterable<ExportImage>
}

/** Something that was left out or changed, and why, in words. */
export interface ExportNote {
  /** Path of the image in the project. */
  readonly image: string
  readonly reason: string
}

export interface ExportReport {
  /** The file or folder that was written. */
  readonly path: string
  readonly images: number
  /** Written annotations by label name; labels without any are there with 0. */
  readonly annotations: Readonly<Record<string, number>>
  /** Holes that were joined to their outline by a bridge of no width. */
  readonly holesBridged: number
  /** Annotations, masks or files that are not in the export. */
  readonly skipped: readonly ExportNote[]
  /** Written, but not quite as it is in the project. */
  readonly notes: readonly ExportNote[]
}

export interface ExportJob {
  readonly signal?: AbortSignal
  /** Called after each image with the number of images done. */
  readonly onImage?: (done: number) => void
}

/** A format as lists show it: `id` on the command line, `output` what `out` names. */
export interface ExportFormat<Options = object> {
  readonly id: string
  readonly name: string
  readonly output: 'file' | 'folder'
  /** Writes the whole export or nothing: what `out` held before stays until the new one is complete. */
  write(source: ExportSource, out: string, options: Options, job?: ExportJob): Promise<ExportReport>
}
