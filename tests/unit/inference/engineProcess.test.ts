/** The real engine process with the demo pair: what the command line does, without the command line. */
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { devicesToTry } from '../../../src/core/inference/devices.ts'
import { createEngineClient } from '../../../src/core/inference/engineClient.ts'
import { openModels } from '../../../src/core/models/models.ts'
import { rleToBitmap } from '../../../src/shared/rleString.ts'

const engine = createEngineClient()
afterAll(() => engine.dispose())

const file = fileURLToPath(new URL('../../../samples/shapes-01.png', import.meta.url))
const models = openModels()
const grounder = { id: 'demo-qwen2-vl', folder: models.resolve('demo-qwen2-vl', 'grounder').folder! }
const segmenter = { id: 'demo-sam2', folder: models.resolve('demo-sam2', 'segmenter').folder }

describe('the engine process', () => {
  it('binds a device of the list, and says why each one before it was refused', async () => {
    const devices = devicesToTry(null)
    const info = await engine.load({ grounder, segmenter, devices })
    expect(info.grounder.hash).toMatch(/^[0-9a-f]{64}$/)
    const before = devices.slice(0, devices.findIndex((device) => device === info.grounder.device))
    expect(info.refusedDevices.map(({ device }) => device)).toEqual(expect.arrayContaining(before))
    for (const { reason } of info.refusedDevices) expect(reason).not.toBe('')
  })

  it('answers words with objects of the picture, whatever the model thinks of them', async () => {
    const args = { picture: { file, frame: 0 }, words: ['shapes'], grid: 'off', maxBoxes: 20, speckPixels: 16, mergeIou: 0.7 } as const
    const result = await engine.propose({ ...args, words: [...args.words] })
    expect(result.replies[0]?.text).toMatch(/<\|im_end\|>$/)
    for (const { box, mask, score } of result.objects) {
      expect(box.x1).toBeLessThanOrEqual(1200)
      if (mask !== null) expect(rleToBitmap(mask).data.includes(1)).toBe(true)
      expect(score ?? 0).toBeLessThanOrEqual(1)
    }
  })

  it('segments a box with GrabCut where no SAM 2 is wanted', async () => {
    await engine.load({ grounder, segmenter: { id: 'grabcut', folder: null }, devices: ['cpu'] })
    const asked = { x0: 20, y0: 20, x1: 120, y1: 110 }
    const { masks } = await engine.segment({ picture: { file, frame: 0 }, prompts: [{ box: asked, points: [] }], speckPixels: 0 })
    expect(masks).toHaveLength(1)
    expect(masks[0]!.box.x0).toBeGreaterThanOrEqual(asked.x0)
    expect(masks[0]!.box.x1).toBeLessThanOrEqual(asked.x1)
  })

  it('refuses a pinned device that can not be had, a missing model and a missing picture, each in words', async () => {
    const nowhere = { ...grounder, folder: '/nowhere' }
    await expect(engine.load({ grounder: nowhere, segmenter, devices: ['cpu'] })).rejects.toMatchObject({ code: 'model-missing' })
    await expect(engine.load({ grounder, segmenter, devices: ['no-device'] })).rejects.toMatchObject({ code: 'device-unavailable' })
    await engine.load({ grounder, segmenter, devices: ['cpu'] })
    await expect(engine.prefetch({ file: '/nowhere/a.png', frame: 0 })).rejects.toMatchObject({ code: 'not-found' })
  })
})
