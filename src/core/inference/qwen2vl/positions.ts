/** Multimodal rotary positions (mRoPE): every token has a place on three axes, time, height and width. */

export interface Positions {
  /** [3, 1, tokens] int64. */
  readonly ids: BigInt64Array
  /** The place of the next token on all three axes. */
  readonly next: number
}

/** Text after `start`: one step on all axes per token. */
export function textPositions(count: number, start: number): Positions {
  const ids = new BigInt64Array(3 * count)
  for (let i = 0; i < ids.length; i++) ids[i] = BigInt(start + (i % count))
  return { ids, next: start + count }
}

/**
 * A prompt with one image: text counts up, image tokens share the time of their start and spread over rows and columns,
 * and the text behind goes on after the longer side. Source: get_rope_index of transformers, modeling_qwen2_vl.py.
 * @param grid merged image tokens [rows, columns]
 */
export function promptPositions(tokens: readonly number[], imageToken: number, [rows, columns]: readonly [number, number]): Positions {
  const count = tokens.length
  const ids = new BigInt64Array(3 * count)
  let next = 0
  for (let i = 0; i < count; ) {
    const image = tokens[i] === imageToken
    const length = image ? rows * columns : 1
    for (let k = 0; k < length; k++) {
      ids[i + k] = BigInt(next)
      ids[count + i + k] = BigInt(next + (image ? Math.floor(k / columns) : 0))
      ids[2 * count + i + k] = BigInt(next + (image ? k % columns : 0))
    }
    next += image ? Math.max(rows, columns) : 1
    i += length
  }
  return { ids, next }
}
