/** What a person does to labels, so that it can be taken back: rename, recolour, key, order, add, remove, merge. */
import type { LabelRow } from '../../shared/appContract.ts'
import type { ChangeSet } from '../../shared/changes.ts'
import { AppError } from '../../shared/errors.ts'
import type { AnnotationId, ImageId, LabelId } from '../../shared/model.ts'
import type { Api } from './autosave.ts'

/** Of labels, and of the list of images: what belongs to no one image. */
export interface ProjectAct {
  /** Acts that follow each other and have the same are one step: a colour is chosen by trying many. */
  readonly joins: string | null
  /** A removal: gestures of the time before, undone, can't be redone after it. */
  readonly removes: boolean
  /** The gesture it came of: taken back with it, where that is the last one on the image at hand. */
  readonly follows?: ChangeSet | null
  /** A removal whose objects went to another label. */
  readonly moved: { readonly from: LabelId; readonly to: LabelId } | null
  /** With the images whose later gestures must follow; gives the objects on them that the act had moved. */
  undo(images: readonly ImageId[]): Promise<readonly AnnotationId[]>
  redo(): Promise<void>
}

export interface LabelChange {
  readonly name?: string
  readonly color?: string
  readonly key?: string | null
  /** Place in the list, from 0. */
  readonly order?: number
}

/** Null where nothing changed. `before` and `after` are all labels, in their order; what others changed meanwhile is theirs. */
export function changeAct(api: Api, id: LabelId, change: LabelChange, before: readonly LabelRow[], after: readonly LabelRow[]): ProjectAct | null {
  const was = before.find((label) => label.id === id)
  const is = after.find((label) => label.id === id)
  if (!was || !is) return null
  const place = before.indexOf(was)
  const back: LabelChange = {
    ...(change.name === undefined || was.name === is.name ? {} : { name: was.name }),
    ...(change.color === undefined || was.color === is.color ? {} : { color: was.color }),
    ...(change.key === undefined || was.key === is.key ? {} : { key: was.key }),
    ...(change.order === undefined || after.indexOf(is) === place ? {} : { order: place }),
  }
  if (Object.keys(back).length === 0) return null
  const robbed = before.find((label) => label.id !== id && label.key !== null && label.key === change.key)
  return {
    joins: Object.keys(change).join() === 'color' ? `color ${String(id)}` : null,
    removes: false,
    moved: null,
    undo: async () => {
      await api['labels.update']({ id, ...back })
      if (robbed) await api['labels.update']({ id: robbed.id, key: robbed.key })
      return []
    },
    redo: async () => void (await api['labels.update']({ id, ...change })),
  }
}

/** `settled` waits until edits on their way, which may name the label, are stored. */
export function addAct(api: Api, label: LabelRow, position: number, settled: () => Promise<void>): ProjectAct {
  return {
    joins: null,
    removes: false,
    moved: null,
    undo: async () => {
      await settled()
      const now = (await api['labels.list'](null)).find(({ id }) => id === label.id)
      if (now && now.annotations > 0) throw new AppError('invalid-argument', `The label "${now.name}" has objects by now: remove it in the list of labels.`)
      if (now) await api['labels.remove']({ id: label.id, into: null })
      return []
    },
    redo: async () => void (await api['labels.restore']({ label, position, edits: null, images: [] })),
  }
}

type Edits = Awaited<ReturnType<Api['labels.remove']>>['edits']

/** `edits` are those the removal made in the log of the project. */
export function removeAct(
  api: Api,
  { label, position, into, edits }: { readonly label: LabelRow; readonly position: number; readonly into: LabelId | null; readonly edits: Edits },
  settled: () => Promise<void>,
): ProjectAct {
  let made = edits
  return {
    joins: null,
    removes: true,
    moved: into === null ? null : { from: label.id, to: into },
    undo: async (images) => {
      await settled()
      return (await api['labels.restore']({ label, position, edits: made, images: [...images] })).moved
    },
    redo: async () => {
      await settled()
      made = (await api['labels.remove']({ id: label.id, into })).edits
    },
  }
}
