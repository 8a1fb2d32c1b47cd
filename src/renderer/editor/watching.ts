/** What other windows, runs and scans change, as it happens. */
import type { StoreApi } from 'zustand/vanilla'
import type { Api } from './autosave.ts'
import type { AnnotationDocument } from './document.ts'
import type { EditorState } from './state.ts'

const RETRY_MS = 1000

export interface Watched {
  readonly api: Api
  readonly store: StoreApi<EditorState>
  readonly doc: AnnotationDocument
  readonly loadLabels: () => Promise<void>
}

type Change = Awaited<ReturnType<Api['changes.next']>>

/** Goes on until the signal fires; a host that is away is asked again every second. */
export async function watchChanges(watched: Watched, signal: AbortSignal): Promise<void> {
  let after = 0
  while (!signal.aborted) {
    try {
      const change = await watched.api['changes.next']({ after }, { signal })
      after = change.sequence
      await take(watched, change)
    } catch {
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

async function take({ api, store, doc, loadLabels }: Watched, { imageIds, labels, images }: Change): Promise<void> {
  const { image } = store.getState()
  if (labels) await loadLabels()
  if (images) store.setState({ imageCount: (await api['project.info'](null)).images })
  if (images || imageIds.length > 0) store.setState(({ imagesVersion }) => ({ imagesVersion: imagesVersion + 1 }))
  if (!image || !(images || imageIds.includes(image.id))) return
  const row = await api['images.get']({ imageId: image.id })
  if (store.getState().image?.id === row.id) store.setState({ image: row })
  if (doc.isBehind(row.id, row.revision)) await doc.reload(row.id)
}
