/** What other windows, runs and scans change, as it happens. */
import type { StoreApi } from 'zustand/vanilla'
import { AppError } from '../../shared/errors.ts'
import type { ImageId } from '../../shared/model.ts'
import type { Api } from './autosave.ts'
import type { AnnotationDocument } from './document.ts'
import type { EditorState } from './state.ts'

const RETRY_MS = 1000
/** Labels count their objects; after edits the counts are read again once it is calm. */
const COUNTS_MS = 800

export interface Watched {
  readonly api: Api
  readonly store: StoreApi<EditorState>
  readonly doc: AnnotationDocument
  readonly loadLabels: () => Promise<void>
  readonly loadProject: () => Promise<void>
  readonly leaveRemoved: () => Promise<void>
  readonly report: (message: string) => void
  readonly openFirst: () => Promise<void>
}

type Change = Awaited<ReturnType<Api['changes.next']>>

/** Goes on until the signal fires; a host that is away is asked again every second. */
export async function watchChanges(watched: Watched, signal: AbortSignal): Promise<void> {
  let after = 0
  /** What a window loads at its start it asks for after the first call: that has nothing to add. */
  let isStart = true
  let counting: ReturnType<typeof setTimeout> | undefined
  while (!signal.aborted) {
    try {
      const change = await watched.api['changes.next']({ after }, { signal })
      after = change.sequence
      const isKnown = isStart
      isStart = false
      if (isKnown) continue
      await take(watched, change)
      if (change.imageIds.length === 0 || change.labels) continue
      clearTimeout(counting)
      counting = setTimeout(() => void (signal.aborted || watched.loadLabels().catch(() => undefined)), COUNTS_MS)
    } catch {
      isStart = false
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
  clearTimeout(counting)
}

async function take(watched: Watched, { imageIds, labels, images, everything = false }: Change): Promise<void> {
  const { store, loadLabels, loadProject } = watched
  if (labels || everything) await loadLabels()
  const before = store.getState().project?.name
  if (images || everything) await loadProject()
  if (images || everything || imageIds.length > 0) store.setState(({ imagesVersion }) => ({ imagesVersion: imagesVersion + 1 }))
  const { image } = store.getState()
  if (everything) await Promise.all([takeAgain(watched, before), loadModels(watched)])
  else if (image && (images || imageIds.includes(image.id))) await takeImage(watched, image.id)
}

async function takeImage({ api, store, doc, leaveRemoved }: Watched, imageId: ImageId): Promise<void> {
  const row = await api['images.get']({ imageId }).catch(nullIfGone)
  if (!row) return store.getState().image?.id === imageId ? leaveRemoved() : undefined
  if (store.getState().image?.id === row.id) store.setState({ image: row })
  if (doc.isBehind(row.id, row.revision)) await doc.reload(row.id)
}

function nullIfGone(error: unknown): null {
  if (error instanceof AppError && error.code === 'not-found') return null
  throw error
}

async function loadModels({ api, store }: Watched): Promise<void> {
  store.setState({ models: await api['models.status'](null) })
}

/** The program was started anew, or another project is open: then the same id is another image, and edits made for it must not meet it. */
async function takeAgain(watched: Watched, before: string | undefined): Promise<void> {
  const { api, store, doc, report, openFirst } = watched
  const { image } = store.getState()
  if (!image) return
  const row = await api['images.get']({ imageId: image.id }).catch(() => null)
  const isSameProject = before === undefined || before === store.getState().project?.name
  if (isSameProject && row?.path === image.path && row.width === image.width) {
    store.setState({ image: row })
    // What lies on it may be a copy's of the project, whatever its revision.
    return doc.reload(row.id)
  }
  if (doc.forgetAll() > 0) report('Another project was opened before the last changes were saved; they are lost.')
  await openFirst()
}
