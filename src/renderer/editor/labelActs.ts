/** What a person does to labels, so that it can be taken back: rename, recolour, key, order, add, remove, merge. */
import type { LabelRow } from '../../shared/appContract.ts'
import { AppError } from '../../shared/errors.ts'
import type { AnnotationId, ImageId, LabelId } from '../../shared/model.ts'
import type { Api } from './autosave.ts'

export interface LabelAct {
  /** Acts that follow each other and have the same are one step: a colour is chosen by trying many. */
  readonly joins: string | null
  /** A removal: gestures of the time before, undone, can't be redone after it. */
  readonly removes: boolean
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

/** Null where nothing changed. `before` and `after` are all labels, in their order. */
export function changeAct(api: Api, id: LabelId, change: LabelChange, before: readonly LabelRow[], after: readonly LabelRow[]): LabelAct | null {
  const changed = [...after].sort((a, b) => Number(b.id === id) - Number(a.id === id)).flatMap((label) => backOf(label, id, before, after))
  if (changed.length === 0) return null
  const isColor = Object.keys(change).join() === 'color'
  return {
    joins: isColor ? `color ${String(id)}` : null,
    removes: false,
    moved: null,
    undo: async () => {
      for (const back of changed) await api['labels.update'](back)
      return []
    },
    redo: async () => void (await api['labels.update']({ id, ...change })),
  }
}

/** What gives a label back what it had; the place in the list only for the one that was moved, since the others make room. */
function backOf(label: LabelRow, id: LabelId, before: readonly LabelRow[], after: readonly LabelRow[]): ({ id: LabelId } & LabelChange)[] {
  const was = before.find((other) => other.id === label.id)
  if (!was) return []
  const place = before.indexOf(was)
  const back: LabelChange = {
    ...(was.name === label.name ? {} : { name: was.name }),
    ...(was.color === label.color ? {} : { color: was.color }),
    ...(was.key === label.key ? {} : { key: was.key }),
    ...(label.id === id && after.indexOf(label) !== place ? { order: place } : {}),
  }
  return Object.keys(back).length > 0 ? [{ id: label.id, ...back }] : []
}

/** `settled` waits until edits on their way, which may name the label, are stored. */
export function addAct(api: Api, label: LabelRow, position: number, settled: () => Promise<void>): LabelAct {
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
): LabelAct {
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
