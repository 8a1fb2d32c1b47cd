/** Greedy decoding: the likeliest token, again and again. */
import { setImmediate } from 'node:timers/promises'
import { throwIfAborted } from '../../../shared/errors.ts'
import type { Grounding } from '../seams.ts'
import type { Decoder, DecoderState } from './decoder.ts'
import type { Embedder } from './embedder.ts'
import { textPositions } from './positions.ts'

export interface DecodingRules {
  readonly endTokens: ReadonlySet<number>
  readonly maxTokens: number
  /** Sees every token but the end token; a reason to stop leaves that token out of the reply. */
  readonly judge: (token: number) => 'box-limit' | 'repetition' | null
}

export interface DecodedReply {
  readonly tokens: readonly number[]
  readonly ended: Grounding['ended']
}

/** The first of the largest, as torch.argmax gives it. */
export function argmax(logits: Float32Array): number {
  let best = 0
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i
  return best
}

/** Continues from the logits after a prompt. The event loop runs, and the signal is looked at, between tokens. */
export async function decodeGreedily(
  decoder: Decoder,
  embedder: Embedder,
  after: { readonly state: DecoderState; readonly logits: Float32Array },
  { endTokens, maxTokens, judge }: DecodingRules,
  signal?: AbortSignal,
): Promise<DecodedReply> {
  const tokens: number[] = []
  let { state, logits } = after
  while (tokens.length < maxTokens) {
    const token = argmax(logits)
    const stop = endTokens.has(token) ? 'end-token' : judge(token)
    if (stop === null || stop === 'end-token') tokens.push(token)
    if (stop !== null) return { tokens, ended: stop }
    await setImmediate()
    throwIfAborted(signal)
    ;({ state, logits } = await decoder.predict(state, await embedder.embed([token]), textPositions(1, state.nextPosition), signal))
  }
  return { tokens, ended: 'token-limit' }
}
