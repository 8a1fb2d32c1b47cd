import { beforeAll, describe, expect, it } from 'vitest'
import { decodeGreedily } from '../../../src/core/inference/qwen2vl/greedy.ts'
import { promptPositions, textPositions } from '../../../src/core/inference/qwen2vl/positions.ts'
import { preprocess } from '../../../src/core/inference/qwen2vl/preprocess.ts'
import { mergeFeatures, type Qwen2VlModel } from '../../../src/core/inference/qwen2vl/session.ts'
import { openQwen2Vl } from '../../../src/core/inference/qwen2vl/index.ts'
import { picture, shapes } from '../../unit/inference/qwen2vl/picture.ts'
import { entryOf, graphsHash, modelFolder, openParts, readGolden, unpack, type GoldenCase } from './load.ts'
import { openPeer } from './peer.ts'

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!))
  return largest
}

/** The whole prompt in one go, without a shared prefix: as transformers runs it. */
async function wholePrompt(model: Qwen2VlModel, name: string, golden: GoldenCase) {
  const tokens = [...golden.promptIds]
  const patches = preprocess(draw(name, golden), model.config.preprocessing)
  const embeds = await model.embedder.embed(tokens)
  mergeFeatures(embeds, tokens, await model.vision(patches), model.config.imageToken)
  const positions = promptPositions(tokens, model.config.imageToken, [patches.grid[1] / 2, patches.grid[2] / 2])
  return { positions, after: await model.decoder.predict(model.decoder.start(), embeds, positions) }
}

/** The demo knows shapes; a random model sways most with waves and grain. */
const draw = (name: string, { width, height }: { readonly width: number; readonly height: number }) => (name === 'demo' ? shapes : picture)(width, height)

describe.each(['demo', 'gqa', 'half'])('the model "%s" against transformers', (name) => {
  const golden = readGolden(name)
  const cases = golden.cases.map((item) => [`${item.width} x ${item.height}, "${item.words}"`, item] as const)
  let model: Qwen2VlModel

  beforeAll(async () => {
    if (graphsHash(name) !== golden.sha256 || JSON.stringify(entryOf(name).prompt) !== JSON.stringify(golden.prompt))
      throw new Error(`The golden of "${name}" was made from other weights: run "python3 tests/golden/qwen2vl/make_goldens.py ${name === 'demo' ? 'demo' : 'tiny'}".`)
    model = await openParts(name)
  })

  it.each(cases)('cuts the same patches: %s', (_, item) => {
    const patches = preprocess(draw(name, item), model.config.preprocessing)
    expect(patches.grid).toEqual(item.grid)
    const length = patches.patchLength
    const means = Array.from({ length: patches.pixelValues.length / length }, (_, i) =>
      patches.pixelValues.subarray(i * length, (i + 1) * length).reduce((sum, value) => sum + value / length, 0),
    )
    expect(largestDifference(means, unpack(item.patchMeans))).toBeLessThan(1e-3)
    expect(largestDifference(patches.pixelValues.filter((_, i) => i % 97 === 0), unpack(item.pixels))).toBeLessThan(1e-3)
  })

  it.each(cases)('writes the same prompt and positions: %s', async (_, item) => {
    const imageTokens = (item.grid[1]! * item.grid[2]!) / 4
    expect(model.prompter.full(item.words, imageTokens)).toEqual(item.promptIds)
    const { ids } = promptPositions(item.promptIds, model.config.imageToken, [item.grid[1]! / 2, item.grid[2]! / 2])
    expect([...ids].map(Number)).toEqual(item.positions.flat())
  })

  it.each(cases)('gives the same features and logits: %s', async (_, item) => {
    const patches = preprocess(draw(name, item), model.config.preprocessing)
    expect(largestDifference(await model.vision(patches), unpack(item.features))).toBeLessThan(1e-3)
    const { after } = await wholePrompt(model, name, item)
    expect(largestDifference(after.logits, unpack(item.lastLogits))).toBeLessThan(1e-3)
  })

  it.each(cases)('gives the same reply, token for token: %s', async (_, item) => {
    const { after } = await wholePrompt(model, name, item)
    const rules = { endTokens: model.config.endTokens, maxTokens: item.reply.length, judge: () => null }
    const { tokens } = await decodeGreedily(model.decoder, model.embedder, after, rules)
    expect(tokens).toEqual(item.reply)
  })

  it('gives the same replies from the cache shared by all questions on an image', async () => {
    const grounder = await openQwen2Vl(modelFolder(name), entryOf(name), ['cpu'], 1)
    for (const item of golden.cases) {
      const session = await grounder.open(draw(name, item))
      await session.ground('something else', { maxBoxes: 2 })
      for (let again = 0; again < 2; again++) {
        const { reply, promptTokens, replyTokens, ended } = await session.ground(item.words, { maxBoxes: 50 })
        expect(promptTokens).toBe(item.promptIds.length)
        // The golden was cut at a number of tokens, ours may end earlier in a loop; what both have must agree.
        const length = Math.min(replyTokens, item.reply.length)
        expect(length).toBeGreaterThan(4)
        if (ended === 'end-token' && replyTokens < item.reply.length) expect(replyTokens).toBe(item.reply.length)
        const whole = model.prompter.decode(item.reply)
        if (replyTokens <= item.reply.length) expect(whole.startsWith(reply)).toBe(true)
        else expect(reply.startsWith(whole)).toBe(true)
      }
    }
    await grounder.release()
  })

  it('gives the same logits when the prompt is read in pieces, so as not to write logits for all of it', async () => {
    const pieces = await openParts(name, 3 * model.config.vocabSize)
    const { after } = await wholePrompt(pieces, name, golden.cases[0]!)
    expect(largestDifference(after.logits, unpack(golden.cases[0]!.lastLogits))).toBeLessThan(1e-3)
  })

  it('counts positions of later text on from the image', () => {
    const item = golden.cases[0]!
    const { next } = promptPositions(item.promptIds, model.config.imageToken, [item.grid[1]! / 2, item.grid[2]! / 2])
    expect(Number(textPositions(1, next).ids[0])).toBe(Math.max(...item.positions.flat()) + 1)
  })
})

// transformers.js resizes without antialiasing and rounds halves up: pictures that need no resizing are compared.
describe.each([['demo', 168, 168], ['demo', 140, 196], ['gqa', 112, 140]] as const)('the model "%s" through transformers.js', (name, width, height) => {
  it(`gives the same tokens at ${width} x ${height}`, async () => {
    const entry = entryOf(name)
    const peer = await openPeer(modelFolder(name), entry)
    const grounder = await openQwen2Vl(modelFolder(name), entry, ['cpu'], 1)
    const model = await openParts(name)
    const image = draw(name, { width, height })
    const session = await grounder.open(image)
    for (const words of ['red circle', 'shapes']) {
      const ours = await session.ground(words, { maxBoxes: 50 })
      const theirs = await peer.ask(image, words, ours.replyTokens)
      expect(ours.replyTokens).toBeGreaterThan(1)
      expect(model.prompter.decode(theirs)).toBe(ours.reply)
      expect(theirs).toHaveLength(ours.replyTokens)
    }
    await grounder.release()
    await peer.release()
  })
})
