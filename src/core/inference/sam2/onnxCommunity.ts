/** The onnx-community layout (transformers.js): points, labels and boxes are three inputs. */
import * as ort from 'onnxruntime-node'
import type { MaskPrompt } from '../seams.ts'
import { readCandidates, type Candidates, type Embeddings, type Layout, type Sam2Sessions } from './layout.ts'

/**
 * input_points float32 [1, P, N, 2], input_labels int64 [1, P, N] (1 object, 0 background), input_boxes float32 [1, P, 4].
 * Without clicks N is 0; without boxes input_boxes is [1, 0, 4]. P must be the number of prompts even where N is 0:
 * with [1, 1, 0, 2] a graph may take all boxes for one prompt.
 */
function feeds(prompts: readonly MaskPrompt[]): Record<string, ort.Tensor> {
  const count = prompts.length
  const points = prompts[0]!.points.length
  const boxes = prompts.flatMap(({ box }) => (box === null ? [] : [box.x0, box.y0, box.x1, box.y1]))
  const clicks = prompts.flatMap((prompt) => prompt.points)
  return {
    input_points: new ort.Tensor('float32', clicks.flatMap(({ at }) => [at.x, at.y]), [1, count, points, 2]),
    input_labels: new ort.Tensor('int64', BigInt64Array.from(clicks, ({ positive }) => (positive ? 1n : 0n)), [1, count, points]),
    input_boxes: new ort.Tensor('float32', boxes, [1, boxes.length / 4, 4]),
  }
}

export const onnxCommunity: Layout = {
  name: 'onnx-community',

  encode({ encoder }: Sam2Sessions, pixelValues: ort.Tensor): Promise<Embeddings> {
    return encoder.run({ pixel_values: pixelValues })
  },

  async decode({ decoder }: Sam2Sessions, embeddings: Embeddings, prompts: readonly MaskPrompt[]): Promise<Candidates> {
    const outputs = await decoder.run({ ...embeddings, ...feeds(prompts) }, ['iou_scores', 'pred_masks'])
    return readCandidates(outputs.pred_masks!, outputs.iou_scores!)
  },
}
