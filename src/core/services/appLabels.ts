/** Labels as a window changes them. Moving objects to another label goes through `annotations.apply`, in one transaction. */
import type { appContract, LabelRow } from '../../shared/appContract.ts'
import { EMPTY_CHANGES } from '../../shared/changes.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { AnnotationId, ImageId, LabelId } from '../../shared/model.ts'
import type { LogEntry } from '../store/editLog.ts'
import type { AppSession } from './appSession.ts'

type Handlers = HandlersOf<typeof appContract>

export function labelHandlers(session: AppSession): Pick<Handlers, 'labels.list' | 'labels.ensure' | 'labels.update' | 'labels.remove' | 'labels.restore'> {
  const changed = <T>(value: T): Promise<T> => {
    session.changes.announce({ labels: true })
    return Promise.resolve(value)
  }
  return {
    'labels.list': () => Promise.resolve(labelRows(session)),
    'labels.ensure': ({ name }) => {
      const { id } = session.project.labels.ensure(name)
      return changed(labelRow(session, id))
    },
    'labels.update': ({ id, name, color, key, order }) => {
      const { labels } = session.project
      session.project.transaction(() => {
        if (name !== undefined) labels.rename(id, name)
        if (color !== undefined) labels.recolour(id, color)
        if (key !== undefined) labels.setKey(id, key)
        if (order !== undefined) labels.reorder(movedTo(labels.list().map((label) => label.id), id, order))
      })
      return changed(labelRow(session, id))
    },
    'labels.remove': ({ id, into }) => {
      if (into === id) throw new AppError('invalid-argument', 'The objects of a label that goes away need another label than that one.')
      const { images, edits } = session.project.transaction(() => {
        if (into !== null) session.project.labels.get(into)
        const labelled = session.project.annotations.imagesWithLabel(id)
        const before = session.project.log.lastId()
        for (const imageId of labelled) relabel(session, imageId, id, into)
        session.project.labels.remove(id)
        return { images: labelled, edits: labelled.length > 0 ? { first: before + 1, last: session.project.log.lastId() } : null }
      })
      for (const imageId of images) session.changes.announce({ imageId })
      return changed({ edits })
    },
    'labels.restore': ({ label, position, edits, images }) => {
      const moved: Moved = new Map()
      session.project.transaction(() => {
        const { labels, log } = session.project
        labels.restore(label)
        labels.reorder(movedTo(labels.list().map(({ id }) => id), label.id, position))
        for (const edit of edits ? log.between(edits.first, edits.last) : []) moved.set(edit.imageId, takeBack(session, edit, label.id))
      })
      for (const imageId of moved.keys()) session.changes.announce({ imageId })
      return changed({ moved: images.flatMap((imageId) => moved.get(imageId) ?? []) })
    },
  }
}

/** Annotations a removal had given another label, by image. */
type Moved = Map<ImageId, readonly AnnotationId[]>

const REMOVED = 'label removed'

/** Takes one edit of a label's removal back, as far as it still fits; gives the annotations whose label it had changed. */
function takeBack({ project }: AppSession, edit: LogEntry, labelId: LabelId): readonly AnnotationId[] {
  const { imageId, reason, changes } = edit
  const had = [...changes.removed, ...changes.updated.map(([from]) => from)]
  if (reason !== REMOVED || had.some((record) => record.labelId !== labelId)) {
    throw new AppError('invalid-argument', 'These edits are not those that removed the label.', { labelId, edit: edit.id })
  }
  const { annotations, revision } = project.annotations.load(imageId)
  const now = new Map(annotations.map((annotation) => [annotation.id, annotation]))
  const updated = changes.updated.flatMap(([, to]) => {
    const present = now.get(to.id)
    return present?.labelId === to.labelId ? [[present, { ...present, labelId }] as const] : []
  })
  const added = changes.removed.filter(({ id }) => !now.has(id))
  const back = { ...EMPTY_CHANGES, added, updated }
  project.annotations.apply({ imageId, baseRevision: revision, changes: back, actor: 'person', reason: 'label restored' })
  return changes.updated.map(([from]) => from.id)
}

/** `position` from 0; past either end is at that end. */
function movedTo(ids: readonly LabelId[], id: LabelId, position: number): LabelId[] {
  const rest = ids.filter((other) => other !== id)
  return rest.toSpliced(Math.max(0, position), 0, id)
}

/** Gives every annotation of one label on an image the other label, or removes it where that is null. */
function relabel({ project }: AppSession, imageId: ImageId, from: LabelId, into: LabelId | null): void {
  const { annotations, revision } = project.annotations.load(imageId)
  const own = annotations.filter(({ labelId }) => labelId === from)
  const changes =
    into === null
      ? { ...EMPTY_CHANGES, removed: own }
      : { ...EMPTY_CHANGES, updated: own.map((annotation): [typeof annotation, typeof annotation] => [annotation, { ...annotation, labelId: into }]) }
  project.annotations.apply({ imageId, baseRevision: revision, changes, actor: 'person', reason: REMOVED })
}

function labelRows({ project }: AppSession): LabelRow[] {
  const counts = project.labels.counts()
  return project.labels.list().map((label) => ({ ...label, annotations: counts.get(label.id) ?? 0 }))
}

function labelRow(session: AppSession, id: LabelId): LabelRow {
  return { ...session.project.labels.get(id), annotations: session.project.labels.counts().get(id) ?? 0 }
}
