import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { polygonArea, polygonBox, traceParts, tracePolygon } from '../../../src/shared/polygons.ts'
import { rasterizePolygon } from '../../../src/shared/rasterize.ts'
import { decodeRuns } from '../../../src/shared/rle.ts'
import { runsToRle } from '../../../src/shared/rleString.ts'
import { bitmapFromRows, bitmaps } from '../../helpers/bitmaps.ts'

interface Golden {
  size: [number, number]
  counts: string
  polygons: number[][]
  rows?: string[]
}
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../golden/polygons/${name}`, import.meta.url), 'utf8'))
const handmade = Object.entries(read('handmade_masks.json') as Record<string, Golden>)
const sizeOf = ([height, width]: [number, number]) => ({ width, height })

describe('rasterising as maskApi.c', () => {
  it.each(handmade.filter(([, golden]) => golden.polygons))('%s', (_name, golden) => {
    expect(runsToRle(rasterizePolygon(golden.polygons, sizeOf(golden.size))).counts).toBe(golden.counts)
  })

  it('150 generated polygons that cross themselves, each other and the image', () => {
    for (const { size, polygon, counts } of read('polygons.json') as { size: [number, number]; polygon: number[][]; counts: string }[]) {
      expect(runsToRle(rasterizePolygon(polygon, sizeOf(size))).counts, JSON.stringify(polygon)).toBe(counts)
    }
  })

  it.each([
    [[[1, 1, 4, 4]], /at least 3 points, but one has 4 numbers/],
    [[[1, 1, 4, 4, 5, 5, 6]], /one has 7 numbers/],
    [[[1, 1, 4, Number.NaN, 5, 5]], /coordinate NaN/],
    [[[1, 1, 4e9, 4, 5, 5]], /coordinate 4000000000/],
  ])('%j is refused', (polygon, message) => {
    expect(() => rasterizePolygon(polygon, { width: 8, height: 8 })).toThrow(message)
  })

  it('no ring is no mask', () => {
    expect([...rasterizePolygon([], { width: 3, height: 2 }).counts]).toEqual([6])
  })
})

describe('tracing', () => {
  it('and rasterising gives the same mask, holes and diagonals and all', () => {
    fc.assert(
      fc.property(bitmaps(), (mask) => {
        const { polygon, bridged } = tracePolygon(mask)
        expect(decodeRuns(rasterizePolygon(polygon, mask))).toEqual(mask)
        const parts = traceParts(mask)
        expect(parts.length).toBe(polygon.length)
        expect(parts.reduce((sum, part) => sum + part.holes.length, 0)).toBe(bridged)
        const solid = parts.reduce((sum, part) => sum + polygonArea([part.outer]) - polygonArea(part.holes), 0)
        expect(solid).toBe(mask.data.reduce((sum, pixel) => sum + pixel, 0))
      }),
      { numRuns: 400 },
    )
  })

  it('keeps only corners', () => {
    expect(tracePolygon(bitmapFromRows(['....', '.##.', '.##.'])).polygon).toEqual([[3, 1, 3, 3, 1, 3, 1, 1]])
  })

  it('diagonal pixels are two parts', () => {
    expect(traceParts(bitmapFromRows(['#.', '.#']))).toHaveLength(2)
  })

  it('a hole belongs to the part around it, also where an island lies in it', () => {
    const parts = traceParts(bitmapFromRows(['#######', '#.....#', '#.###.#', '#.#.#.#', '#.###.#', '#.....#', '#######']))
    expect(parts.map((part) => part.holes.length)).toEqual([1, 1])
    expect(parts.map((part) => polygonArea([part.outer]))).toEqual([49, 9])
  })

  it('holes in a row hang on one another', () => {
    const mask = bitmapFromRows(['#######', '#.#.#.#', '#######'])
    const { polygon, bridged } = tracePolygon(mask)
    expect(bridged).toBe(3)
    expect(polygon).toHaveLength(1)
    expect(decodeRuns(rasterizePolygon(polygon, mask))).toEqual(mask)
  })
})

it('area and box of a drawn polygon are those of its points', () => {
  const polygon = [[0.5, 1, 4.5, 1, 4.5, 3], [10, 10, 10, 12, 12, 12]]
  expect(polygonArea(polygon)).toBe(6)
  expect(polygonBox(polygon)).toEqual({ x0: 0.5, y0: 1, x1: 12, y1: 12 })
})
