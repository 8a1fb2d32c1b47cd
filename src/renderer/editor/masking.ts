/**
 * Boxes and clicks to masks. One call is under way at a time: masks that finish a gesture are never dropped, of the
 * previews only the latest is asked for.
 */
import type { StoreApi } from 'zustand/vanilla'
import type { SegmentPrompt } from '../../shared/appContract.ts'
import { AppError, messageOf } from '../../shared/errors.ts'
import type { ImageId } from '../../shared/model.ts'
import type { ModelWindow } from '../../shared/pictures.ts'
import type { Api } from './autosave.ts'
import type { Editor, SegmentResult } from './editorTypes.ts'
import { type EditorState, seenWindow } from './state.ts'

type Masks = readonly SegmentResult[] | null

/** What is asked about, seen as the person sees it when they ask. */
interface Place {
  readonly imageId: ImageId
  readonly frame: number
  readonly window?: ModelWindow
}

interface Job {
  readonly place: Place
  readonly prompts: readonly SegmentPrompt[]
  readonly isWanted: () => boolean
  readonly resolve: (masks: Masks) => void
}

export class Masking {
  readonly #api: Api
  readonly #onProblem: (message: string) => void
  readonly #finals: Job[] = []
  #preview: Job | null = null
  #running = false

  constructor(api: Api, onProblem: (message: string) => void) {
    this.#api = api
    this.#onProblem = onProblem
  }

  final(asked: Omit<Job, 'resolve'>): Promise<Masks> {
    return new Promise((resolve) => {
      this.#finals.push({ ...asked, resolve })
      void this.#run()
    })
  }

  /** Resolves to null where a newer one took its place. */
  preview(place: Place, prompts: readonly SegmentPrompt[]): Promise<Masks> {
    return new Promise((resolve) => {
      this.#preview?.resolve(null)
      this.#preview = { place, prompts, isWanted: () => true, resolve }
      void this.#run()
    })
  }

  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    for (let job = this.#take(); job; job = this.#take()) job.resolve(await this.#ask(job))
    this.#running = false
  }

  #take(): Job | null {
    const final = this.#finals.shift()
    if (final) return final
    const preview = this.#preview
    this.#preview = null
    return preview
  }

  async #ask({ place, prompts, isWanted }: Job): Promise<Masks> {
    if (!isWanted()) return null
    try {
      return (await this.#api['models.segment']({ ...place, prompts: [...prompts] })).masks
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'cancelled')) this.#onProblem(messageOf(error))
      return null
    }
  }
}

export function maskingMethods(
  api: Api,
  store: StoreApi<EditorState>,
  report: (message: string) => void,
): Pick<Editor, 'segment' | 'previewMasks'> {
  const masking = new Masking(api, report)
  const place = (): Place | null => {
    const state = store.getState()
    const { image, frame } = state
    return image && { imageId: image.id, frame, ...seenWindow(state, image) }
  }
  return {
    segment: async (prompts, isWanted = () => true) => {
      const at = place()
      return at && prompts.length > 0 ? masking.final({ place: at, prompts, isWanted }) : null
    },
    previewMasks: async (prompts) => {
      const at = place()
      return at && masking.preview(at, prompts)
    },
  }
}
