/** Images taken out of the project, and brought back. Each is a step of undo; files are never touched. */
import type { StoreApi } from 'zustand/vanilla'
import type { ImageId } from '../../shared/model.ts'
import { messageOf } from '../../shared/errors.ts'
import type { Api } from './autosave.ts'
import type { AnnotationDocument } from './document.ts'
import type { Editor } from './editorTypes.ts'
import type { ProjectAct } from './labelActs.ts'
import type { EditorState } from './state.ts'

type Removing = Pick<Editor, 'removeImages' | 'restoreImages'>

interface Parts {
  readonly doc: AnnotationDocument
  readonly loadLabels: () => Promise<void>
  readonly loadProject: () => Promise<void>
  readonly leaveRemoved: () => Promise<void>
  readonly open: (id: ImageId) => Promise<void>
  readonly report: (message: string) => void
}

export function removingMethods(api: Api, store: StoreApi<EditorState>, parts: Parts): Removing {
  const { doc, loadLabels, loadProject, leaveRemoved, open, report } = parts
  const show = async () => {
    await Promise.all([loadLabels(), loadProject()])
    store.setState(({ imagesVersion }) => ({ imagesVersion: imagesVersion + 1 }))
  }

  const remove = async (ids: readonly ImageId[]) => {
    await doc.stored()
    const { imageIds } = await api['images.remove']({ imageIds: [...ids] })
    await show()
    const { image } = store.getState()
    if (image && imageIds.includes(image.id)) await leaveRemoved()
    return imageIds
  }

  const restore = async (ids: readonly ImageId[] | null) => {
    await doc.settled()
    const { imageIds } = await api['images.restore']({ imageIds: ids && [...ids] })
    await show()
    if (imageIds[0] !== undefined) await open(imageIds[0])
    return imageIds
  }

  /** Those that it concerned are a step of undo; the other direction takes it back. */
  const perform = (direction: 'remove' | 'restore', work: () => Promise<readonly ImageId[]>): Promise<void> =>
    doc.changeProject(async () => {
      try {
        const ids = await work()
        const [there, back] = direction === 'remove' ? [remove, restore] : [restore, remove]
        if (ids.length > 0) doc.recordAct(actOf(() => there(ids), () => back(ids)))
      } catch (error) {
        report(messageOf(error))
      }
    })

  return {
    removeImages: (ids) => perform('remove', () => remove(ids)),
    restoreImages: (ids) => perform('restore', () => restore(ids)),
  }
}

function actOf(redo: () => Promise<unknown>, undo: () => Promise<unknown>): ProjectAct {
  return {
    joins: null,
    removes: false,
    moved: null,
    undo: async () => {
      await undo()
      return []
    },
    redo: async () => void (await redo()),
  }
}
