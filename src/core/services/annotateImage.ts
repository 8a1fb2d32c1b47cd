/** One image of a run: asked, answered, and kept in one transaction. */
import type { CallOptions } from '../../shared/contract.ts'
import { boxIou } from '../../shared/geometry.ts'
import type { Annotation, ImageId, LabelId, Recipe, RunId } from '../../shared/model.ts'
import type { EngineClient } from '../inference/engineClient.ts'
import type { EngineInfo, ProposedObject, ProposeProgress, ProposeResult } from '../inference/engineContract.ts'
import { hashFile } from '../media/hash.ts'
import type { Project } from '../store/project.ts'
import { promptHash } from '../store/replies.ts'

export interface AnnotateContext {
  readonly project: Project
  readonly engine: EngineClient
  readonly info: EngineInfo
}

export interface AnnotatedImage {
  /** Without the objects that score less than the recipe wants, and those already there. */
  readonly result: ProposeResult
  /** Found, but on the image already: accepted, drawn, or proposed by another run. */
  readonly alreadyThere: readonly ProposedObject[]
  /** How many objects scored less than the recipe wants. */
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
  const { prompts, grid, maxBoxes, speckPixels, mergeIou, window } = recipe
  const asked = { grid, maxBoxes, speckPixels, mergeIou, words: prompts.map(({ words }) => words), labels: prompts.map(({ label }) => label) }
  const answer = await engine.propose({ picture: { file, frame: image.frame, window }, ...asked }, options)
  const scored = answer.objects.filter(({ score }) => score === null || score >= recipe.minScore)
  const staying = stayingByLabel(project, run.id, image)
  const known = prompts.map(({ label }) => staying.get(project.labels.byName(label)?.id) ?? [])
  const alreadyThere = scored.filter(({ prompt, box }) => known[prompt]!.some((other) => boxIou(other.box, box) >= mergeIou))
  const result = { ...answer, objects: scored.filter((object) => !alreadyThere.includes(object)) }
  const { revision } = project.proposals.recordResult(run.id, image.id, {
    frame: image.frame,
    imageHash,
    grounder: info.grounder,
    segmenter: info.segmenter,
    replies: result.replies.map(({ words, text }) => ({ words, text, promptHash: promptHash({ words, frame: image.frame, grid, maxBoxes, window }) })),
    objects: result.objects.map((object) => ({
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
  return { result, alreadyThere, belowScore: answer.objects.length - scored.length, revision }
}

/** The annotations of a frame that this result won't replace: what people made or accepted, and other runs' proposals. */
function stayingByLabel(
  project: Project,
  runId: RunId,
  { id, frame }: { readonly id: ImageId; readonly frame: number },
): Map<LabelId | undefined, Annotation[]> {
  const replaced = new Set(project.proposals.ofRun(runId, id, frame).map((annotation) => annotation.id))
  const { annotations } = project.annotations.load(id)
  return Map.groupBy(annotations.filter((one) => one.frame === frame && !replaced.has(one.id)), ({ labelId }) => labelId)
}
