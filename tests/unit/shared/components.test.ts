import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fillPinholes, removeSpecks } from '../../../src/shared/components.ts'
import type { Bitmap } from '../../../src/shared/rle.ts'
import { bitmapFromRows, bitmaps } from '../../helpers/bitmaps.ts'

/** Parts by flood fill: lists of pixel indices. */
function floodParts({ width, height, data }: Bitmap, value: number, diagonal: boolean): number[][] {
  const seen = new Set<number>()
  const fill = (first: number): number[] => {
    const part = [first]
    seen.add(first)
    for (const i of part) {
      const [x, y] = [i % width, Math.floor(i / width)]
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1], ...(diagonal ? [[1, 1], [1, -1], [-1, 1], [-1, -1]] : [])]) {
        const [nx, ny] = [x + dx!, y + dy!]
        const next = ny * width + nx
        if (nx < 0 || ny < 0 || nx >= width || ny >= height || data[next] !== value || seen.has(next)) continue
        seen.add(next)
        part.push(next)
      }
    }
    return part
  }
  return [...data.keys()].filter((i) => data[i] === value).flatMap((i) => (seen.has(i) ? [] : [fill(i)]))
}

const painted = (mask: Bitmap, parts: number[][], value: number): Bitmap => {
  const data = mask.data.slice()
  for (const i of parts.flat()) data[i] = value
  return { ...mask, data }
}

describe('against flood fill', () => {
  it('removeSpecks', () => {
    fc.assert(
      fc.property(bitmaps(), fc.integer({ min: 0, max: 9 }), (mask, pixels) => {
        const parts = floodParts(mask, 1, false)
        const largest = Math.max(0, ...parts.map((part) => part.length))
        const specks = parts.filter((part) => part.length < pixels && part.length < largest)
        expect(removeSpecks(mask, pixels)).toEqual(painted(mask, specks, 0))
      }),
    )
  })

  it('fillPinholes', () => {
    fc.assert(
      fc.property(bitmaps(), fc.integer({ min: 0, max: 9 }), (mask, pixels) => {
        const isInner = (i: number) =>
          i >= mask.width && i < mask.width * (mask.height - 1) && i % mask.width > 0 && i % mask.width < mask.width - 1
        const holes = floodParts(mask, 0, true).filter((part) => part.length < pixels && part.every(isInner))
        expect(fillPinholes(mask, pixels)).toEqual(painted(mask, holes, 1))
      }),
    )
  })
})

it('a lone speck stays', () => {
  const mask = bitmapFromRows(['...', '.#.', '...'])
  expect(removeSpecks(mask, 50)).toEqual(mask)
})
