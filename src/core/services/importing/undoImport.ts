/** Takes an import back. */
import { AppError } from '../../../shared/errors.ts'
import { EMPTY_CHANGES } from '../../../shared/changes.ts'
import { geometryHash } from '../../formats/kept.ts'
import type { Project } from '../../store/project.ts'

export interface UndoneImport {
  readonly removed: number
  /** Objects that were changed since: they are a person's work now and stay. */
  readonly kept: number
  /** Labels it brought that nothing has any more. */
  readonly labels: number
}

/** Images stay: nothing is known of what else was done with them. @throws AppError not-found, invalid-argument */
export function undoImport(project: Project, id: number): UndoneImport {
  const { state, labels } = project.imports.get(id)
  if (state === 'undone') throw new AppError('invalid-argument', `Import ${String(id)} was taken back already.`)
  return project.transaction(() => {
    let removed = 0
    let kept = 0
    for (const { imageId } of project.imports.images(id)) {
      const names = new Map(project.labels.list().map((label) => [label.id, label.name]))
      const prints = new Map(project.imports.objects(id, imageId).map(({ annotationId, fingerprint }) => [annotationId, fingerprint]))
      const { annotations, revision } = project.annotations.load(imageId)
      const brought = annotations.filter((annotation) => prints.has(annotation.id))
      const asBrought = brought.filter((one) => prints.get(one.id) === geometryHash(one) + names.get(one.labelId)!)
      const changes = { ...EMPTY_CHANGES, removed: asBrought }
      project.annotations.apply({ imageId, baseRevision: revision, changes, actor: 'import', reason: `import ${String(id)} taken back` })
      removed += asBrought.length
      kept += brought.length - asBrought.length
    }
    const unused = labels.filter((label) => project.labels.list().some((one) => one.id === label) && !project.labels.counts().has(label))
    for (const label of unused) project.labels.remove(label)
    project.imports.markUndone(id)
    return { removed, kept, labels: unused.length }
  })
}
