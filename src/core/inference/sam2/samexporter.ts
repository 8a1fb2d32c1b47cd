/** The samexporter layout (AnyLabeling and others): a box is two points with the labels 2 and 3, before the clicks. */
import * as ort from 'onnxruntime-node'
import type { MaskPrompt } from '../seams.ts'
import { readCandidates, type Candidates, type Embeddings, type Layout, type Sam2Sessions } from './layout.ts'

const TOP_LEFT = 2
const BOTTOM_RIGHT = 3

/** Points [x, y, label] of one prompt; the label numbers are those of sam2/modeling/sam/prompt_encoder.py. */
function promptPoints({ box, points }: MaskPrompt): [number, number, number][] {
  const corners: [number, number, number][] =
    box === null ? [] : [[box.x0, box.y0, TOP_LEFT], [box.x1, box.y1, BOTTOM_RIGHT]]
  return [...corners, ...points.map(({ at, positive }): [number, number, number] => [at.x, at.y, positive ? 1 : 0])]
}

/** point_coords float32 [P, N, 2], point_labels float32 [P, N], mask_input float32 [P, 1, side, side], has_mask_input [1]. */
function feeds(prompts: readonly MaskPrompt[], side: number): Record<string, ort.Tensor> {
  const count = prompts.length
  const all = prompts.flatMap(promptPoints)
  const points = all.length / count
  return {
    point_coords: new ort.Tensor('float32', all.flatMap(([x, y]) => [x, y]), [count, points, 2]),
    point_labels: new ort.Tensor('float32', all.map(([, , label]) => label), [count, points]),
    mask_input: new ort.Tensor('float32', new Float32Array(count * side * side), [count, 1, side, side]),
    has_mask_input: new ort.Tensor('float32', [0], [1]),
  }
}

export const samexporter: Layout = {
  name: 'samexporter',

  encode({ encoder }: Sam2Sessions, pixelValues: ort.Tensor): Promise<Embeddings> {
    return encoder.run({ image: pixelValues })
  },

  async decode({ decoder }: Sam2Sessions, embeddings: Embeddings, prompts: readonly MaskPrompt[]): Promise<Candidates> {
    // The mask prompt has the size of the finest features [1, C, side, side] (256 in the released models).
    const side = embeddings.high_res_feats_0!.dims.at(-1)!
    const outputs = await decoder.run({ ...embeddings, ...feeds(prompts, side) }, ['masks', 'iou_predictions'])
    return readCandidates(outputs.masks!, outputs.iou_predictions!)
  },
}
