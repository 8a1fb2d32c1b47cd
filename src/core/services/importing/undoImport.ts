/** Takes an import back. */
import { setImmediate } from 'node:timers/promises'
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
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

export interface UndoJob {
  readonly signal?: AbortSignal
  /** Called now and then with the images done. */
  readonly onImages?: (done: number, total: number) => void
}

/** Images of one transaction: for so long nobody else is answered. */
const AT_ONCE = 64

/**
 * Images stay: nothing is known of what else was done with them. Whole images are done one after another, and the import knows
 * nothing more of those: cancelled or killed, it goes on with the rest when it is taken back again, and importing once more
 * brings again what is gone.
 * @throws AppError not-found, invalid-argument, cancelled
 */
export async function undoImport(project: Project, id: number, { signal, onImages }: UndoJob = {}): Promise<UndoneImport> {
  if (project.imports.get(id).state === 'undone') throw new AppError('invalid-argument', `Import ${String(id)} was taken back already.`)
  const images = project.imports.images(id).map(({ imageId }) => imageId)
  let [removed, kept] = [0, 0]
  for (let at = 0; at < images.length; at += AT_ONCE) {
    throwIfAborted(signal)
    const batch = images.slice(at, at + AT_ONCE)
    project.transaction(() => {
      const present = new Set(project.labels.list().map((label) => label.id))
      for (const imageId of batch) {
        const undone = undoImage(project, id, imageId, present)
        removed += undone.removed
        kept += undone.kept
      }
    })
    onImages?.(at + batch.length, images.length)
    await setImmediate()
  }
  return { removed, kept, labels: finish(project, id) }
}

function undoImage(project: Project, id: number, imageId: ImageId, present: ReadonlySet<LabelId>): Omit<UndoneImport, 'labels'> {
  const ids = new Set(project.imports.objects(id, imageId).map(({ annotationId }) => annotationId))
  if (ids.size === 0) return { removed: 0, kept: 0 }
  const { annotations, revision } = project.annotations.load(imageId)
  const brought = annotations.filter((annotation) => ids.has(annotation.id))
  const originals = originalsOf(project, imageId, ids)
  const shared = project.imports.shared(id, imageId)
  const removed = brought.filter((one) => !shared.has(one.id) && isUntouched(one, originals.get(one.id), present))
  const changes = { ...EMPTY_CHANGES, removed }
  project.annotations.apply({ imageId, baseRevision: revision, changes, actor: 'import', reason: `import ${String(id)} taken back` })
  project.imports.forgetObjects(id, imageId)
  return { removed: removed.length, kept: brought.length - removed.length }
}

/** @returns how many labels went with it */
function finish(project: Project, id: number): number {
  return project.transaction(() => {
    const present = new Set(project.labels.list().map((label) => label.id))
    const used = project.labels.counts()
    const unused = project.imports.get(id).labels.filter((label) => present.has(label) && !used.has(label))
    for (const label of unused) project.labels.remove(label)
    project.imports.markUndone(id)
    return unused.length
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
