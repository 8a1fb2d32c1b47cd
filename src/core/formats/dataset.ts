/**
 * What a reader makes of another tool's dataset: labels, and images one at a time, in this program's terms. Readers know
 * neither the store nor the hosts; they reach files only through `DatasetFiles`.
 */
import { AppError } from '../../shared/errors.ts'
import type { Size } from '../../shared/geometry.ts'
import type { Annotation, Label } from '../../shared/model.ts'
import type { DatasetFiles } from './common/files/datasetFiles.ts'
import type { SourceValues } from './kept.ts'
import type { ExportFormat, FormatOption } from './source.ts'

export interface DatasetLabel {
  readonly name: string
  /** #rrggbb, where the dataset has one. */
  readonly color?: string
  /** E.g. { format: 'coco', id: 17, supercategory: 'animal' }. */
  readonly source: Label['source']
}

/** An object as it will be stored, with its label by name. Coordinates as everywhere: upright pixels, half-open. */
export interface DatasetObject extends Omit<Annotation, 'id' | 'imageId' | 'labelId' | 'provenanceId' | 'origin'> {
  readonly label: string
  /** Where it stands in the dataset, for messages and to know it again: 'annotation 17', 'labels/a.txt line 3'. */
  readonly place: string
  /** What did not come in quite as it was, in words; told with the place by whoever stores it. */
  readonly remark?: string
}

/** Of boxes whose corners a file states in another order than its format has them. */
export const SWAPPED_CORNERS = 'its right or lower edge is stated before the other; the edges were put in order'

export interface DatasetImage {
  /** As the dataset names it, forward slashes, percent-encoding and Windows' backslashes undone. */
  readonly path: string
  /** What it is called apart from the folders of the format's layout; absent where `path` is that. */
  readonly name?: string
  /** Its file, absolute; null where it was not found. */
  readonly file: string | null
  /** The pixels its coordinates are in. */
  readonly size: Size
  /** E.g. 'train'; null where the dataset has no parts. */
  readonly split: string | null
  /** Kept with the image, e.g. { format: 'coco', id: 5, license: 3 }; null where there is nothing. */
  readonly source: SourceValues | null
  readonly objects: readonly DatasetObject[]
}

/** A record that did not come in, or did not come in quite as it was. */
export interface ImportProblem {
  /** Path of the file within the dataset. */
  readonly file: string
  /** Line, id or key within the file; '' for all of it. */
  readonly place: string
  /** In words, with what to do where something can be done. */
  readonly reason: string
  /** How many objects are left out for it; 0 for a remark. */
  readonly objects: number
}

export interface FoundImage {
  /** Absolute. */
  readonly file: string
  /** Upright pixels. */
  readonly size: Size
  /** EXIF, 1 to 8: how the stored pixels become upright ones; absent is 1. */
  readonly orientation?: number
}

export interface ReadContext {
  readonly signal?: AbortSignal
  /** Values of `ImportFormat.options`; where one is missing its default holds. */
  readonly options: Readonly<Record<string, string>>
  /** The picture meant by a path of the dataset: the same relative path, then the same ending of it, then the same stem, then that in any case. */
  find(path: string): Promise<FoundImage | null>
  /** Told before anything is looked for: these files of the dataset are masks and no pictures, `find` never gives them. */
  setAside?(paths: readonly string[]): void
  /** Called for every object record met, before anything is made of it: objects in = objects out + objects explained. */
  seen(objects: number): void
  problem(problem: ImportProblem): void
  /** Images and labels of the project by the ids a format gave them on an earlier import, for files that name only ids. */
  readonly known?: {
    image(format: string, id: string | number): { readonly path: string; readonly size: Size } | null
    label(format: string, id: string | number): string | null
  }
}

export interface Dataset {
  /** Those the dataset declares, in its order; objects may bring further ones. */
  readonly labels: readonly DatasetLabel[]
  /** Kept with the import, e.g. COCO's info and licenses; null where there is nothing. */
  readonly source: SourceValues | null
  /** Read once. Every image of the dataset, those without objects too; no path twice where the dataset means one image. */
  images(): AsyncIterable<DatasetImage> | Iterable<DatasetImage>
  /** Frees temporary files; called in any case. */
  close?(): Promise<void> | void
}

export interface ImportFormat {
  readonly id: string
  readonly name: string
  readonly options: readonly FormatOption[]
  /** Words that say by what content it is recognised ("a.xml has the root <annotation>"), or null. Looks at little. */
  detect(files: DatasetFiles): Promise<string | null>
  /** @throws AppError invalid-dataset (nothing of it can be read), ambiguous-dataset (see `askFor`) */
  open(files: DatasetFiles, context: ReadContext): Promise<Dataset>
}

/** One foreign format, both ways where it has both. */
export interface Format {
  readonly reads: ImportFormat | null
  readonly writes: ExportFormat | null
}

/** The error for a file that can be meant in two ways: a host asks the person and reads again with the option set. */
export function askFor(option: FormatOption, why: string): AppError {
  const choices = option.choices.join(' or ')
  return new AppError('ambiguous-dataset', `${why} Say which: --option ${option.id}=${choices}.`, { option: option.id, choices: option.choices.join(',') })
}
