/** A recipe over many images: resumable at any moment, one failure never stops the rest. */
import { AppError, toWireError } from '../../shared/errors.ts'
import type { ImageId, Recipe } from '../../shared/model.ts'
import type { ProposeResult } from '../inference/engineContract.ts'
import type { StoredImage } from '../store/images.ts'
import type { Run, RunProblem, RunProgress } from '../store/runs.ts'
import { annotateImage, type AnnotateContext } from './annotateImage.ts'

export type ImageOutcome =
  | { readonly is: 'done'; readonly result: ProposeResult }
  | { readonly is: 'failed'; readonly message: string }
  | { readonly is: 'skipped'; readonly message: string }

export interface RunEvents {
  readonly signal?: AbortSignal
  readonly onImage?: (image: StoredImage, outcome: ImageOutcome, progress: RunProgress) => void
}

export interface RunSummary {
  readonly run: Run
  readonly progress: RunProgress
  readonly problems: readonly RunProblem[]
  /** The signal fired: the same recipe started again does only the rest. */
  readonly interrupted: boolean
}

/**
 * Starts the recipe on these images, or goes on where an earlier start of it ended.
 * @throws AppError of the store, or engine-crashed once the engine won't start any more
 */
export async function runRecipe(
  context: AnnotateContext,
  recipe: Recipe,
  imageIds: Iterable<ImageId>,
  { signal, onImage }: RunEvents = {},
): Promise<RunSummary> {
  const { project } = context
  const run = project.runs.start(recipe, imageIds)
  let interrupted = false
  for (let imageId = project.runs.next(run.id); imageId !== null; imageId = project.runs.next(run.id)) {
    const image = project.images.get(imageId)
    const outcome = await attempt(context, run, image, signal)
    if (outcome === 'interrupted') {
      project.runs.putBack(run.id, imageId)
      interrupted = true
      break
    }
    onImage?.(image, outcome, project.runs.progress(run.id))
  }
  return { run: project.runs.get(run.id), progress: project.runs.progress(run.id), problems: project.runs.problems(run.id), interrupted }
}

async function attempt(context: AnnotateContext, run: Run, image: StoredImage, signal?: AbortSignal): Promise<ImageOutcome | 'interrupted'> {
  const { runs } = context.project
  const start = performance.now()
  if (signal?.aborted) return 'interrupted'
  if (image.status !== 'ok') {
    const message = image.problem ?? 'The image can not be read.'
    runs.markSkipped(run.id, image.id, message, 0)
    return { is: 'skipped', message }
  }
  try {
    const { result } = await annotateImage(context, run, { id: image.id, frame: 0 }, signal ? { signal } : {})
    return { is: 'done', result }
  } catch (error) {
    if (signal?.aborted) return 'interrupted'
    if (concernsEveryImage(error)) {
      runs.putBack(run.id, image.id)
      throw error
    }
    const { message } = toWireError(error)
    runs.markFailed(run.id, image.id, message, performance.now() - start)
    return { is: 'failed', message }
  }
}

/** Trouble that the next image would meet too. */
function concernsEveryImage(error: unknown): boolean {
  const codes = ['disk-full', 'read-only', 'project-busy', 'project-corrupt', 'model-missing', 'model-invalid', 'device-unavailable']
  return error instanceof AppError && codes.includes(error.code)
}
