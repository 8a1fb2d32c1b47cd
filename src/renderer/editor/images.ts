/** Which image is at hand. */
import type { StoreApi } from 'zustand/vanilla'
import type { ImageRow } from '../../shared/appContract.ts'
import type { Api } from './autosave.ts'
import type { AnnotationDocument } from './document.ts'
import type { Editor } from './editorTypes.ts'
import { messageOf } from './problems.ts'
import type { EditorState } from './state.ts'
import { fitImage } from './viewport.ts'

type ImageMethods = Pick<Editor, 'openImage' | 'openIndex' | 'next' | 'previous' | 'setFrame' | 'setSearch'>

export function imageMethods(
  api: Api,
  store: StoreApi<EditorState>,
  doc: AnnotationDocument,
  { report, leave }: { report: (message: string) => void; leave: () => void },
): ImageMethods {
  let wish = 0
  /** The index asked for last, so that five presses of a key move by five however slow the disk is. */
  let wanted: number | null = null
  /** The same in a search: so many matches on from the image at hand. */
  let ahead = 0

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
        prepareNext(api, store, row)
      }
    } catch (error) {
      if (mine === wish) report(messageOf(error))
    }
    if (mine === wish) {
      wanted = null
      ahead = 0
      store.setState({ loading: false })
    }
  }

  const openIndex = async (index: number) => {
    const { imageCount } = store.getState()
    wanted = Math.min(Math.max(0, imageCount - 1), Math.max(0, index))
    const at = wanted
    await open(() => rowAt(api, at))
  }

  const stepInSearch = async ({ id }: ImageRow, search: string, by: number) => {
    ahead += by
    const to = ahead
    await open(async () => (to === 0 ? undefined : ((await api['images.beside']({ search, imageId: id, by: to })) ?? undefined)))
  }

  const step = (by: number) => {
    const { image, search } = store.getState()
    if (image && search.trim() !== '') return stepInSearch(image, search, by)
    const at = wanted ?? store.getState().image?.index ?? -by
    const to = at + by
    return to < 0 || to >= store.getState().imageCount ? Promise.resolve() : openIndex(to)
  }

  return {
    openImage: (imageId) => open(() => api['images.get']({ imageId })),
    openIndex,
    next: () => step(1),
    previous: () => step(-1),
    setSearch: (search) => store.setState({ search }),
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
function prepareNext(api: Api, store: StoreApi<EditorState>, { id, index }: ImageRow): void {
  const { search, imageCount } = store.getState()
  const isSearch = search.trim() !== ''
  const prefetch = async () => {
    const row = isSearch ? await api['images.beside']({ search, imageId: id, by: 1 }) : await rowAt(api, index + 1)
    if (store.getState().image?.id === id) store.setState({ nextImage: row ?? null })
    if (row?.status === 'ok') await api['models.prefetch']({ imageId: row.id, frame: 0 })
  }
  if (isSearch || index + 1 < imageCount) prefetch().catch(() => undefined)
}
