import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { groupPrompts } from '../../../src/core/inference/sam2/decode.ts'
import { openSam2, type Sam2Segmenter } from '../../../src/core/inference/sam2/index.ts'
import { upsampleMask } from '../../../src/core/inference/sam2/upsample.ts'
import type { MaskPrompt, RgbImage } from '../../../src/core/inference/seams.ts'
import { FOLDERS, readImage } from '../../golden/sam2/goldens.ts'

const box = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1 })
const click = (x: number, y: number, positive = true) => ({ at: { x, y }, positive })

/** Bilinear, align_corners false, every pixel computed: what torch's interpolate does. */
function upsampleAll(logits: Float32Array, side: number, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sy = Math.max(0, ((y + 0.5) * side) / height - 0.5)
      const sx = Math.max(0, ((x + 0.5) * side) / width - 0.5)
      const [y0, x0] = [Math.floor(sy), Math.floor(sx)]
      const [y1, x1] = [Math.min(y0 + 1, side - 1), Math.min(x0 + 1, side - 1)]
      const at = (row: number, column: number) => logits[row * side + column]!
      const left = at(y0, x0) * (1 - (sy - y0)) + at(y1, x0) * (sy - y0)
      const right = at(y0, x1) * (1 - (sy - y0)) + at(y1, x1) * (sy - y0)
      out[y * width + x] = left * (1 - (sx - x0)) + right * (sx - x0) > 0 ? 1 : 0
    }
  return out
}

describe('upsampleMask', () => {
  it('is bit-equal to computing every pixel, up and down, at any size', () => {
    const logit = fc.oneof(fc.float({ min: -9, max: 9, noNaN: true }), fc.constant(0))
    const cases = fc.record({ side: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })
    fc.assert(
      fc.property(cases, fc.array(logit, { minLength: 81, maxLength: 81 }), ({ side, width, height }, values) => {
        const logits = Float32Array.from(values)
        expect(upsampleMask(logits, 0, side, { width, height }).data).toEqual(upsampleAll(logits, side, width, height))
      }),
      { numRuns: 150, seed: 1 },
    )
  })

  it('reads the mask at its offset', () => {
    const logits = Float32Array.from([-1, -1, -1, -1, 1, 1, 1, 1])
    expect([...upsampleMask(logits, 4, 2, { width: 2, height: 1 }).data]).toEqual([1, 1])
  })
})

it('decodes together what has as many clicks and equally a box or none, 32 at most', () => {
  const prompts: MaskPrompt[] = [
    { box: box(0, 0, 9, 9), points: [] },
    { box: null, points: [click(1, 1)] },
    { box: box(0, 0, 5, 5), points: [] },
    { box: box(0, 0, 5, 5), points: [click(1, 1)] },
  ]
  expect(groupPrompts([...prompts, null])).toEqual([[0, 2], [1], [3]])
  expect(groupPrompts(Array.from({ length: 40 }, () => prompts[0]!)).map((group) => group.length)).toEqual([32, 8])
})

describe('a SAM 2 session', () => {
  let segmenter: Sam2Segmenter
  let image: RgbImage
  beforeAll(async () => {
    segmenter = await openSam2(FOLDERS.demo, ['cpu'], 1)
    image = await readImage('wide')
  })
  afterAll(() => segmenter.release())

  it('gives mixed prompts in one call the masks they get alone, in order', async () => {
    const session = await segmenter.open(image)
    const prompts: MaskPrompt[] = [
      { box: null, points: [click(80, 90)] },
      { box: box(40, 50, 121, 131), points: [] },
      { box: box(180, 60, 280, 180), points: [click(230, 121), click(184, 66, false)] },
      { box: box(180, 60, 280, 180), points: [] },
    ]
    const together = await session.segment(prompts)
    for (const [i, prompt] of prompts.entries()) {
      const [alone] = await session.segment([prompt])
      expect(Buffer.compare(alone!.mask.data, together[i]!.mask.data), String(i)).toBe(0)
    }
  })

  it('clips a box to the image and takes corners in any order', async () => {
    const session = await segmenter.open(image)
    const whole = { box: box(200, 100, 317, 241), points: [] }
    const [inside, over] = await session.segment([whole, { box: box(900, 900, 200, 100), points: [] }])
    expect(over).toEqual(inside)
  })

  it('gives an empty mask of score 0 for a box outside the image, without touching its neighbours', async () => {
    const session = await segmenter.open(image)
    const [outside, inside] = await session.segment([
      { box: box(400, 0, 500, 50), points: [] },
      { box: box(40, 50, 121, 131), points: [] },
    ])
    expect(outside!.score).toBe(0)
    expect(outside!.mask.data.length).toBe(317 * 241)
    expect(outside!.mask.data.some((value) => value === 1)).toBe(false)
    expect(inside!.mask.data.some((value) => value === 1)).toBe(true)
  })

  it('refuses a prompt without a box and without a click on the object', async () => {
    const session = await segmenter.open(image)
    await expect(session.segment([{ box: null, points: [click(5, 5, false)] }])).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'A mask needs a box or at least one click on the object.',
    })
    expect(await session.segment([])).toEqual([])
  })

  it('stops where it is cancelled', async () => {
    const session = await segmenter.open(image)
    await expect(session.segment([{ box: box(0, 0, 9, 9), points: [] }], AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
    await expect(segmenter.open(image, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('says what it is and what it runs on', () => {
    expect(segmenter.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(segmenter).toMatchObject({ name: 'SAM 2 (sam2)', device: 'cpu', refused: [] })
  })
})

describe('a folder that is no SAM 2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sam2-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const copy = (from: string, to: string) => cpSync(join(FOLDERS.samexporter, from), join(folder, to))

  it('is told what was looked for', async () => {
    await expect(openSam2(folder, ['cpu'])).rejects.toMatchObject({ code: 'model-missing', message: expect.stringContaining('looked for vision_encoder.onnx') })
    copy('sam2_tiny.encoder.onnx', 'a.encoder.onnx')
    await expect(openSam2(folder, ['cpu'])).rejects.toMatchObject({ code: 'model-missing' })
  })

  it('is told when the decoder is no known export', async () => {
    copy('sam2_tiny.encoder.onnx', 'a.decoder.onnx')
    await expect(openSam2(folder, ['cpu'])).rejects.toMatchObject({ code: 'model-invalid', message: expect.stringContaining('takes image: no known export') })
  })

  it('is told when its json is damaged', async () => {
    copy('sam2_tiny.decoder.onnx', 'a.decoder.onnx')
    writeFileSync(join(folder, 'preprocessor_config.json'), '{"size":')
    await expect(openSam2(folder, ['cpu'])).rejects.toMatchObject({ code: 'model-invalid', message: expect.stringContaining('is damaged') })
  })

  it('is told to part two models in one folder', async () => {
    copy('sam2_tiny.decoder.onnx', 'b.decoder.onnx')
    await expect(openSam2(folder, ['cpu'])).rejects.toMatchObject({ code: 'model-invalid', message: expect.stringContaining('several SAM 2 models') })
  })
})
