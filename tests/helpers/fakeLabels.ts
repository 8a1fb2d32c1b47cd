/** The label calls of a host in memory. */
import type { LabelRow } from '../../src/shared/appContract.ts'
import { apply, EMPTY_CHANGES } from '../../src/shared/changes.ts'
import type { ChangeSet } from '../../src/shared/changes.ts'
import { AppError } from '../../src/shared/errors.ts'
import type { ImageId, LabelId } from '../../src/shared/model.ts'
import type { FakeHost } from './fakeApi.ts'

interface Change {
  id: LabelId
  name?: string
  color?: string
  key?: string | null
  order?: number
}

export function fakeLabels(host: FakeHost) {
  /** What removals did to images, by number from 1. */
  const log: { imageId: ImageId; changes: ChangeSet }[] = []
  let lastId = host.labels.length
  const at = (id: LabelId) => host.labels.findIndex((label) => label.id === id)
  const renumber = () => host.labels.forEach((label, order) => host.labels.splice(order, 1, { ...label, order }))
  const put = (label: LabelRow, position: number) => {
    host.labels.splice(position, 0, label)
    renumber()
  }
  const change = (imageId: ImageId, changes: ChangeSet) => {
    const { annotations, revision } = host.stored.get(imageId)!
    host.stored.set(imageId, { annotations: apply(annotations, changes), revision: revision + 1 })
  }
  return {
    'labels.list': () => {
      const all = [...host.stored.values()].flatMap(({ annotations }) => [...annotations.values()])
      return Promise.resolve(host.labels.map((label) => ({ ...label, annotations: all.filter(({ labelId }) => labelId === label.id).length })))
    },
    'labels.ensure': ({ name }: { name: string }) => {
      const known = host.labels.find((label) => label.name === name)
      const label = known ?? labelRow(name, lastId++, host.labels.length)
      if (!known) host.labels.push(label)
      return Promise.resolve(label)
    },
    'labels.update': ({ id, order, ...fields }: Change) => {
      const { name, key } = fields
      if (host.labels.some((label) => label.name === name && label.id !== id)) throw new AppError('invalid-argument', `There is a label "${String(name)}" already.`)
      for (const label of host.labels) if (key && label.key === key && label.id !== id) host.labels.splice(at(label.id), 1, { ...label, key: null })
      const label = { ...host.labels[at(id)]!, ...fields }
      host.labels.splice(at(id), 1, label)
      if (order !== undefined) put(host.labels.splice(at(id), 1)[0]!, order)
      return Promise.resolve(label)
    },
    'labels.remove': ({ id, into }: { id: LabelId; into: LabelId | null }) => {
      const first = log.length + 1
      for (const [imageId, { annotations }] of host.stored) {
        const own = [...annotations.values()].filter(({ labelId }) => labelId === id)
        if (own.length === 0) continue
        const updated = into === null ? [] : own.map((from) => [from, { ...from, labelId: into }] as const)
        const changes: ChangeSet = { ...EMPTY_CHANGES, updated, removed: into === null ? own : [] }
        change(imageId, changes)
        log.push({ imageId, changes })
      }
      host.labels.splice(at(id), 1)
      return Promise.resolve({ edits: log.length < first ? null : { first, last: log.length } })
    },
    'labels.restore': ({ label, position, edits, images }: { label: LabelRow; position: number; edits: { first: number; last: number } | null; images: ImageId[] }) => {
      put(label, position)
      const moved = log.slice(edits ? edits.first - 1 : 0, edits ? edits.last : 0).flatMap(({ imageId, changes: { updated, removed } }) => {
        const { annotations } = host.stored.get(imageId)!
        const back = updated.flatMap(([, to]) => {
          const now = annotations.get(to.id)
          return now?.labelId === to.labelId ? [[now, { ...now, labelId: label.id }] as const] : []
        })
        change(imageId, { updated: back, added: removed.filter(({ id }) => !annotations.has(id)), removed: [] })
        return images.includes(imageId) ? updated.map(([{ id }]) => id) : []
      })
      return Promise.resolve({ moved })
    },
  }
}

export function labelRow(name: string, index: number, order = index): LabelRow {
  return { id: (index + 1) as LabelId, name, color: '#4682b4', key: null, order, source: null, annotations: 0 }
}
