/** Takes an import back. */
import { AppError } from '../../../shared/errors.ts'
import { EMPTY_CHANGES, isSame } from '../../../shared/changes.ts'
import type { Annotation, AnnotationId, ImageId, LabelId } from '../../../shared/model.ts'
import type { Project } from '../../store/project.ts'

export interface UndoneImport {
  readonly removed: number
  /** Objects that were changed since, which are a person's work now, and those that another import brought too. */
  readonly kept: number
  /** Labels it brought that nothing has any more. */
  readonly labels: number
}

/** Images stay: nothing is known of what else was done with them. @throws AppError not-found, invalid-argument */
export function undoImport(project: Project, id: number): UndoneImport {
  const { state, labels } = project.imports.get(id)
  if (state === 'undone') throw new AppError('invalid-argument', `Import ${String(id)} was taken back already.`)
  return project.transaction(() => {
    const present = new Set(project.labels.list().map((label) => label.id))
    let removed = 0
    let kept = 0
    for (const { imageId } of project.imports.images(id)) {
      const ids = new Set(project.imports.objects(id, imageId).map(({ annotationId }) => annotationId))
      if (ids.size === 0) continue
      const { annotations, revision } = project.annotations.load(imageId)
      const brought = annotations.filter((annotation) => ids.has(annotation.id))
      const originals = originalsOf(project, imageId, ids)
      const shared = project.imports.shared(id, imageId)
      const asBrought = brought.filter((one) => !shared.has(one.id) && isUntouched(one, originals.get(one.id), present))
      const changes = { ...EMPTY_CHANGES, removed: asBrought }
      project.annotations.apply({ imageId, baseRevision: revision, changes, actor: 'import', reason: `import ${String(id)} taken back` })
      removed += asBrought.length
      kept += brought.length - asBrought.length
    }
    const used = project.labels.counts()
    const unused = labels.filter((label) => present.has(label) && !used.has(label))
    for (const label of unused) project.labels.remove(label)
    project.imports.markUndone(id)
    return { removed, kept, labels: unused.length }
  })
}

/** As the log says they came in. */
function originalsOf(project: Project, imageId: ImageId, ids: ReadonlySet<AnnotationId>): Map<AnnotationId, Annotation> {
  const originals = new Map<AnnotationId, Annotation>()
  for (const { actor, changes } of project.log.ofImage(imageId)) {
    // What a person drew or a model found is theirs, whatever dataset brought the same.
    if (actor !== 'import') continue
    for (const one of changes.added) if (ids.has(one.id) && !originals.has(one.id)) originals.set(one.id, one)
  }
  return originals
}

/** A label that was renamed is the same label; one that was merged into another is gone, and its objects are no other for it. */
function isUntouched(one: Annotation, original: Annotation | undefined, present: ReadonlySet<LabelId>): boolean {
  if (!original) return false
  const wasMerged = !present.has(original.labelId)
  return isSame(one, wasMerged ? { ...original, labelId: one.labelId } : original)
}
