/** Which image a window starts on: the one looked at last, which is kept in the project, else the first. */
import type { StoreApi } from 'zustand/vanilla'
import type { ImageRow } from '../../shared/appContract.ts'
import type { ImageId } from '../../shared/model.ts'
import type { Api } from './autosave.ts'
import type { Editor } from './editorTypes.ts'
import type { EditorState } from './state.ts'

const KEY = 'window.image'
/** Images that are only passed by are not kept. */
const LOOKED_AT_MS = 500

/** Null where none was kept, or it is no longer in the project. */
export async function findLastImage(api: Api, stored: Editor['stored']): Promise<ImageRow | null> {
  const { [KEY]: id } = await stored
  if (typeof id !== 'number') return null
  return api['images.get']({ imageId: id as ImageId }).catch(() => null)
}

/** By now the host may have gone over to another project, where the id is another image's. */
async function keep(api: Api, { id, path }: ImageRow): Promise<void> {
  const row = await api['images.get']({ imageId: id })
  if (row.path === path) await api['settings.set']({ key: KEY, value: id })
}

/** Keeps it until the signal fires; one that can't be stored costs the place at the next start. */
export function keepLastImage(api: Api, store: StoreApi<EditorState>, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const unsubscribe = store.subscribe(({ image }, { image: before }) => {
    if (!image || image.id === before?.id) return
    clearTimeout(timer)
    timer = setTimeout(() => void keep(api, image).catch(() => undefined), LOOKED_AT_MS)
  })
  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    unsubscribe()
  })
}

/** Whenever there are images and none is open, the first one is, until the signal fires; what can't be opened is tried again when more have come. */
export async function openFirstImage(editor: Editor, signal: AbortSignal): Promise<void> {
  let tried = 0
  const open = async () => {
    const { image, imageCount, loading } = editor.state
    if (image !== null || loading || imageCount === tried) return
    tried = imageCount
    await editor.openIndex(0)
  }
  signal.addEventListener('abort', editor.store.subscribe(() => void open()))
  await open()
}
