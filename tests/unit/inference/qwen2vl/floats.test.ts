import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { floatTensor, halfBits, halfValue, toFloat32 } from '../../../../src/core/inference/qwen2vl/floats.ts'

describe('halves', () => {
  it('come back from float32 as they were, all 65,536', () => {
    for (let half = 0; half < 65536; half++) {
      const value = halfValue(half)
      if (Number.isNaN(value)) expect(halfValue(halfBits(value))).toBeNaN()
      else if (halfBits(value) !== half) expect.fail(`${half} became ${halfBits(value)}`)
    }
  })
  it('are the nearest, ties to even', () => {
    // IEEE 754: 2049 lies between 2048 and 2050; 65520 is the first that rounds to infinity; 2^-25 is half the smallest.
    expect([2049, 2051, 65519.99, 65520, 2 ** -25, 2 ** -25 * 1.0001, 1 / 3].map((v) => halfValue(halfBits(v)))).toEqual([
      2048, 2052, 65504, Infinity, 0, 2 ** -24, 0.333251953125,
    ])
    fc.assert(
      fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (value) => {
        const bits = halfBits(value)
        const error = Math.abs(halfValue(bits) - value)
        for (const neighbour of [bits - 1, bits + 1])
          if (Number.isFinite(halfValue(neighbour & 0xffff)) && (neighbour & 0x7fff) !== 0x7fff)
            expect(error).toBeLessThanOrEqual(Math.abs(halfValue(neighbour & 0xffff) - value))
      }),
    )
  })
  it('travel in tensors', () => {
    const tensor = floatTensor('float16', Float32Array.of(0, -1.5, 1 / 3), [3])
    expect(tensor.type).toBe('float16')
    expect([...toFloat32(tensor)]).toEqual([0, -1.5, 0.333251953125])
  })
})
