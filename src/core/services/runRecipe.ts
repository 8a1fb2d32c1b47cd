/** A recipe over many images: resumable at any moment, one failure never stops the rest. */
import { AppError, toWireError } from '../../shared/errors.ts'
import type { ImageId, Recipe } from '../../shared/model.ts'
import type { ProposeProgress } from '../inference/engineContract.ts'
import type { StoredImage } from '../store/images.ts'
import type { Run, RunProblem, RunProgress } from '../store/runs.ts'
import { annotateImage, type AnnotateContext, type AnnotatedImage } from './annotateImage.ts'

export type ImageOutcome =
  | ({ readonly is: 'done' } & AnnotatedImage)
  | { readonly is: 'failed'; readonly message: string }

export interface RunEvents {
  readonly signal?: AbortSignal
  readonly onImage?: (image: StoredImage, outcome: ImageOutcome, progress: RunProgress) => void
  /** What the models are at. */
  readonly onStage?: (image: StoredImage, progress: ProposeProgress) => void
}

export interface RunSummary {
  readonly run: Run
  /** Of the images this start was asked for: those of an earlier start of the same run are not counted. */
  readonly progress: RunProgress
  readonly problems: readonly RunProblem[]
  /** The signal fired: the same recipe started again does only the rest. */
  readonly interrupted: boolean
}

/**
 * Starts the recipe on these images, or goes on where an earlier start of it ended. An image that can't be read is no part
 * of the run, so that it is taken up once it can be; the summary counts it as skipped.
 * @throws AppError of the store, of models and devices, or engine-crashed once the engine won't start any more
 */
export async function runRecipe(
  context: AnnotateContext,
  recipe: Recipe,
  imageIds: Iterable<ImageId>,
  events: RunEvents = {},
): Promise<RunSummary> {
  const { runs, images } = context.project
  const asked = [...new Set(imageIds)].map((id) => images.get(id))
  const run = runs.start(recipe, asked.filter(({ status }) => status === 'ok').map(({ id }) => id))
  let interrupted = false
  for (let imageId = runs.next(run.id); imageId !== null; imageId = runs.next(run.id)) {
    const image = images.get(imageId)
    const outcome = await attempt(context, run, image, events)
    if (outcome === 'interrupted') {
      runs.putBack(run.id, imageId)
      interrupted = true
      break
    }
    events.onImage?.(image, outcome, runs.progress(run.id))
  }
  return { run: runs.get(run.id), ...tally(context, run, asked), interrupted }
}

async function attempt(context: AnnotateContext, run: Run, image: StoredImage, { signal, onStage }: RunEvents): Promise<ImageOutcome | 'interrupted'> {
  const { runs } = context.project
  const start = performance.now()
  if (signal?.aborted) return 'interrupted'
  try {
    const onProgress = (progress: ProposeProgress) => onStage?.(image, progress)
    return { is: 'done', ...(await annotateImage(context, run, { id: image.id, frame: 0 }, { onProgress, ...(signal && { signal }) })) }
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

function tally({ project: { runs } }: AnnotateContext, run: Run, asked: readonly StoredImage[]): Pick<RunSummary, 'progress' | 'problems'> {
  const progress = { pending: 0, running: 0, done: 0, failed: 0, skipped: 0, total: asked.length }
  const failed = new Map(runs.problems(run.id).map((problem) => [problem.imageId, problem]))
  const problems: RunProblem[] = []
  for (const { id, status, problem } of asked) {
    const state = status === 'ok' ? (runs.stateOf(run.id, id) ?? 'pending') : 'skipped'
    progress[state]++
    if (state === 'failed') problems.push(failed.get(id)!)
    if (state === 'skipped') problems.push({ imageId: id, state, error: problem ?? 'The image can not be read.', attempts: 0 })
  }
  return { progress, problems }
}

/** Trouble that the next image would meet too. */
function concernsEveryImage(error: unknown): boolean {
  const codes = ['disk-full', 'read-only', 'project-busy', 'project-corrupt', 'model-missing', 'model-invalid', 'device-unavailable']
  return error instanceof AppError && (codes.includes(error.code) || error.details['givenUp'] === true)
}
