/** What a format is given to write, and what it tells in the end. Formats know neither the store nor the hosts. */
import type { Annotation, Image, Label } from '../../shared/model.ts'
import type { SourceValues } from './kept.ts'

export interface ExportImage {
  readonly image: Image
  /** Absolute path of the image on disk. */
  readonly file: string
  /** All that shall be written, in any order; the source leaves out what is not wanted (say, proposals). */
  readonly annotations: readonly Annotation[]
  /** As the dataset calls it that brought it, an end of its path; absent: its path. */
  readonly name?: string
  /** The part of the dataset it goes to, e.g. 'train'; null or absent where there is no split. */
  readonly split?: string | null
  /** What the file it was imported from says about the image beyond its path and size; see `kept.ts`. */
  readonly source?: SourceValues | null
}

export interface ExportSource {
  /** In the order that class numbers follow. */
  readonly labels: readonly Label[]
  /** The parts of the split in order, e.g. ['train', 'val']; empty or absent where there is none. */
  readonly splits?: readonly string[]
  /** What the imported file says about the whole dataset, e.g. COCO's info and licenses. */
  readonly source?: SourceValues | null
  /** Read once, an image at a time, images without annotations too. */
  images(): Iterable<ExportImage> | AsyncIterable<ExportImage>
}

/** Something that was left out or changed, and why, in words. */
export interface ExportNote {
  /** Path of the image in the project. */
  readonly image: string
  readonly reason: string
  /** How many annotations are not in the export for this reason; 0 where only the remark matters. */
  readonly objects: number
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

/** What the writer called each image, for whoever reads the export again. */
export type WrittenNames = ReadonlyMap<Image['id'], string>

export interface ExportJob {
  readonly signal?: AbortSignal
  /** Called after each image with the number of images done. */
  readonly onImage?: (done: number) => void
  /** Called with the complete temporary file or folder before it is put in its place; what it throws ends the export. */
  readonly verify?: (written: string, report: ExportReport, names: WrittenNames) => Promise<void>
}

/** A choice the person has; on the command line `--option id=value`, in the window a list. */
export interface FormatOption {
  readonly id: string
  /** One sentence. */
  readonly help: string
  readonly choices: readonly string[]
  /** The choice that holds where nothing is said. */
  readonly default: string
}

/** What an annotation says beside its label and place. */
export const ANNOTATION_VALUES = ['state', 'score', 'iscrowd', 'difficult', 'truncated', 'occluded', 'attributes', 'group'] as const
export type AnnotationValue = (typeof ANNOTATION_VALUES)[number]

/** A format whose objects are all as good as accepted. */
export const ALL_BUT_STATE: readonly AnnotationValue[] = ANNOTATION_VALUES.filter((value) => value !== 'state')

/** What a reader of the export gets back; what does not fit is explained in the report. */
export interface Holds {
  /** One object each, one for each part of an outline or mask, or everything of a label in one. */
  readonly objects: 'each' | 'parts' | 'per-label'
  /** The most an edge of a box may move, in pixels: 0 is exact. null: boxes are not held. */
  readonly boxes: number | ((image: Image) => number) | null
  /** 'outline': only an object without polygon and mask has a box of its own. Absent: each has. */
  readonly boxesOf?: 'outline'
  /**
   * 'exact': bit for bit, also under others. 'visible': bit for bit where no later object lies above.
   * A number: at least this IoU. null: masks are not held.
   */
  readonly masks: 'exact' | 'visible' | number | null
  /** What else of each object comes back as it was. */
  readonly values: readonly AnnotationValue[]
}

export interface ExportFormat<Options extends Readonly<Record<string, string>> = Readonly<Record<string, string>>> {
  readonly id: string
  readonly name: string
  /** What `out` names. A format that writes both decides by the ending: a file where there is one, else a folder. */
  readonly output: 'file' | 'folder' | 'either'
  readonly options: readonly FormatOption[]
  holds(options: Options): Holds
  /** Options with which its reader reads what it wrote, where what it wrote could be meant in two ways. */
  readOptions?(options: Options): Readonly<Record<string, string>>
  /** Writes the whole export or nothing: what `out` held before stays until the new one is complete and verified. */
  write(source: ExportSource, out: string, options: Options, job?: ExportJob): Promise<ExportReport>
}
