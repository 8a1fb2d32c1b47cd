/** Which objects of a dataset the project has: brought by an earlier import, or there for another reason. */
import type { Annotation } from '../../../shared/model.ts'
import type { DatasetObject } from '../../formats/dataset.ts'
import { EXPORT_FORMATS } from '../../formats/index.ts'
import { geometryHash, keptGeometry } from '../../formats/kept.ts'
import type { Holds } from '../../formats/source.ts'
import type { StoredImage } from '../../store/images.ts'
import type { KnownObject } from '../../store/imports.ts'
import type { Project } from '../../store/project.ts'
import { alreadyThere } from './alreadyThere.ts'
import type { ImportLabels } from './importLabels.ts'

export interface Met {
  readonly object: DatasetObject
  /** The same when the file is read again. */
  readonly print: string
  /** null for one that the project does not have. */
  readonly known: KnownObject | null
  /** No import brought it. */
  readonly isAlike: boolean
}

interface Lying {
  readonly image: StoredImage
  readonly annotations: readonly Annotation[]
}

export class ObjectsMet {
  readonly #project: Project
  readonly #place: string
  /** What an export in the dataset's format gives back; null where none is written. */
  readonly #holds: Holds | null
  readonly #labels: ImportLabels

  constructor(project: Project, place: string, format: string, labels: ImportLabels) {
    this.#project = project
    this.#place = place
    this.#holds = EXPORT_FORMATS.find(({ id }) => id === format)?.holds({}) ?? null
    this.#labels = labels
  }

  /** `lying`: what is on their image; null where nothing can be. `importId`: the import at work, null in a dry run. */
  met(objects: Iterable<DatasetObject>, lying: Lying | null, importId: number | null): readonly Met[] {
    const left = lying && this.#project.imports.known(lying.image.id, this.#place)
    const met = [...objects].map((object): Met => {
      const print = fingerprint(object)
      // Twins count as often as they came.
      return { object, print, known: left?.get(print)?.pop() ?? null, isAlike: false }
    })
    return lying ? this.#withAlike(met, lying, importId) : met
  }

  #withAlike(met: readonly Met[], { image, annotations }: Lying, importId: number | null): readonly Met[] {
    const strange = met.filter(({ known }) => known === null).map(({ object }) => object)
    if (!this.#holds || strange.length === 0 || annotations.length === 0) return met
    const own = importId === null ? [] : this.#project.imports.objects(importId, image.id)
    const taken = new Set([...own, ...met.flatMap(({ known }) => known ?? [])].map(({ annotationId }) => annotationId))
    const names = this.#labels.names()
    const present = { image, annotations, labelOf: ({ labelId }: Annotation) => names.get(labelId)!, isFree: ({ id }: Annotation) => !taken.has(id) }
    const same = alreadyThere(strange, present, this.#holds)
    return met.map((one) => {
      const annotationId = same.get(one.object)
      return annotationId ? { ...one, known: { annotationId, fingerprint: one.print, isOfPlace: false }, isAlike: true } : one
    })
  }
}

/** Of label and geometry; readers that keep values have hashed the geometry already. */
function fingerprint(object: DatasetObject): string {
  return (keptGeometry(object) ?? geometryHash(object)) + object.label
}
