/** One image of a run: asked, answered, and kept in one transaction. */
import type { CallOptions } from '../../shared/contract.ts'
import type { ImageId, Recipe, RunId } from '../../shared/model.ts'
import type { EngineClient } from '../inference/engineClient.ts'
import type { EngineInfo, ProposeProgress, ProposeResult } from '../inference/engineContract.ts'
import { hashFile } from '../media/hash.ts'
import type { Project } from '../store/project.ts'
import { promptHash } from '../store/replies.ts'

export interface AnnotateContext {
  readonly project: Project
  readonly engine: EngineClient
  readonly info: EngineInfo
}

export interface AnnotatedImage {
  /** Without the objects that score less than the recipe wants. */
  readonly result: ProposeResult
  /** How many those were. */
  readonly belowScore: number
  readonly revision: number
}

/**
 * Runs the recipe on one image and stores what came out as proposals with their provenance.
 * @throws AppError of the picture, the engine or the store; nothing is stored then
 */
export async function annotateImage(
  { project, engine, info }: AnnotateContext,
  run: { readonly id: RunId; readonly recipe: Recipe },
  image: { readonly id: ImageId; readonly frame: number },
  options: CallOptions<ProposeProgress> = {},
): Promise<AnnotatedImage> {
  const start = performance.now()
  const { recipe } = run
  const stored = project.images.get(image.id)
  const file = project.images.fileOf(stored)
  const imageHash = await hashFile(file, options.signal)
  project.images.setContentHash(image.id, imageHash)
  const { prompts, grid, maxBoxes, speckPixels, mergeIou } = recipe
  const asked = { grid, maxBoxes, speckPixels, mergeIou, words: prompts.map(({ words }) => words), labels: prompts.map(({ label }) => label) }
  const answer = await engine.propose({ picture: { file, frame: image.frame }, ...asked }, options)
  const result = { ...answer, objects: answer.objects.filter(({ score }) => score === null || score >= recipe.minScore) }
  const { revision } = project.proposals.recordResult(run.id, image.id, {
    imageHash,
    grounder: info.grounder,
    segmenter: info.segmenter,
    replies: result.replies.map(({ words, text }) => ({ words, text, promptHash: promptHash({ words, frame: image.frame, grid, maxBoxes }) })),
    objects: result.objects.map((object) => ({
      frame: image.frame,
      labelId: project.labels.ensure(prompts[object.prompt]!.label).id,
      box: object.box,
      mask: object.mask,
      score: object.score,
      reply: object.prompt,
      originalBox: object.originalBox,
      notes: object.notes,
    })),
    ms: performance.now() - start,
  })
  return { result, belowScore: answer.objects.length - result.objects.length, revision }
}
