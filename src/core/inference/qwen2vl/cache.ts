/** The key-value cache of a decoder: what names, widths and shapes its graph declares. */
import * as ort from 'onnxruntime-node'
import { AppError } from '../../../shared/errors.ts'
import { feedable, floatTensor, type FloatType } from './floats.ts'

/** One tensor [1, key-value heads, tokens, head size] per layer and part, by input name. Never written to once made. */
export type Cache = Readonly<Record<string, ort.Tensor>>

export interface CacheSlot {
  /** `past_key_values.3.key` */
  readonly input: string
  /** `present.3.key` */
  readonly output: string
  readonly type: FloatType
  readonly heads: number
  readonly headSize: number
}

/** Reads the cache's layout from the session. @throws AppError model-invalid when a shape is not fixed */
export function cacheSlots(session: ort.InferenceSession): CacheSlot[] {
  const slots = session.inputMetadata.flatMap((meta): CacheSlot[] => {
    if (!meta.isTensor || !meta.name.startsWith('past_key_values.')) return []
    const [, heads, , headSize] = meta.shape
    if (typeof heads !== 'number' || typeof headSize !== 'number' || (meta.type !== 'float32' && meta.type !== 'float16'))
      throw new AppError('model-invalid', `The decoder's "${meta.name}" is ${meta.type} [${meta.shape.join(', ')}]: heads and head size must be fixed.`)
    return [{ input: meta.name, output: meta.name.replace('past_key_values.', 'present.'), type: meta.type, heads, headSize }]
  })
  if (slots.length === 0) throw new AppError('model-invalid', 'The decoder has no past_key_values: export it with a cache.')
  return slots
}

export function emptyCache(slots: readonly CacheSlot[]): Cache {
  return Object.fromEntries(slots.map((slot) => [slot.input, floatTensor(slot.type, new Float32Array(0), [1, slot.heads, 0, slot.headSize])]))
}

/** The first `length` tokens of every tensor, copied. */
export function truncateCache(cache: Cache, length: number): Cache {
  return Object.fromEntries(
    Object.entries(cache).map(([name, tensor]) => {
      const [, heads, total, headSize] = tensor.dims as [number, number, number, number]
      const data = tensor.data as Float32Array
      const part = data.slice(0, heads * length * headSize)
      for (let head = 1; head < heads; head++)
        part.set(data.subarray(head * total * headSize, (head * total + length) * headSize), head * length * headSize)
      return [name, feedable(new ort.Tensor(tensor.type as 'float32', part, [1, heads, length, headSize]))]
    }),
  )
}
