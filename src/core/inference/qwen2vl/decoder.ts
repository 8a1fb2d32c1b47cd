/** The language model's graph, run over a growing cache. */
import * as ort from 'onnxruntime-node'
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import { cacheSlots, emptyCache, type Cache, type CacheSlot } from './cache.ts'
import { feedable, floatTensor, floatType, toFloat32, type FloatType } from './floats.ts'
import type { Positions } from './positions.ts'

/** What the decoder has read so far. */
export interface DecoderState {
  readonly length: number
  readonly nextPosition: number
  readonly cache: Cache
}

/** Logits a graph may write in one run, in numbers: 32 MB. A graph that keeps them all writes tokens x vocabulary. */
const LOGITS_BUDGET = 8 * 1024 * 1024

export class Decoder {
  readonly #session: ort.InferenceSession
  readonly #slots: readonly CacheSlot[]
  readonly #vocabSize: number
  readonly #embedType: FloatType
  readonly #keepsLogits: boolean
  readonly #logitsBudget: number
  #ones = new BigInt64Array(0)

  /** @throws AppError model-invalid when the graph's inputs are not those of the onnx-community export */
  constructor(session: ort.InferenceSession, vocabSize: number, logitsBudget = LOGITS_BUDGET) {
    for (const name of ['inputs_embeds', 'attention_mask', 'position_ids'])
      if (!session.inputNames.includes(name))
        throw new AppError('model-invalid', `The decoder has no input "${name}", only ${session.inputNames.join(', ')}. Use the onnx-community export.`)
    this.#session = session
    this.#slots = cacheSlots(session)
    this.#vocabSize = vocabSize
    this.#logitsBudget = logitsBudget
    this.#embedType = floatType(session.inputMetadata, 'inputs_embeds')
    this.#keepsLogits = session.inputNames.includes('num_logits_to_keep')
  }

  start(): DecoderState {
    return { length: 0, nextPosition: 0, cache: emptyCache(this.#slots) }
  }

  /** Reads tokens without asking what comes next. `embeds` is [positions.ids.length / 3, hidden]. */
  async read(state: DecoderState, embeds: Float32Array, positions: Positions, signal?: AbortSignal): Promise<DecoderState> {
    const count = positions.ids.length / 3
    const hidden = embeds.length / count
    const step = this.#keepsLogits ? count : Math.max(1, Math.floor(this.#logitsBudget / this.#vocabSize))
    for (let from = 0; from < count; from += step) {
      throwIfAborted(signal)
      const to = Math.min(count, from + step)
      const part = await this.#run(state, embeds.subarray(from * hidden, to * hidden), slicePositions(positions.ids, from, to), false)
      state = { ...part.state, nextPosition: to === count ? positions.next : state.nextPosition }
    }
    return state
  }

  /**
   * Reads tokens and returns the logits [vocabulary] after the last one. Where the graph would write logits for all of
   * them and they are many, all but the last are read first, and the last one alone is asked.
   */
  async predict(
    state: DecoderState,
    embeds: Float32Array,
    positions: Positions,
    signal?: AbortSignal,
  ): Promise<{ state: DecoderState; logits: Float32Array }> {
    const count = positions.ids.length / 3
    const hidden = embeds.length / count
    const from = this.#keepsLogits || count * this.#vocabSize <= this.#logitsBudget ? 0 : count - 1
    if (from > 0) state = await this.read(state, embeds.subarray(0, from * hidden), { ids: slicePositions(positions.ids, 0, from), next: 0 }, signal)
    throwIfAborted(signal)
    const last = await this.#run(state, embeds.subarray(from * hidden), slicePositions(positions.ids, from, count), true)
    return { state: { ...last.state, nextPosition: positions.next }, logits: last.logits! }
  }

  async #run(state: DecoderState, embeds: Float32Array, positionIds: BigInt64Array, wantLogits: boolean) {
    const count = positionIds.length / 3
    const length = state.length + count
    const feeds: Record<string, ort.Tensor> = {
      ...state.cache,
      inputs_embeds: floatTensor(this.#embedType, embeds, [1, count, embeds.length / count]),
      attention_mask: new ort.Tensor('int64', this.#mask(length), [1, length]),
      position_ids: new ort.Tensor('int64', positionIds, [3, 1, count]),
    }
    if (this.#keepsLogits) feeds['num_logits_to_keep'] = new ort.Tensor('int64', BigInt64Array.of(1n), [])
    const fetches = this.#slots.map((slot) => slot.output)
    const outputs = await this.#session.run(feeds, wantLogits ? ['logits', ...fetches] : fetches)
    const cache = Object.fromEntries(this.#slots.map((slot) => [slot.input, feedable(outputs[slot.output]!)]))
    return { state: { ...state, length, cache }, logits: outputs['logits'] && lastRow(outputs['logits']) }
  }

  /** All ones [length]; one buffer serves every run. */
  #mask(length: number): BigInt64Array {
    if (this.#ones.length < length) this.#ones = new BigInt64Array(Math.max(length, 2 * this.#ones.length)).fill(1n)
    return this.#ones.subarray(0, length)
  }
}

/** The last row [vocabulary] of logits [1, tokens, vocabulary]. */
function lastRow(logits: ort.Tensor): Float32Array {
  return toFloat32(logits).subarray(-logits.dims.at(-1)!)
}

/** Columns [from, to) of position ids [3, 1, tokens]. */
function slicePositions(ids: BigInt64Array, from: number, to: number): BigInt64Array {
  const count = ids.length / 3
  if (from === 0 && to === count) return ids
  const part = new BigInt64Array(3 * (to - from))
  for (let axis = 0; axis < 3; axis++) part.set(ids.subarray(axis * count + from, axis * count + to), axis * (to - from))
  return part
}
