/** Labels as a window changes them. Moving objects to another label goes through `annotations.apply`, in one transaction. */
import type { appContract, LabelRow } from '../../shared/appContract.ts'
import { EMPTY_CHANGES } from '../../shared/changes.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { ImageId, LabelId } from '../../shared/model.ts'
import type { AppSession } from './appSession.ts'

type Handlers = HandlersOf<typeof appContract>

export function labelHandlers(session: AppSession): Pick<Handlers, 'labels.list' | 'labels.ensure' | 'labels.update' | 'labels.remove'> {
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
      const images = session.project.transaction(() => {
        if (into !== null) session.project.labels.get(into)
        const labelled = session.project.annotations.imagesWithLabel(id)
        for (const imageId of labelled) relabel(session, imageId, id, into)
        session.project.labels.remove(id)
        return labelled
      })
      for (const imageId of images) session.changes.announce({ imageId })
      return changed(null)
    },
  }
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
  project.annotations.apply({ imageId, baseRevision: revision, changes, actor: 'person', reason: 'label removed' })
}

function labelRows({ project }: AppSession): LabelRow[] {
  const counts = project.labels.counts()
  return project.labels.list().map((label) => ({ ...label, annotations: counts.get(label.id) ?? 0 }))
}

function labelRow(session: AppSession, id: LabelId): LabelRow {
  return { ...session.project.labels.get(id), annotations: session.project.labels.counts().get(id) ?? 0 }
}
