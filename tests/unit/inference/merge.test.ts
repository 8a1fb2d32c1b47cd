import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeDuplicates, type Candidate } from '../../../src/core/inference/merge.ts'
import type { Box } from '../../../src/shared/geometry.ts'

const SIZE = 60

function filled(x0: number, y0: number, x1: number, y1: number) {
  const data = new Uint8Array(SIZE * SIZE)
  for (let y = y0; y < y1; y++) data.fill(1, y * SIZE + x0, y * SIZE + x1)
  return { width: SIZE, height: SIZE, data }
}

function object(label: string, [x0, y0, x1, y1]: [number, number, number, number], score: number | null = null, masked = false): Candidate {
  return { label, box: { x0, y0, x1, y1 }, mask: masked ? filled(x0, y0, x1, y1) : null, score }
}

describe('mergeDuplicates', () => {
  it('leaves out a box that overlaps another of its label, keeps the better, and says why', () => {
    const worse = object('circle', [10, 10, 30, 30], 0.6)
    const better = object('circle', [11, 10, 31, 30], 0.9)
    const { kept, leftOut } = mergeDuplicates([worse, better], { iou: 0.7 })
    expect(kept).toEqual([better])
    expect(leftOut).toEqual([{ object: worse, keptAs: better, reason: 'The same "circle" twice: their boxes overlap by 90 %.' }])
  })

  it('keeps the first of two without scores, and the order of what remains', () => {
    const first = object('circle', [40, 40, 50, 50])
    const second = object('circle', [10, 10, 30, 30])
    const again = object('circle', [40, 40, 50, 51])
    expect(mergeDuplicates([first, second, again], { iou: 0.7 }).kept).toEqual([first, second])
  })

  it('keeps two that touch less than the threshold', () => {
    const both = [object('circle', [10, 10, 30, 30]), object('circle', [20, 10, 40, 30])]
    expect(mergeDuplicates(both, { iou: 0.7 }).kept).toEqual(both)
    expect(mergeDuplicates(both, { iou: 0.3 }).kept).toHaveLength(1)
  })

  it('never merges different labels, identical as they may be', () => {
    const both = [object('car', [10, 10, 30, 30]), object('truck', [10, 10, 30, 30])]
    expect(mergeDuplicates(both, { iou: 0.5 })).toEqual({ kept: both, leftOut: [] })
  })

  it('takes a tight box in a slightly larger one for the same object, and a small part for another', () => {
    const whole = object('car', [0, 0, 40, 40], 0.9)
    const tight = object('car', [3, 3, 37, 37], 0.8)
    const part = object('car', [5, 5, 15, 15], 0.7)
    const { kept, leftOut } = mergeDuplicates([whole, tight, part], { iou: 0.9 })
    expect(kept).toEqual([whole, part])
    expect(leftOut[0]!.reason).toBe('The same "car" twice: 100 % of one lies inside the other, which is hardly larger.')
  })

  it('goes by masks where there are any: equal boxes with different masks are two', () => {
    const box: Box = { x0: 0, y0: 0, x1: 40, y1: 40 }
    const left = { label: 'bone', box, mask: filled(0, 0, 18, 40), score: 0.9 }
    const right = { label: 'bone', box, mask: filled(20, 0, 40, 40), score: 0.9 }
    expect(mergeDuplicates([left, right], { iou: 0.5 }).kept).toEqual([left, right])
    const same = { label: 'bone', box: { x0: 0, y0: 0, x1: 60, y1: 60 }, mask: filled(0, 0, 18, 39), score: 0.8 }
    const { kept, leftOut } = mergeDuplicates([left, right, same], { iou: 0.5 })
    expect(kept).toEqual([left, right])
    expect(leftOut[0]!.reason).toContain('their masks overlap by 98 %')
  })

  it('keeps empty masks and merges identical objects even at a threshold of 1', () => {
    const empty = { ...object('x', [0, 0, 5, 5], 0.5), mask: filled(0, 0, 0, 0) }
    expect(mergeDuplicates([empty, { ...empty }], { iou: 0.5 }).kept).toHaveLength(2)
    const twice = object('x', [0, 0, 9, 9], 0.5, true)
    expect(mergeDuplicates([twice, { ...twice }], { iou: 1 }).kept).toHaveLength(1)
  })

  it('loses nothing: each object is kept or left out, and merging again changes nothing', () => {
    const side = fc.integer({ min: 1, max: 25 })
    const any = fc
      .record({ x: side, y: side, w: side, h: side, score: fc.double({ min: 0, max: 1, noNaN: true }), label: fc.constantFrom('a', 'b'), masked: fc.boolean() })
      .map(({ x, y, w, h, score, label, masked }) => object(label, [x, y, x + w, y + h], score, masked))
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), fc.double({ min: 0.1, max: 1, noNaN: true }), (objects, iou) => {
        const { kept, leftOut } = mergeDuplicates(objects, { iou })
        expect(new Set([...kept, ...leftOut.map(({ object }) => object)])).toEqual(new Set(objects))
        expect(kept.length + leftOut.length).toBe(objects.length)
        for (const { object, keptAs } of leftOut) {
          expect(kept).toContain(keptAs)
          expect(keptAs.label).toBe(object.label)
          expect(keptAs.score!).toBeGreaterThanOrEqual(object.score!)
        }
        expect(mergeDuplicates(kept, { iou }).leftOut).toEqual([])
      }),
      { numRuns: 60, seed: 2 },
    )
  })
})
