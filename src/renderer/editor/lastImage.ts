/** The image looked at last, kept in the project: a window starts there. */
import type { StoreApi } from 'zustand/vanilla'
import type { ImageRow } from '../../shared/appContract.ts'
import type { ImageId } from '../../shared/model.ts'
import type { Api } from './autosave.ts'
import type { EditorState } from './state.ts'

const KEY = 'window.image'
/** Images that are only passed by are not kept. */
const LOOKED_AT_MS = 500

/** Null where none was kept, or it is no longer in the project. */
export async function findLastImage(api: Api): Promise<ImageId | null> {
  const { [KEY]: id } = await api['settings.get'](null)
  if (typeof id !== 'number') return null
  const row = await api['images.get']({ imageId: id as ImageId }).catch(() => null)
  return row?.id ?? null
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
