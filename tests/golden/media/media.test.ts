import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RgbImage } from '../../../src/core/inference/seams.ts'
import { drawGrid } from '../../../src/core/media/grid.ts'
import type { ResizeFilter } from '../../../src/core/media/resize.ts'
import { resizeLikePillow } from '../../../src/core/media/resize.ts'
import grids from './grid.json' with { type: 'json' }
import resizes from './resize.json' with { type: 'json' }

/** The picture of make.py. */
function picture(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3)
  let state = 1
  for (let i = 0; i < data.length; i++) {
    state = (state * 1664525 + 1013904223) % 2 ** 32
    const noise = Math.floor(state / 2 ** 24)
    data[i] = noise < 40 ? 0 : noise > 215 ? 255 : (noise + Math.floor(i / 7)) % 256
  }
  return { width, height, data }
}

const sha256 = (image: RgbImage) => createHash('sha256').update(image.data).digest('hex')

describe('resizeLikePillow gives the bytes of Pillow', () => {
  it.each(resizes)('$filter $from -> $to', ({ from, to, filter, sha256: expected }) => {
    const out = resizeLikePillow(picture(from[0]!, from[1]!), to[0]!, to[1]!, filter as ResizeFilter)
    expect([out.width, out.height]).toEqual(to)
    expect(sha256(out)).toBe(expected)
  })

  it('hands back the image when the size is its own', () => {
    const image = picture(7, 5)
    expect(resizeLikePillow(image, 7, 5, 'bicubic')).toBe(image)
  })

  it.each([[0, 4], [4, -1], [2.5, 4], [NaN, 4]])('refuses %d x %d', (width, height) => {
    expect(() => resizeLikePillow(picture(7, 5), width, height, 'bicubic')).toThrow(`can't be resized to ${width} x ${height}`)
  })
})

describe('drawGrid gives the bytes of Pillow', () => {
  it.each(grids)('$size', ({ size, sha256: expected }) => {
    const image = picture(size[0]!, size[1]!)
    const before = sha256(image)
    expect(sha256(drawGrid(image))).toBe(expected)
    expect(sha256(image)).toBe(before)
  })
})
