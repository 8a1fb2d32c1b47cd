/**
 * From words to objects on one picture, over the two seams only: boxes for each prompt in turn, then masks for all boxes in
 * one decode, cleaned, with duplicates merged (the method of arXiv 2412.02565). Coordinates are image pixels; of a picture
 * that was made smaller for the models, those that are seen until the answer is given.
 */
import { boxArea, clipBox, type Box } from '../../shared/geometry.ts'
import { throwIfAborted } from '../../shared/errors.ts'
import { fillPinholes, removeSpecks } from '../../shared/components.ts'
import { encodeBitmap, type Bitmap } from '../../shared/rle.ts'
import { runsBox } from '../../shared/rleMath.ts'
import { runsToRle } from '../../shared/rleString.ts'
import type { ProposeArgs, ProposedObject, ProposeProgress, ProposeResult, Reply, SegmentArgs, SegmentResult } from './engineContract.ts'
import { mergeDuplicates } from './merge.ts'
import { boxToFull, promptToSeen, runsToFull, scaleOf, type Scale } from './fullSize.ts'
import type { OpenPicture } from './openPicture.ts'
import type { Grounding, MaskPrompt, RgbImage, SegmentedMask } from './seams.ts'

export interface PipelineContext {
  readonly signal: AbortSignal
  readonly report: (progress: ProposeProgress) => void
}

/** An object on its way. `mask` is null until there is one, and where the segmenter found nothing. */
interface Found {
  readonly prompt: number
  readonly label: string
  readonly box: Box
  readonly originalBox: Box
  readonly mask: Bitmap | null
  readonly score: number | null
  readonly notes: readonly string[]
}

type Stage = keyof ProposeResult['ms']

/**
 * Zero boxes are an answer ("not found"), with the reply beside it; only what could not be done rejects.
 * @throws AppError of the picture (unreadable-image ...), of the models, or cancelled
 */
export async function propose(picture: OpenPicture, args: ProposeArgs, { signal, report }: PipelineContext): Promise<ProposeResult> {
  const ms: Record<Stage, number> = { decode: 0, boxes: 0, encode: 0, masks: 0 }
  const timed = async <T>(stage: Stage, work: () => Promise<T>): Promise<T> => {
    throwIfAborted(signal)
    report({ stage })
    const start = performance.now()
    const result = await work()
    ms[stage] = performance.now() - start
    return result
  }
  const image = await timed('decode', () => picture.image(signal))
  const scale = scaleOf(image)
  const groundings = await timed('boxes', () => groundAll(picture, args, scale, { signal, report }))
  const boxes = groundings.flatMap((grounding, prompt) => foundBoxes(grounding, prompt, args.labels?.[prompt] ?? grounding.words, image))
  const prompts = boxes.filter(({ box }) => boxArea(box) > 0).map(({ box }): MaskPrompt => ({ box, points: [] }))
  let masks: SegmentedMask[] = []
  if (prompts.length > 0) {
    const session = await timed('encode', () => picture.segmentation(args.grid === 'both' || args.grid === 'masks', signal))
    masks = await timed('masks', () => session.segment(prompts, signal))
  }
  const { kept, leftOut } = mergeDuplicates(withMasks(boxes, masks, args.speckPixels / (scale.x * scale.y)), { iou: args.mergeIou })
  return { objects: kept.map((found) => toObject(found, scale)), replies: groundings.map(toReply), merged: leftOut.map(({ reason }) => reason), ms }
}

async function groundAll(picture: OpenPicture, args: ProposeArgs, scale: Scale, { signal, report }: PipelineContext): Promise<Grounding[]> {
  const session = await picture.grounding(args.grid === 'both' || args.grid === 'boxes', signal)
  const groundings: Grounding[] = []
  for (const [prompt, words] of args.words.entries()) {
    throwIfAborted(signal)
    report({ stage: 'boxes', prompt })
    groundings.push(
      await session.ground(words, {
        maxBoxes: args.maxBoxes,
        signal,
        onBox: ({ box }) => {
          report({ stage: 'boxes', prompt, box: boxToFull(box, scale) })
        },
      }),
    )
  }
  return groundings
}

function foundBoxes({ boxes }: Grounding, prompt: number, label: string, image: RgbImage): Found[] {
  return boxes.map(({ box, notes }) => ({ prompt, label, box: clipBox(box, image), originalBox: box, mask: null, score: null, notes }))
}

/** Gives each box with an area its mask, in order, cleaned; the box then lies tight around it. */
function withMasks(boxes: readonly Found[], masks: readonly SegmentedMask[], speckPixels: number): Found[] {
  let next = 0
  return boxes.map((found) => {
    const segmented = boxArea(found.box) > 0 ? masks[next++] : undefined
    if (segmented === undefined) return { ...found, notes: [...found.notes, 'The box has no area inside the image: no mask was made.'] }
    const score = segmented.score === null ? null : Math.min(1, Math.max(0, segmented.score))
    const mask = clean(segmented.mask, speckPixels)
    const box = runsBox(encodeBitmap(mask))
    if (boxArea(box) === 0) return { ...found, score, notes: [...found.notes, 'No mask was found in the box: the box is kept as it is.'] }
    return { ...found, score, mask, box }
  })
}

function clean(mask: Bitmap, speckPixels: number): Bitmap {
  return speckPixels > 0 ? fillPinholes(removeSpecks(mask, speckPixels), speckPixels) : mask
}

function toObject({ prompt, box, originalBox, mask, score, notes }: Found, scale: Scale): ProposedObject {
  const runs = mask && runsToFull(encodeBitmap(mask), scale)
  const tight = runs ? runsBox(runs) : boxToFull(box, scale)
  return { prompt, box: tight, originalBox: boxToFull(originalBox, scale), mask: runs && runsToRle(runs), score, notes: [...notes] }
}

function toReply({ words, reply, ended, promptTokens, replyTokens, refused }: Grounding): Reply {
  return { words, text: reply, ended, promptTokens, replyTokens, refused: refused.map((box) => ({ ...box })) }
}

/** Masks for boxes and clicks of a person, one for each, in order; an empty one keeps the box it was asked with. */
export async function segment(picture: OpenPicture, args: SegmentArgs, signal: AbortSignal): Promise<SegmentResult> {
  const start = performance.now()
  const session = await picture.segmentation(false, signal)
  const encoded = performance.now()
  throwIfAborted(signal)
  const scale = scaleOf(await picture.image(signal))
  const prompts = args.prompts.map(({ box, points }) =>
    promptToSeen({ box, points: points.map(({ x, y, positive }) => ({ at: { x, y }, positive })) }, scale),
  )
  const masks = (await session.segment(prompts, signal)).map(({ mask, score }, i) => {
    const runs = runsToFull(encodeBitmap(clean(mask, args.speckPixels / (scale.x * scale.y))), scale)
    const tight = runsBox(runs)
    return { mask: runsToRle(runs), box: boxArea(tight) > 0 ? tight : (args.prompts[i]?.box ?? tight), score }
  })
  return { masks, ms: { encode: encoded - start, masks: performance.now() - encoded } }
}
