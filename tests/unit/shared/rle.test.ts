import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeRuns, encodeBitmap } from '../../../src/shared/rle.ts'
import type { Bitmap } from '../../../src/shared/rle.ts'
import { maskIou, maskIous, mergeRuns, runsArea, runsBox } from '../../../src/shared/rleMath.ts'
import { bitmapToRle, countsToRuns, rleToBitmap, rleToRuns, runsToRle } from '../../../src/shared/rleString.ts'
import { bitmapFromRows, bitmaps, bitmapsOfOneSize } from '../../helpers/bitmaps.ts'

interface MaskSet {
  size: [number, number]
  bits: string[]
  counts: string[]
  area: number[]
  bbox: [number, number, number, number][]
  union: string
  intersection: string
  crowd: number[]
  iou: number[][]
}
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../golden/${name}`, import.meta.url), 'utf8'))
const sets = read('rle/masks.json') as MaskSet[]

function unpack(bits: string, [height, width]: [number, number]): Bitmap {
  const packed = Buffer.from(bits, 'base64')
  const data = new Uint8Array(width * height)
  for (let i = 0; i < data.length; i++) data[i] = (packed[i >> 3]! >> (7 - (i & 7))) & 1
  return { width, height, data }
}

describe('as pycocotools', () => {
  it.each(sets.map((set) => [set.size.join(' x '), set] as const))('%s', (_name, set) => {
    const bitmaps = set.bits.map((bits) => unpack(bits, set.size))
    const runs = bitmaps.map(encodeBitmap)
    expect(runs.map((one) => runsToRle(one).counts)).toEqual(set.counts)
    expect(set.counts.map((counts) => rleToBitmap({ size: set.size, counts }).data)).toEqual(bitmaps.map((one) => one.data))
    expect(runs.map(runsArea)).toEqual(set.area)
    expect(runs.map(runsBox).map((box) => [box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0])).toEqual(set.bbox)
    expect(runsToRle(mergeRuns(runs)).counts).toBe(set.union)
    expect(runsToRle(mergeRuns(runs.slice(0, 3), 'intersection')).counts).toBe(set.intersection)
    expect([...maskIous(runs, runs, set.crowd.map(Boolean))]).toEqual(set.iou.flat())
  })

  it.each(Object.entries(read('polygons/handmade_masks.json') as Record<string, Handmade>))('handmade %s', (_name, golden) => {
    const runs = rleToRuns(golden)
    const hasZeroRuns = golden.uncompressed?.includes(0, 1) ?? false
    if (!hasZeroRuns) expect(runsToRle(runs).counts).toBe(golden.counts)
    if (golden.uncompressed && !hasZeroRuns) expect([...runs.counts]).toEqual(golden.uncompressed)
    if (golden.rows) expect(decodeRuns(runs)).toEqual(bitmapFromRows(golden.rows))
    expect(runsArea(runs)).toBe(golden.area)
    const box = runsBox(runs)
    if (golden.bbox) expect([box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0]).toEqual(golden.bbox)
  })
})

interface Handmade {
  size: [number, number]
  counts: string
  area: number
  bbox?: number[]
  uncompressed?: number[]
  rows?: string[]
}

describe('any mask', () => {
  it('comes back from runs and from text', () => {
    fc.assert(
      fc.property(bitmaps(), (bitmap) => {
        expect(decodeRuns(encodeBitmap(bitmap))).toEqual(bitmap)
        expect(rleToBitmap(bitmapToRle(bitmap))).toEqual(bitmap)
        expect(countsToRuns(bitmap.width, bitmap.height, [...encodeBitmap(bitmap).counts])).toEqual(encodeBitmap(bitmap))
      }),
    )
  })

  it('has the area, box, union, intersection and overlap of its pixels', () => {
    fc.assert(
      fc.property(bitmapsOfOneSize(), (list) => {
        const runs = list.map(encodeBitmap)
        expect(runs.map(runsArea)).toEqual(list.map(naiveArea))
        expect(runs.map(runsBox)).toEqual(list.map(naiveBox))
        const both = (test: (pixels: number[]) => boolean): Bitmap => ({
          ...list[0]!,
          data: list[0]!.data.map((_, i) => Number(test(list.map((one) => one.data[i]!)))),
        })
        const union = both((pixels) => pixels.includes(1))
        const shared = both((pixels) => !pixels.includes(0))
        expect(decodeRuns(mergeRuns(runs))).toEqual(union)
        expect(decodeRuns(mergeRuns(runs, 'intersection'))).toEqual(shared)
        if (list.length === 2) expect(maskIou(runs[0]!, runs[1]!)).toBe(naiveArea(shared) / Math.max(1, naiveArea(union)))
      }),
    )
  })
})

it('reads a mask that does not start on a word border', () => {
  const data = new Uint8Array(new ArrayBuffer(17), 1, 16).fill(1, 5, 7)
  expect([...encodeBitmap({ width: 4, height: 4, data }).counts]).toEqual([5, 1, 3, 1, 6])
})

describe('counts of other tools', () => {
  it('zero runs are merged, also more than two in a row', () => {
    expect([...countsToRuns(4, 4, [2, 0, 0, 0, 3, 1, 10]).counts]).toEqual([5, 1, 10])
    expect([...countsToRuns(4, 4, [0, 0, 16]).counts]).toEqual([16])
    expect([...countsToRuns(4, 4, [0, 7, 0, 9, 0]).counts]).toEqual([0, 16])
    expect([...rleToRuns({ size: [4, 4], counts: '2000317' }).counts]).toEqual([5, 1, 10])
  })

  it.each([
    ['a trailing newline', '94400000g0\n', /strange character at 10/],
    ['a cut string', '94400000g', /cut off/],
    ['a wrong sum', '94400000h0', /add up to 65, but 8 x 8 is 64/],
    ['letters outside the alphabet', '94~', /strange character at 2/],
    ['a negative count', '99O0O0O0O0I', /negative/],
    ['an endless count', 'oooooooo0', /too large/],
    ['nothing', '', /add up to 0/],
  ])('%s is refused', (_name, counts, message) => {
    expect(() => rleToRuns({ size: [8, 8], counts })).toThrow(message)
  })

  it('sizes beyond 2^31 are refused by name', () => {
    expect(() => countsToRuns(65536, 65536, [65536 * 65536])).toThrow()
    expect(() => rleToRuns({ size: [65536, 65536], counts: '0' })).toThrow()
    expect(() => encodeBitmap({ width: 65536, height: 65536, data: new Uint8Array(0) })).toThrow(/65536 x 65536 pixels is too large/)
  })

  it('a mask near the limit keeps its counts', () => {
    const [width, height] = [46340, 46340]
    const runs = countsToRuns(width, height, [0, 1, width * height - 2, 1])
    expect([...rleToRuns(runsToRle(runs)).counts]).toEqual([0, 1, width * height - 2, 1])
  })
})

it('masks of two sizes are not combined', () => {
  const one = countsToRuns(2, 2, [4])
  const other = countsToRuns(2, 3, [6])
  expect(() => mergeRuns([one, other])).toThrow(/2 x 2 and 2 x 3/)
  expect(() => maskIou(one, other)).toThrow(/different images/)
})

function naiveArea({ data }: Bitmap): number {
  return data.reduce((sum, pixel) => sum + pixel, 0)
}

function naiveBox({ width, data }: Bitmap) {
  const on = [...data.keys()].filter((i) => data[i])
  if (on.length === 0) return { x0: 0, y0: 0, x1: 0, y1: 0 }
  const xs = on.map((i) => i % width)
  const ys = on.map((i) => Math.floor(i / width))
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs) + 1, y1: Math.max(...ys) + 1 }
}
