/** SAM 2 against HF transformers (tests/golden/sam2/make_goldens.py) and against transformers.js with the same files. */
import { dirname, basename } from 'node:path'
import { env, Sam2Model, Tensor } from '@huggingface/transformers'
import { beforeAll, describe, expect, it } from 'vitest'
import type * as ort from 'onnxruntime-node'
import { openSam2 } from '../../../src/core/inference/sam2/index.ts'
import { onnxCommunity } from '../../../src/core/inference/sam2/onnxCommunity.ts'
import { pixelValues, readPreprocessing } from '../../../src/core/inference/sam2/preprocess.ts'
import { upsampleMask } from '../../../src/core/inference/sam2/upsample.ts'
import type { MaskPrompt } from '../../../src/core/inference/seams.ts'
import { graphFile, openSessions } from '../../../src/core/inference/sessions.ts'
import { differentPixels, FOLDERS, largestDifference, promptsOf, readGolden, readImage } from '../../golden/sam2/goldens.ts'

const TOLERANCE = 1e-3
const IMAGES = ['wide', 'tall'] as const
const KINDS = ['boxes', 'clicks', 'both'] as const

function toModel(prompt: MaskPrompt, width: number, height: number, size: number): MaskPrompt {
  const { box, points } = prompt
  const kx = size / width
  const ky = size / height
  return {
    box: box && { x0: box.x0 * kx, y0: box.y0 * ky, x1: box.x1 * kx, y1: box.y1 * ky },
    points: points.map(({ at, positive }) => ({ at: { x: at.x * kx, y: at.y * ky }, positive })),
  }
}

async function graphs(folder: string) {
  const files = { encoder: graphFile(folder, 'vision_encoder'), decoder: graphFile(folder, 'prompt_encoder_mask_decoder') }
  const { sessions } = await openSessions(files, ['cpu'], 1)
  return { sessions, preprocessing: readPreprocessing(folder, sessions.encoder) }
}

describe.each(['tiny', 'demo'] as const)('SAM 2, %s model, against transformers', (model) => {
  const folder = FOLDERS[model]
  let golden: ReturnType<typeof readGolden>
  beforeAll(() => {
    golden = readGolden(model)
  })

  it.each(IMAGES)('makes the same tensors of the %s image', async (name) => {
    const image = await readImage(name)
    const { sessions, preprocessing } = await graphs(folder)
    const expected = golden.images[name]
    const pixels = pixelValues(image, preprocessing)
    expect(largestDifference(pixels.data as Float32Array, expected.pixel_values)).toBeLessThan(1e-5)
    const embeddings = await onnxCommunity.encode(sessions, pixels)
    expected.embeddings.forEach((embedding, i) => {
      const values = (embeddings[`image_embeddings.${i}`] as ort.Tensor).data as Float32Array
      expect(largestDifference(values, embedding)).toBeLessThan(TOLERANCE)
    })
    for (const kind of KINDS) {
      const prompts = promptsOf(expected.prompts[kind]).map((p) => toModel(p, image.width, image.height, preprocessing.size))
      const { logits, iou } = await onnxCommunity.decode(sessions, embeddings, prompts)
      expect(largestDifference(logits, expected.prompts[kind].logits), kind).toBeLessThan(TOLERANCE)
      expect(largestDifference(iou, expected.prompts[kind].iou), kind).toBeLessThan(TOLERANCE)
    }
  })

  it.each(IMAGES)('marks the same pixels of the %s image', async (name) => {
    const image = await readImage(name)
    const segmenter = await openSam2(folder, ['cpu'], 1)
    const session = await segmenter.open(image)
    for (const kind of KINDS) {
      const expected = golden.images[name].prompts[kind]
      const found = await session.segment(promptsOf(expected))
      // Logits differ in the sixth digit, so a pixel at the very threshold may turn.
      found.forEach(({ mask }, i) => expect(differentPixels(mask, expected.masks[i]!), `${kind} ${i}`).toBeLessThanOrEqual(3))
    }
    await segmenter.release()
  })
})

/** Inputs of transformers.js for one prompt in model pixels. */
function promptTensors({ box, points }: MaskPrompt): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {}
  if (box !== null) tensors.input_boxes = new Tensor('float32', [box.x0, box.y0, box.x1, box.y1], [1, 1, 4])
  if (points.length > 0) {
    tensors.input_points = new Tensor('float32', points.flatMap(({ at }) => [at.x, at.y]), [1, 1, points.length, 2])
    tensors.input_labels = new Tensor('int64', points.map(({ positive }) => (positive ? 1n : 0n)), [1, 1, points.length])
  }
  return tensors
}

it('marks with the samexporter layout what it marks with the onnx-community one', async () => {
  const golden = readGolden('tiny').images.wide
  const segmenter = await openSam2(FOLDERS.samexporter, ['cpu'], 1)
  const session = await segmenter.open(await readImage('wide'))
  for (const kind of KINDS) {
    const found = await session.segment(promptsOf(golden.prompts[kind]))
    found.forEach(({ mask }, i) => expect(differentPixels(mask, golden.prompts[kind].masks[i]!)).toBeLessThanOrEqual(3))
  }
})

describe.each(['tiny', 'demo'] as const)('SAM 2, %s model, against transformers.js', (model) => {
  it.each(IMAGES)('gives the same masks of the %s image, boxes and clicks', async (name) => {
    const folder = FOLDERS[model]
    const image = await readImage(name)
    const golden = readGolden(model).images[name]
    const { preprocessing } = await graphs(folder)
    env.localModelPath = dirname(folder)
    env.allowRemoteModels = false
    const theirs = (await Sam2Model.from_pretrained(basename(folder), { dtype: 'fp32', local_files_only: true })) as Sam2Model
    const pixels = pixelValues(image, preprocessing)
    const embeddings = await theirs.get_image_embeddings({
      pixel_values: new Tensor('float32', pixels.data as Float32Array, pixels.dims as number[]),
    })
    const session = await (await openSam2(folder, ['cpu'], 1)).open(image)
    for (const kind of KINDS) {
      const prompts = promptsOf(golden.prompts[kind])
      const ours = await session.segment(prompts)
      for (const [i, { mask, score }] of ours.entries()) {
        // transformers.js takes one box a call when there are clicks, and takes several boxes without clicks for one prompt.
        const { iou_scores, pred_masks } = await theirs({
          ...embeddings,
          ...promptTensors(toModel(prompts[i]!, image.width, image.height, preprocessing.size)),
        })
        const scores = [...(iou_scores.data as Float32Array)]
        const best = scores.indexOf(Math.max(...scores))
        expect(score).toBeCloseTo(Math.min(1, Math.max(0, scores[best]!)), 5)
        const side = pred_masks.dims.at(-1)!
        const expected = upsampleMask(pred_masks.data as Float32Array, best * side * side, side, image)
        expect(mask.data.every((value, at) => value === expected.data[at])).toBe(true)
      }
    }
  })
})
