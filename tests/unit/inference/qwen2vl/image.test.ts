import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../../src/core/inference/qwen2vl/config.ts'
import { promptPositions, textPositions } from '../../../../src/core/inference/qwen2vl/positions.ts'
import { preprocess } from '../../../../src/core/inference/qwen2vl/preprocess.ts'
import { roundHalfEven, smartResize } from '../../../../src/core/inference/qwen2vl/smartResize.ts'
import { modelFolder } from '../../../golden/qwen2vl/load.ts'
import { picture } from './picture.ts'

describe('smartResize', () => {
  it('rounds halves to even, as Python', () => {
    expect([0.5, 1.5, 2.5, 12.5, 13.5, 2.4999, 2.5001].map(roundHalfEven)).toEqual([0, 2, 2, 12, 14, 2, 3])
  })
  it.each([
    // width, height, min, max -> width, height; the first is 336 only with halves to even, transformers.js gives 364.
    [350, 350, 3136, 12845056, 336, 336],
    [512, 512, 3136, 12845056, 504, 504],
    [4000, 3000, 3136, 1003520, 1148, 840],
    [10, 12, 3136, 1003520, 56, 84],
    [400, 10, 3136, 1003520, 364, 28],
    [5000, 30, 3136, 28224, 2156, 28],
  ])('%i x %i within %i..%i is %i x %i', (width, height, min, max, toWidth, toHeight) => {
    expect(smartResize({ width, height }, 28, min, max)).toEqual({ width: toWidth, height: toHeight })
  })
  it('refuses needles in words', () => {
    expect(() => smartResize({ width: 2010, height: 10 }, 28, 3136, 12845056)).toThrow(/too narrow/)
  })
})

describe('preprocess', () => {
  const { preprocessing } = readConfig(modelFolder('gqa'))
  const wide = { ...preprocessing, minPixels: 3136, maxPixels: 12845056 }

  it('gives the mean known for a white image', () => {
    const white = { width: 224, height: 224, data: new Uint8Array(224 * 224 * 3).fill(255) }
    const { pixelValues, grid, patchLength } = preprocess(white, wide)
    expect([grid, patchLength, pixelValues.length]).toEqual([[1, 16, 16], 1176, 256 * 1176])
    // tests of transformers.js, processing of Qwen2-VL
    expect(pixelValues.reduce((sum, value) => sum + value, 0) / pixelValues.length).toBeCloseTo(2.050372362136841, 5)
  })
  it('orders patches block by block, and each one channel, time, row, column', () => {
    const image = picture(84, 56)
    const { pixelValues } = preprocess(image, wide)
    const byte = (patch: number, c: number, t: number, y: number, x: number) =>
      Math.round((pixelValues[((patch * 3 + c) * 2 + t) * 196 + y * 14 + x]! * wide.std[c]! + wide.mean[c]!) * 255)
    const pixel = (c: number, y: number, x: number) => image.data[(y * 84 + x) * 3 + c]
    for (const [patch, row, column] of [[0, 0, 0], [1, 0, 1], [2, 1, 0], [4, 0, 2], [11, 1, 5], [12, 2, 0], [23, 3, 5]] as const)
      for (const t of [0, 1]) expect(byte(patch, 2, t, 5, 9)).toBe(pixel(2, row * 14 + 5, column * 14 + 9))
  })
})

describe('positions', () => {
  it('spread the image over rows and columns, and go on after its longer side', () => {
    const { ids, next } = promptPositions([7, 7, 9, 9, 9, 9, 9, 9, 7], 9, [2, 3])
    expect([...ids].map(Number)).toEqual([
      ...[0, 1, 2, 2, 2, 2, 2, 2, 5],
      ...[0, 1, 2, 2, 2, 3, 3, 3, 5],
      ...[0, 1, 2, 3, 4, 2, 3, 4, 5],
    ])
    expect(next).toBe(6)
    expect(textPositions(2, next)).toEqual({ ids: BigInt64Array.of(6n, 7n, 6n, 7n, 6n, 7n), next: 8 })
  })
})
