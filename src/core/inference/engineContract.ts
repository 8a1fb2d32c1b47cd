/** What can be asked of the engine process. JSON values only: masks cross as RLE, pixels never do. */
import { z } from 'zod'
import { BoxSchema, GridUse, RleSchema } from '../../shared/model.ts'
import { call, job } from '../../shared/contract.ts'
import { ModelWindow } from '../../shared/pictures.ts'

/** A picture the engine decodes by itself. */
export const PictureRef = z.object({
  file: z.string(),
  frame: z.number().int().nonnegative(),
  /** Of a deep one; without it all its values are seen. */
  window: ModelWindow.optional(),
})
export type PictureRef = z.infer<typeof PictureRef>

/** Folders of model files, resolved by the caller; `segmenter: null` means GrabCut. */
export const EngineModels = z.object({
  grounder: z.object({ id: z.string(), folder: z.string() }),
  segmenter: z.object({ id: z.string(), folder: z.string().nullable() }),
  /** Execution providers to try, in order. */
  devices: z.array(z.string()).min(1),
})
export type EngineModels = z.infer<typeof EngineModels>

export const EngineInfo = z.object({
  grounder: z.object({ name: z.string(), hash: z.string(), device: z.string() }),
  segmenter: z.object({ name: z.string(), hash: z.string(), device: z.string() }),
  /** Devices that were tried before the bound one, with the reason each was refused. */
  refusedDevices: z.array(z.object({ device: z.string(), reason: z.string() })),
})
export type EngineInfo = z.infer<typeof EngineInfo>

export const ProposeArgs = z.object({
  picture: PictureRef,
  words: z.array(z.string().min(1)).min(1),
  /** What each prompt's objects will be called; duplicates are merged within one label. Without it, within one prompt. */
  labels: z.array(z.string()).optional(),
  grid: GridUse,
  maxBoxes: z.number().int().positive(),
  speckPixels: z.number().int().nonnegative(),
  mergeIou: z.number().min(0).max(1),
})
export type ProposeArgs = z.infer<typeof ProposeArgs>

export const ProposedObject = z.object({
  /** Index into `words`. */
  prompt: z.number().int(),
  /** Tight around the mask where there is one. */
  box: BoxSchema,
  originalBox: BoxSchema,
  mask: RleSchema.nullable(),
  score: z.number().nullable(),
  notes: z.array(z.string()),
})
export type ProposedObject = z.infer<typeof ProposedObject>

export const Reply = z.object({
  words: z.string(),
  text: z.string(),
  ended: z.enum(['end-token', 'token-limit', 'box-limit', 'repetition']),
  promptTokens: z.number(),
  replyTokens: z.number(),
  refused: z.array(z.object({ text: z.string(), reason: z.string() })),
})
export type Reply = z.infer<typeof Reply>

export const ProposeResult = z.object({
  objects: z.array(ProposedObject),
  /** One per prompt, in order. */
  replies: z.array(Reply),
  /** Objects left out because they are another one again, in words. */
  merged: z.array(z.string()),
  ms: z.object({ decode: z.number(), boxes: z.number(), encode: z.number(), masks: z.number() }),
})
export type ProposeResult = z.infer<typeof ProposeResult>

export const ProposeProgress = z.object({
  stage: z.enum(['decode', 'boxes', 'encode', 'masks']),
  /** During 'boxes': the prompt at work and each box as the model completes it. */
  prompt: z.number().int().optional(),
  box: BoxSchema.optional(),
})
export type ProposeProgress = z.infer<typeof ProposeProgress>

export const SegmentArgs = z.object({
  picture: PictureRef,
  prompts: z
    .array(
      z.object({
        box: BoxSchema.nullable(),
        points: z.array(z.object({ x: z.number(), y: z.number(), positive: z.boolean() })),
      }),
    )
    .min(1),
  speckPixels: z.number().int().nonnegative(),
})
export type SegmentArgs = z.infer<typeof SegmentArgs>

export const SegmentResult = z.object({
  masks: z.array(z.object({ mask: RleSchema, box: BoxSchema, score: z.number().nullable() })),
  ms: z.object({ encode: z.number(), masks: z.number() }),
})
export type SegmentResult = z.infer<typeof SegmentResult>

export const engineContract = {
  /** Loads both models; refuses with model-missing, model-invalid or device-unavailable. */
  load: call(EngineModels, EngineInfo),
  propose: job(ProposeArgs, ProposeProgress, ProposeResult),
  segment: call(SegmentArgs, SegmentResult),
  /** Encodes a picture ahead of its first use, when nothing else is waiting. */
  prefetch: call(PictureRef, z.null()),
} as const
