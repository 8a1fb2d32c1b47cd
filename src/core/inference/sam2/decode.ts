/** From prompts in image pixels to masks of the image: grouping, decoding, choice of the best candidate, upsampling. */
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'
import { usablePrompt } from '../prompts.ts'
import type { MaskPrompt, SegmentedMask } from '../seams.ts'
import type { Candidates, Embeddings, Layout, Sam2Sessions } from './layout.ts'
import { upsampleMask } from './upsample.ts'

/** SAM 2.1 at 1024 px holds some 50 MB per prompt in its decoder: more prompts than this go into several decodes. */
const PROMPTS_PER_DECODE = 32

/** An image the encoder has seen. */
export interface EncodedImage {
  readonly embeddings: Embeddings
  readonly image: Size
  /** Side of the encoder's square, model pixels. */
  readonly modelSize: number
}

function toModelPixels({ box, points }: MaskPrompt, { image, modelSize }: EncodedImage): MaskPrompt {
  const kx = modelSize / image.width
  const ky = modelSize / image.height
  return {
    box: box === null ? null : { x0: box.x0 * kx, y0: box.y0 * ky, x1: box.x1 * kx, y1: box.y1 * ky },
    points: points.map(({ at, positive }) => ({ at: { x: at.x * kx, y: at.y * ky }, positive })),
  }
}

/** Indices of prompts that may share a decode: as many points each, all with a box or all without. Null ones are left out. */
export function groupPrompts(prompts: readonly (MaskPrompt | null)[]): number[][] {
  const groups = new Map<string, number[]>()
  prompts.forEach((prompt, index) => {
    if (prompt === null) return
    const key = `${prompt.box === null ? 'clicks' : 'box'} ${prompt.points.length}`
    groups.set(key, [...(groups.get(key) ?? []), index])
  })
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / PROMPTS_PER_DECODE) }, (_, i) =>
      group.slice(i * PROMPTS_PER_DECODE, (i + 1) * PROMPTS_PER_DECODE),
    ),
  )
}

/** The candidate with the highest predicted IoU. */
function bestMask({ logits, iou, masks, side }: Candidates, prompt: number, image: Size): SegmentedMask {
  const scores = iou.subarray(prompt * masks, (prompt + 1) * masks)
  const score = Math.max(...scores)
  if (!Number.isFinite(score))
    throw new AppError('model-invalid', 'SAM 2 gave numbers that are not finite. Try --device cpu, or another export of it.')
  const best = scores.indexOf(score)
  const mask = upsampleMask(logits, (prompt * masks + best) * side * side, side, image)
  return { mask, score: Math.min(Math.max(score, 0), 1) }
}

/**
 * One mask for each prompt, in order. Prompts are in image pixels; a box outside the image gives an empty mask of score 0.
 * @throws AppError invalid-argument (neither box nor positive click), cancelled, model-invalid (no finite scores)
 */
export async function decodePrompts(
  layout: Layout,
  sessions: Sam2Sessions,
  encoded: EncodedImage,
  prompts: readonly MaskPrompt[],
  signal?: AbortSignal,
): Promise<SegmentedMask[]> {
  const { image } = encoded
  const usable = prompts.map((prompt) => usablePrompt(prompt, image))
  const found = new Map<number, SegmentedMask>()
  for (const group of groupPrompts(usable)) {
    throwIfAborted(signal)
    const inModel = group.map((index) => toModelPixels(usable[index]!, encoded))
    const candidates = await layout.decode(sessions, encoded.embeddings, inModel)
    group.forEach((index, place) => found.set(index, bestMask(candidates, place, image)))
  }
  return prompts.map((_, index) => found.get(index) ?? { mask: emptyMask(image), score: 0 })
}

function emptyMask({ width, height }: Size): SegmentedMask['mask'] {
  return { width, height, data: new Uint8Array(width * height) }
}
