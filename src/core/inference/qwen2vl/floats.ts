/** Float tensors of whatever width a graph declares, to and from float32. */
import * as ort from 'onnxruntime-node'
import { AppError } from '../../../shared/errors.ts'

export type FloatType = 'float32' | 'float16'

const bits = new Uint32Array(1)
const value = new Float32Array(bits.buffer)

/** The nearest half (IEEE 754 binary16) to a float32, ties to even, as its 16 bits. */
export function halfBits(x: number): number {
  value[0] = x
  const b = bits[0]!
  const sign = (b >>> 16) & 0x8000
  const magnitude = b & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x47800000) return sign | 0x7c00
  if (magnitude < 0x38800000) {
    // Below 2^-14 a half counts in steps of 2^-24: adding 0.5 lets float32 do the rounding.
    value[0] = Math.abs(value[0]) + 0.5
    return sign | (bits[0]! - 0x3f000000)
  }
  // Carry from rounding may reach the exponent, which is then right as well.
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
}

/** The number behind the 16 bits of a half. */
export function halfValue(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 31
  const fraction = half & 1023
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The bits of float16 data: onnxruntime gives a Float16Array where Node has one and a Uint16Array where not. */
function bitsOf(data: { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly length: number }): Uint16Array {
  return new Uint16Array(data.buffer, data.byteOffset, data.length)
}

/**
 * A tensor that can be given to a session. onnxruntime-node 1.30 hands out Float16Arrays and takes only Uint16Arrays
 * ("not enough space: expected 2464, got 0"), so a float16 tensor shows its bits.
 */
export function feedable(tensor: ort.Tensor): ort.Tensor {
  if (tensor.type !== 'float16') return tensor
  return Object.defineProperty(tensor, 'data', { value: bitsOf(tensor.data as unknown as Uint16Array) })
}

const HALVES = Float32Array.from({ length: 65536 }, (_, half) => halfValue(half))

/** A tensor's numbers as float32; float32 data is returned as it is, not copied. */
export function toFloat32(tensor: ort.Tensor): Float32Array {
  if (tensor.type === 'float32') return tensor.data as Float32Array
  if (tensor.type !== 'float16') throw new AppError('model-invalid', `A graph gives ${tensor.type} where float numbers are read.`)
  return Float32Array.from(bitsOf(tensor.data as unknown as Uint16Array), (half) => HALVES[half]!)
}

/** A tensor of the given width and shape, to give to a session. */
export function floatTensor(type: FloatType, data: Float32Array, dims: readonly number[]): ort.Tensor {
  if (type === 'float32') return new ort.Tensor('float32', data, dims)
  return feedable(new ort.Tensor('float16', Uint16Array.from(data, halfBits), dims))
}

/** The float width a graph declares for an input or output. */
export function floatType(metadata: readonly ort.InferenceSession.ValueMetadata[], name: string): FloatType {
  const found = metadata.find((item) => item.name === name)
  const type = found?.isTensor ? found.type : undefined
  if (type === 'float32' || type === 'float16') return type
  throw new AppError('model-invalid', `The graph's "${name}" is ${type ?? 'missing'}: float32 or float16 is needed.`, { name })
}
