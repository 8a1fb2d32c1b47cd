/**
 * The two seams every model stands behind: words -> boxes (Grounder) and boxes or clicks -> masks (Segmenter).
 * The pipeline knows only these. Pixels come in as RgbImage, coordinates are image pixels of that image.
 */
import type { Bitmap } from '../../shared/rle.ts'
import type { Box, ImagePoint } from '../../shared/geometry.ts'

/** 8-bit RGB, interleaved, row-major, orientation applied: data.length = width * height * 3. */
export interface RgbImage {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** One box the model wrote. `notes` says in words what was repaired. */
export interface GroundedBox {
  readonly box: Box
  readonly notes: readonly string[]
}

/** Something in the reply that looked like a box and could not be used. */
export interface RefusedBox {
  /** The characters of the reply, verbatim. */
  readonly text: string
  readonly reason: string
}

export interface Grounding {
  readonly words: string
  /** Verbatim, special tokens included. */
  readonly reply: string
  readonly boxes: readonly GroundedBox[]
  readonly refused: readonly RefusedBox[]
  /** Why decoding ended: the model's own end token, or one of the guards. */
  readonly ended: 'end-token' | 'token-limit' | 'box-limit' | 'repetition'
  readonly promptTokens: number
  readonly replyTokens: number
  readonly ms: number
}

export interface GroundOptions {
  readonly maxBoxes: number
  readonly signal?: AbortSignal
  /** Called as soon as each box is complete in the reply. */
  readonly onBox?: (box: GroundedBox) => void
}

/** What a Grounder keeps of one image: vision features and the key-value cache of the prompt prefix. */
export interface GroundingSession {
  /** Milliseconds of the vision encoder and prefix prefill. */
  readonly encodeMs: number
  ground(words: string, options: GroundOptions): Promise<Grounding>
}

export interface Grounder {
  readonly name: string
  /** SHA-256 over the model's files, hex: what provenance and caches are keyed by. */
  readonly hash: string
  /** The execution provider bound, e.g. 'cpu'. */
  readonly device: string
  open(image: RgbImage, signal?: AbortSignal): Promise<GroundingSession>
  release(): Promise<void>
}

/** One object: a box, clicks, or both. */
export interface MaskPrompt {
  readonly box: Box | null
  readonly points: readonly { readonly at: ImagePoint; readonly positive: boolean }[]
}

export interface SegmentedMask {
  /** Image-sized, clipped to the image. */
  readonly mask: Bitmap
  /** Predicted IoU, 0..1; null where the method has none. */
  readonly score: number | null
}

/** What a Segmenter keeps of one image. */
export interface SegmentationSession {
  readonly encodeMs: number
  /** All prompts of one image in one decode; one mask for each, in order. */
  segment(prompts: readonly MaskPrompt[], signal?: AbortSignal): Promise<SegmentedMask[]>
}

export interface Segmenter {
  readonly name: string
  readonly hash: string
  readonly device: string
  open(image: RgbImage, signal?: AbortSignal): Promise<SegmentationSession>
  release(): Promise<void>
}
