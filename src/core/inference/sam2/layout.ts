/** What differs between SAM 2 exports: tensor names, label types, how a box is written. Everything else is common. */
import type * as ort from 'onnxruntime-node'
import type { MaskPrompt } from '../seams.ts'

/** The two graphs of one SAM 2. */
export type Sam2Sessions = Readonly<Record<'encoder' | 'decoder', ort.InferenceSession>>

/** Image features by the name under which the decoder takes them. */
export type Embeddings = Readonly<Record<string, ort.Tensor>>

/** Decoder output of P prompts with M candidate masks each. */
export interface Candidates {
  /** float32 [P, M, side, side], row-major; above 0 is the object. */
  readonly logits: Float32Array
  /** Predicted IoU, float32 [P, M]. */
  readonly iou: Float32Array
  readonly masks: number
  readonly side: number
}

export interface Layout {
  readonly name: string
  /** float32 [1, 3, S, S] -> features. */
  encode(sessions: Sam2Sessions, pixelValues: ort.Tensor): Promise<Embeddings>
  /**
   * Prompts in model pixels (0..S). All have the same number of points, and all have a box or none has: padding points
   * (label -10) are zero vectors that the decoder's attention still sees, so differing prompts go into separate calls.
   */
  decode(sessions: Sam2Sessions, embeddings: Embeddings, prompts: readonly MaskPrompt[]): Promise<Candidates>
}

/** Reads masks [.., P, M, side, side] and scores [.., P, M] whatever leading dimension the export keeps. */
export function readCandidates(masks: ort.Tensor, iou: ort.Tensor): Candidates {
  return {
    logits: masks.data as Float32Array,
    iou: iou.data as Float32Array,
    masks: iou.dims.at(-1)!,
    side: masks.dims.at(-1)!,
  }
}
