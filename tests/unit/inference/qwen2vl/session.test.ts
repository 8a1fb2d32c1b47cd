import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { truncateCache } from '../../../../src/core/inference/qwen2vl/cache.ts'
import { openQwen2Vl, type Qwen2VlGrounder } from '../../../../src/core/inference/qwen2vl/index.ts'
import { textPositions } from '../../../../src/core/inference/qwen2vl/positions.ts'
import { entryOf, modelFolder, openParts } from '../../../golden/qwen2vl/load.ts'
import { picture } from './picture.ts'

describe('truncateCache', () => {
  it.each(['gqa', 'half'])('forgets what was read last: %s', async (name) => {
    const { decoder, embedder } = await openParts(name)
    const read = async (tokens: readonly number[]) => decoder.read(decoder.start(), await embedder.embed(tokens), textPositions(tokens.length, 0))
    const ask = async (state: Awaited<ReturnType<typeof read>>) => (await decoder.predict(state, await embedder.embed([9]), textPositions(1, 3))).logits
    const short = await read([3, 4, 5])
    const long = await read([3, 4, 5, 6, 7])
    const cut = await ask({ length: 3, nextPosition: 3, cache: truncateCache(long.cache, 3) })
    const expected = await ask(short)
    cut.forEach((logit, i) => expect(logit).toBeCloseTo(expected[i]!, 4))
    const longer = await ask(long)
    expect(longer.some((logit, i) => Math.abs(logit - expected[i]!) > 1e-2)).toBe(true)
  })
})

describe('an opened model', () => {
  let grounder: Qwen2VlGrounder
  beforeAll(async () => {
    grounder = await openQwen2Vl(modelFolder('gqa'), entryOf('gqa'), ['no-such-device', 'cpu'], 1)
  })
  afterAll(() => grounder.release())

  it('says what it is and what it runs on', () => {
    expect(grounder.name).toBe('gqa')
    expect(grounder.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(grounder.device).toBe('cpu')
    expect(grounder.refused.map(({ device }) => device)).toEqual(['no-such-device'])
  })
  it('stops between tokens when the signal fires', async () => {
    const session = await grounder.open(picture(120, 90))
    const abort = new AbortController()
    let turns = 0
    const timer = setInterval(() => {
      if (++turns === 3) abort.abort()
    }, 0)
    await expect(session.ground('x', { maxBoxes: 1000, signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' })
    clearInterval(timer)
    // The same session answers the next question as if nothing had been.
    const { ended } = await session.ground('x', { maxBoxes: 1 })
    expect(['token-limit', 'repetition', 'end-token']).toContain(ended)
  })
  it('does nothing for a signal that has fired already', async () => {
    await expect(grounder.open(picture(60, 60), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })
  it('refuses words longer than the model reads', async () => {
    const session = await grounder.open(picture(60, 60))
    await expect(session.ground('word '.repeat(2000), { maxBoxes: 1 })).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})

describe('a damaged folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qwen2vl-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const open = () => openQwen2Vl(folder, entryOf('gqa'), ['cpu'])
  const fresh = () => cpSync(modelFolder('gqa'), folder, { recursive: true, force: true })

  it('is told file by file', async () => {
    fresh()
    rmSync(join(folder, 'preprocessor_config.json'))
    await expect(open()).rejects.toMatchObject({ code: 'model-missing', message: expect.stringContaining('preprocessor_config.json') as string })
    fresh()
    rmSync(join(folder, 'onnx/embed_tokens.onnx'))
    await expect(open()).rejects.toMatchObject({ code: 'model-missing', message: expect.stringContaining('embed_tokens') as string })
    fresh()
    writeFileSync(join(folder, 'config.json'), '{"image_token_id": 268')
    await expect(open()).rejects.toMatchObject({ code: 'model-invalid', message: expect.stringContaining('not valid JSON') as string })
    fresh()
    writeFileSync(join(folder, 'config.json'), '{"image_token_id": 268}')
    await expect(open()).rejects.toMatchObject({ code: 'model-invalid', message: expect.stringContaining('vocab_size') as string })
    fresh()
    writeFileSync(join(folder, 'onnx/decoder_model_merged.onnx'), readFileSync(join(folder, 'onnx/decoder_model_merged.onnx')).subarray(0, 5000))
    await expect(open()).rejects.toMatchObject({ code: 'model-invalid' })
  })
  it('is told when a graph has other inputs', async () => {
    fresh()
    cpSync(join(folder, 'onnx/embed_tokens.onnx'), join(folder, 'onnx/decoder_model_merged.onnx'))
    await expect(open()).rejects.toMatchObject({ code: 'model-invalid', message: expect.stringContaining('inputs_embeds') as string })
  })
})
