/** Which image is at hand. */
import type { StoreApi } from 'zustand/vanilla'
import type { ImageRow } from '../../shared/appContract.ts'
import { messageOf } from '../../shared/errors.ts'
import type { Api } from './autosave.ts'
import type { AnnotationDocument } from './document.ts'
import type { Editor } from './editorTypes.ts'
import { type EditorState, seenWindow } from './state.ts'
import { fitImage } from './viewport.ts'

type ImageMethods = Pick<Editor, 'openImage' | 'openIndex' | 'next' | 'previous' | 'setFrame' | 'setSearch'>

interface Parts {
  readonly report: (message: string) => void
  /** Ends the gesture in hand. */
  readonly leave: () => void
}

/** `openRow` shows an image whose row is known, `leaveRemoved` another one when that at hand was removed from the project. */
export function imageMethods(api: Api, store: StoreApi<EditorState>, doc: AnnotationDocument, parts: Parts) {
  const wishes = new Wishes(api, store, doc, parts)
  const methods: ImageMethods = {
    openImage: (imageId) => wishes.open(() => api['images.get']({ imageId })),
    openIndex: (index) => wishes.openIndex(index),
    next: () => wishes.step(1),
    previous: () => wishes.step(-1),
    setSearch: (search) => store.setState({ search }),
    setFrame: (frame) => {
      const { image } = store.getState()
      if (!image || frame < 0 || frame >= image.frames) return
      parts.leave()
      store.setState({ frame, selection: new Set(), hovered: null, draft: null })
    },
  }
  return { ...methods, openRow: (row: ImageRow) => wishes.open(() => Promise.resolve(row)), leaveRemoved: () => wishes.leaveRemoved() }
}

/** Images a person wants to see: the last wish counts, however slow the disk is. */
class Wishes {
  readonly #api: Api
  readonly #store: StoreApi<EditorState>
  readonly #doc: AnnotationDocument
  readonly #parts: Parts
  #count = 0
  /** The index asked for last, so that five presses of a key move by five. */
  #index: number | null = null
  /** The same in a search: the match that the presses before lead to. */
  #match: Promise<ImageRow> | null = null

  constructor(api: Api, store: StoreApi<EditorState>, doc: AnnotationDocument, parts: Parts) {
    this.#api = api
    this.#store = store
    this.#doc = doc
    this.#parts = parts
  }

  async open(find: () => Promise<ImageRow | null | undefined>, match: Promise<ImageRow> | null = null): Promise<void> {
    const mine = ++this.#count
    this.#match = match
    this.#store.setState({ loading: true })
    try {
      const row = await find()
      const loaded = row && (await this.#doc.load(row.id))
      if (mine !== this.#count) return
      if (row && loaded) {
        this.#parts.leave()
        this.#doc.open(row, loaded)
        this.#store.setState(({ viewport }) => ({ viewport: fitImage(viewport, row) }))
        prepareNext(this.#api, this.#store, row)
      }
    } catch (error) {
      if (mine === this.#count) this.#parts.report(messageOf(error))
    }
    if (mine !== this.#count) return
    this.#index = this.#match = null
    this.#store.setState({ loading: false })
  }

  openIndex(index: number): Promise<void> {
    const at = (this.#index = Math.min(Math.max(0, this.#store.getState().imageCount - 1), Math.max(0, index)))
    return this.open(() => rowAt(this.#api, at))
  }

  async step(by: number): Promise<void> {
    const { image, search, imageCount } = this.#store.getState()
    if (image && search.trim() !== '') return this.#stepInSearch(image, search, by)
    const to = (this.#index ?? image?.index ?? -by) + by
    if (to >= 0 && to < imageCount) await this.openIndex(to)
  }

  /** To the image after it, else before it, first among those searched for; to none where none is left. */
  async leaveRemoved(): Promise<void> {
    const { image, search } = this.#store.getState()
    if (!image) return
    await this.open(async () => {
      for (const among of new Set([search, '']))
        for (const by of [1, -1]) {
          const row = await this.#api['images.beside']({ search: among, imageId: image.id, by })
          if (row) return row
        }
      if (this.#store.getState().image?.id === image.id) this.#doc.close()
      return null
    })
  }

  /** From where the press before leads, which is the last match where it would lead past it. */
  #stepInSearch(image: ImageRow, search: string, by: number): Promise<void> {
    const beside = async (from: ImageRow) => (await this.#api['images.beside']({ search, imageId: from.id, by })) ?? from
    const match = (this.#match ?? Promise.resolve(image)).then(beside)
    return this.open(async () => {
      const row = await match
      return row.id === image.id ? null : row
    }, match)
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
    if (row?.status === 'ok') await api['models.prefetch']({ imageId: row.id, frame: 0, ...seenWindow(store.getState(), row) })
  }
  if (isSearch || index + 1 < imageCount) prefetch().catch(() => undefined)
}
