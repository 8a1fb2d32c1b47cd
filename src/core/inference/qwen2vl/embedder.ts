/** Tokens -> embeddings, with the rows already seen kept: replies say the same few hundred tokens over and over. */
import * as ort from 'onnxruntime-node'
import { toFloat32 } from './floats.ts'

export class Embedder {
  readonly #session: ort.InferenceSession
  readonly #rows = new Map<number, Float32Array>()

  constructor(session: ort.InferenceSession) {
    this.#session = session
  }

  /** [tokens, hidden] float32. */
  async embed(tokens: readonly number[]): Promise<Float32Array> {
    await this.#fetch([...new Set(tokens)].filter((token) => !this.#rows.has(token)))
    const hidden = this.#rows.get(tokens[0]!)!.length
    const out = new Float32Array(tokens.length * hidden)
    tokens.forEach((token, i) => out.set(this.#rows.get(token)!, i * hidden))
    return out
  }

  async #fetch(tokens: readonly number[]): Promise<void> {
    if (tokens.length === 0) return
    const ids = new ort.Tensor('int64', BigInt64Array.from(tokens, BigInt), [1, tokens.length])
    const outputs = await this.#session.run({ [this.#session.inputNames[0]!]: ids })
    const rows = toFloat32(outputs[this.#session.outputNames[0]!]!)
    const hidden = rows.length / tokens.length
    tokens.forEach((token, i) => this.#rows.set(token, rows.slice(i * hidden, (i + 1) * hidden)))
  }
}
