/** Which image is at hand. */
import type { StoreApi } from 'zustand/vanilla'
import type { ImageRow } from '../../shared/appContract.ts'
import type { Api } from './autosave.ts'
import type { AnnotationDocument } from './document.ts'
import type { Editor } from './editorTypes.ts'
import { messageOf } from './problems.ts'
import type { EditorState } from './state.ts'
import { fitImage } from './viewport.ts'

type ImageMethods = Pick<Editor, 'openImage' | 'openIndex' | 'next' | 'previous' | 'setFrame'>

export function imageMethods(
  api: Api,
  store: StoreApi<EditorState>,
  doc: AnnotationDocument,
  { report, leave }: { report: (message: string) => void; leave: () => void },
): ImageMethods {
  let wish = 0
  /** The index asked for last, so that five presses of a key move by five however slow the disk is. */
  let wanted: number | null = null

  const open = async (find: () => Promise<ImageRow | undefined>) => {
    const mine = ++wish
    store.setState({ loading: true })
    try {
      const row = await find()
      const loaded = row && (await doc.load(row.id))
      if (mine !== wish) return
      if (row && loaded) {
        leave()
        doc.open(row, loaded)
        store.setState(({ viewport }) => ({ viewport: fitImage(viewport, row) }))
        prepareNext(api, store, row.index)
      }
    } catch (error) {
      if (mine === wish) report(messageOf(error))
    }
    if (mine === wish) {
      wanted = null
      store.setState({ loading: false })
    }
  }

  const openIndex = async (index: number) => {
    const { imageCount } = store.getState()
    wanted = Math.min(Math.max(0, imageCount - 1), Math.max(0, index))
    const at = wanted
    await open(() => rowAt(api, at))
  }

  const step = (by: number) => {
    const at = wanted ?? store.getState().image?.index ?? -by
    const to = at + by
    return to < 0 || to >= store.getState().imageCount ? Promise.resolve() : openIndex(to)
  }

  return {
    openImage: (imageId) => open(() => api['images.get']({ imageId })),
    openIndex,
    next: () => step(1),
    previous: () => step(-1),
    setFrame: (frame) => {
      const { image } = store.getState()
      if (!image || frame < 0 || frame >= image.frames) return
      leave()
      store.setState({ frame, selection: new Set(), hovered: null, draft: null })
    },
  }
}

async function rowAt(api: Api, index: number): Promise<ImageRow | undefined> {
  return (await api['images.list']({ search: '', offset: index, limit: 1 })).rows[0]
}

/** The next image is read and encoded while this one is looked at; failing costs nothing but the wait later. */
function prepareNext(api: Api, store: StoreApi<EditorState>, index: number): void {
  const prefetch = async () => {
    const row = await rowAt(api, index + 1)
    if (store.getState().image?.index === index) store.setState({ nextImage: row ?? null })
    if (row?.status === 'ok') await api['models.prefetch']({ imageId: row.id, frame: 0 })
  }
  if (index + 1 < store.getState().imageCount) prefetch().catch(() => undefined)
}
