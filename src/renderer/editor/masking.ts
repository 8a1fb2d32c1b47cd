/**
 * Boxes and clicks to masks. One call is under way at a time: masks that finish a gesture are never dropped, of the
 * previews only the latest is asked for.
 */
import type { StoreApi } from 'zustand/vanilla'
import type { SegmentPrompt } from '../../shared/appContract.ts'
import { AppError } from '../../shared/errors.ts'
import type { ImageId } from '../../shared/model.ts'
import type { Api } from './autosave.ts'
import type { Editor, SegmentResult } from './editorTypes.ts'
import { messageOf } from './problems.ts'
import type { EditorState } from './state.ts'

type Masks = readonly SegmentResult[] | null

interface Job {
  readonly imageId: ImageId
  readonly frame: number
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

  final({ imageId, frame, prompts, isWanted }: Omit<Job, 'resolve'>): Promise<Masks> {
    return new Promise((resolve) => {
      this.#finals.push({ imageId, frame, prompts, isWanted, resolve })
      void this.#run()
    })
  }

  /** Resolves to null where a newer one took its place. */
  preview(imageId: ImageId, frame: number, prompts: readonly SegmentPrompt[]): Promise<Masks> {
    return new Promise((resolve) => {
      this.#preview?.resolve(null)
      this.#preview = { imageId, frame, prompts, isWanted: () => true, resolve }
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

  async #ask({ imageId, frame, prompts, isWanted }: Job): Promise<Masks> {
    if (!isWanted()) return null
    try {
      return (await this.#api['models.segment']({ imageId, frame, prompts: [...prompts] })).masks
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
  return {
    segment: async (prompts, isWanted = () => true) => {
      const { image, frame } = store.getState()
      return image && prompts.length > 0 ? masking.final({ imageId: image.id, frame, prompts, isWanted }) : null
    },
    previewMasks: async (prompts) => {
      const { image, frame } = store.getState()
      return image && masking.preview(image.id, frame, prompts)
    },
  }
}
