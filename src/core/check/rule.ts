/** What a check looks for on one image, and what a person can do about it with one key. */
import type { ChangeSet } from '../../shared/changes.ts'
import type { Size } from '../../shared/geometry.ts'
import type { Annotation, AnnotationId } from '../../shared/model.ts'

export interface CheckedImage extends Size {
  /** Bottom to top. */
  readonly annotations: readonly Annotation[]
}

export interface Found {
  /** The annotations it is about; where one of them shall go, that one comes first. */
  readonly annotationIds: readonly AnnotationId[]
  /** What is wrong, in words with numbers. */
  readonly words: string
}

export interface Rule {
  readonly id: string
  /** What it looks for, as a heading. */
  readonly name: string
  /** What `fix` does, as a command; null where a person has to look. */
  readonly fixName: string | null
  find(image: CheckedImage): Found[]
  /** The changes that mend what was found; nothing where it is mended already. */
  fix?(image: CheckedImage, annotationIds: readonly AnnotationId[]): ChangeSet
}
