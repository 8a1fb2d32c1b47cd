/** Models that answer from what the test says, and write down what they were asked. */
import type { Grounder, Grounding, GroundOptions, RgbImage, SegmentedMask, Segmenter, MaskPrompt } from '../../src/core/inference/seams.ts'
import type { Box } from '../../src/shared/geometry.ts'
import type { Bitmap } from '../../src/shared/rle.ts'

export const box = (x0: number, y0: number, x1: number, y1: number): Box => ({ x0, y0, x1, y1 })

export function blank(width: number, height: number): RgbImage {
  return { width, height, data: new Uint8Array(width * height * 3).fill(200) }
}

/** A mask of filled half-open boxes. */
export function maskOf(width: number, height: number, ...boxes: Box[]): Bitmap {
  const data = new Uint8Array(width * height)
  for (const { x0, y0, x1, y1 } of boxes) for (let y = y0; y < y1; y++) data.fill(1, y * width + x0, y * width + x1)
  return { width, height, data }
}

export interface FakeGrounder extends Grounder {
  readonly log: string[]
  readonly seen: RgbImage[]
}

/** `answers`: boxes by words. A box is reported before the answer ends, as a real one is. */
export function fakeGrounder(answers: Readonly<Record<string, readonly Box[]>>, during?: (words: string, options: GroundOptions) => Promise<void>): FakeGrounder {
  const log: string[] = []
  const seen: RgbImage[] = []
  const ground = async (words: string, options: GroundOptions): Promise<Grounding> => {
    log.push(`ground ${words}`)
    await during?.(words, options)
    const boxes = (answers[words] ?? []).map((box) => ({ box, notes: [] }))
    for (const found of boxes) options.onBox?.(found)
    const reply = boxes.length > 0 ? `${String(boxes.length)} of ${words}` : 'There are none.'
    return { words, reply, boxes, refused: [], ended: 'end-token', promptTokens: 5, replyTokens: 9, ms: 1 }
  }
  return {
    log, seen, name: 'fake-grounder', hash: 'g'.repeat(64), device: 'cpu',
    open: (image) => {
      log.push('open')
      seen.push(image)
      return Promise.resolve({ encodeMs: 1, ground })
    },
    release: () => {
      log.push('release')
      return Promise.resolve()
    },
  }
}

export interface FakeSegmenter extends Segmenter {
  readonly log: string[]
  readonly seen: RgbImage[]
}

/** `answer` makes the masks; by default each prompt's box, filled. */
export function fakeSegmenter(answer?: (prompts: readonly MaskPrompt[], image: RgbImage) => SegmentedMask[]): FakeSegmenter {
  const log: string[] = []
  const seen: RgbImage[] = []
  const filled = (prompts: readonly MaskPrompt[], { width, height }: RgbImage) =>
    prompts.map(({ box }) => ({ mask: maskOf(width, height, ...(box === null ? [] : [box])), score: 0.9 }))
  return {
    log, seen, name: 'fake-segmenter', hash: 's'.repeat(64), device: 'cpu',
    open: (image) => {
      log.push('open')
      seen.push(image)
      return Promise.resolve({
        encodeMs: 1,
        segment: (prompts) => {
          log.push(`segment ${String(prompts.length)}`)
          return Promise.resolve((answer ?? filled)(prompts, image))
        },
      })
    },
    release: () => {
      log.push('release')
      return Promise.resolve()
    },
  }
}
