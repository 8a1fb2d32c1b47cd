/** One image and the questions on it: features and the cache of the shared prompt once, then only each question's own tokens. */
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import type { GroundingSession, GroundOptions, Grounding, RgbImage } from '../seams.ts'
import { truncateCache } from './cache.ts'
import type { Qwen2VlConfig } from './config.ts'
import type { Decoder, DecoderState } from './decoder.ts'
import type { Embedder } from './embedder.ts'
import type { CoordinateConvention } from './entry.ts'
import { decodeGreedily } from './greedy.ts'
import { parseReply, type ReplyFrame } from './parse.ts'
import { promptPositions, textPositions } from './positions.ts'
import { preprocess, type Patches } from './preprocess.ts'
import type { Prompter } from './prompt.ts'
import { ReplyWatcher } from './watcher.ts'

/** The parts of an opened model. */
export interface Qwen2VlModel {
  readonly config: Qwen2VlConfig
  readonly coordinates: CoordinateConvention
  readonly prompter: Prompter
  readonly embedder: Embedder
  readonly decoder: Decoder
  readonly vision: (patches: Patches) => Promise<Float32Array>
}

/** Room for a box in its longest form (JSON with a label), and for the words around all boxes. */
const TOKENS_PER_BOX = 48
const TOKENS_AROUND = 64

/** Writes feature rows [image tokens, hidden] over the image tokens' rows of embeds [tokens, hidden]. */
export function mergeFeatures(embeds: Float32Array, tokens: readonly number[], features: Float32Array, imageToken: number): void {
  const hidden = embeds.length / tokens.length
  const first = tokens.indexOf(imageToken)
  const count = tokens.filter((token) => token === imageToken).length
  if (features.length !== count * hidden)
    throw new AppError('model-invalid', `The vision graph gave ${features.length / hidden} features for ${count} image tokens.`)
  embeds.set(features, first * hidden)
}

/** What the decoder has read once per image. */
interface Prefix {
  readonly tokens: readonly number[]
  readonly imageTokens: number
  readonly state: DecoderState
  readonly resized: Patches['resized']
}

async function readPrefix(model: Qwen2VlModel, image: RgbImage, signal?: AbortSignal): Promise<Prefix> {
  const { config, prompter, embedder, decoder, vision } = model
  throwIfAborted(signal)
  const patches = preprocess(image, config.preprocessing)
  const merge = config.preprocessing.mergeSize
  const rows = patches.grid[1] / merge
  const columns = patches.grid[2] / merge
  const features = await vision(patches)
  throwIfAborted(signal)
  const tokens = prompter.prefix(rows * columns)
  const embeds = await embedder.embed(tokens)
  mergeFeatures(embeds, tokens, features, config.imageToken)
  const state = await decoder.read(decoder.start(), embeds, promptPositions(tokens, config.imageToken, [rows, columns]), signal)
  return { tokens, imageTokens: rows * columns, state, resized: patches.resized }
}

/** The prefix's state, cut back to what a prompt really begins with: words may change how the text before them is split. */
function sharedState(prefix: Prefix, prompt: readonly number[]): DecoderState {
  const { tokens, state } = prefix
  let shared = 0
  while (shared < tokens.length && shared < prompt.length - 1 && tokens[shared] === prompt[shared]) shared++
  if (shared === tokens.length) return state
  return { length: shared, nextPosition: state.nextPosition - (tokens.length - shared), cache: truncateCache(state.cache, shared) }
}

async function ground(model: Qwen2VlModel, prefix: Prefix, frame: ReplyFrame, words: string, options: GroundOptions): Promise<Grounding> {
  const { config, prompter, embedder, decoder } = model
  const { maxBoxes, signal, onBox } = options
  throwIfAborted(signal)
  const start = performance.now()
  const prompt = prompter.full(words, prefix.imageTokens)
  const maxTokens = Math.min(TOKENS_AROUND + maxBoxes * TOKENS_PER_BOX, config.maxPositions - prompt.length)
  if (maxTokens <= 0)
    throw new AppError('invalid-argument', `The words are too long: with the image they make ${prompt.length} tokens, and the model reads ${config.maxPositions}.`)
  const state = sharedState(prefix, prompt)
  const own = prompt.slice(state.length)
  const after = await decoder.predict(state, await embedder.embed(own), textPositions(own.length, state.nextPosition), signal)
  const watcher = new ReplyWatcher({ decode: (tokens) => prompter.decode(tokens), frame, maxBoxes, onBox })
  const rules = { endTokens: config.endTokens, maxTokens, judge: (token: number) => watcher.judge(token) }
  const { tokens, ended } = await decodeGreedily(decoder, embedder, after, rules, signal)
  const reply = prompter.decode(tokens)
  return {
    words,
    reply,
    ...parseReply(reply, frame),
    ended,
    promptTokens: prompt.length,
    replyTokens: tokens.length,
    ms: performance.now() - start,
  }
}

/** Encodes the image and reads the prompt up to the words. @throws AppError cancelled, unsupported-image, model-invalid */
export async function openGrounding(model: Qwen2VlModel, image: RgbImage, signal?: AbortSignal): Promise<GroundingSession> {
  const start = performance.now()
  const prefix = await readPrefix(model, image, signal)
  const size = { width: image.width, height: image.height }
  const frame: ReplyFrame = { coordinates: model.coordinates, image: size, resized: prefix.resized }
  return {
    encodeMs: performance.now() - start,
    ground: (words, options) => ground(model, prefix, frame, words, options),
  }
}
