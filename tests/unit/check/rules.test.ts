import { describe, expect, it } from 'vitest'
import { usualSize } from '../../../src/core/check/outliers.ts'
import { RULES } from '../../../src/core/check/rules.ts'
import type { CheckedImage } from '../../../src/core/check/rule.ts'
import type { Annotation } from '../../../src/shared/model.ts'
import { runsArea } from '../../../src/shared/rleMath.ts'
import { bitmapToRle, rleToRuns } from '../../../src/shared/rleString.ts'
import { annotation } from '../../helpers/annotations.ts'

const SIZE = { width: 64, height: 48 }
const rule = (id: string) => RULES.find((one) => one.id === id)!
const image = (...annotations: Annotation[]): CheckedImage => ({ ...SIZE, annotations })

/** A mask of filled rectangles [x0, y0, x1, y1). */
function mask(...boxes: [number, number, number, number][]): Annotation['mask'] {
  const data = new Uint8Array(SIZE.width * SIZE.height)
  for (const [x0, y0, x1, y1] of boxes) for (let y = y0; y < y1; y++) data.fill(1, y * SIZE.width + x0, y * SIZE.width + x1)
  return bitmapToRle({ ...SIZE, data })
}

const box = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1 })
const square = { box: box(10, 10, 30, 30), mask: mask([10, 10, 30, 30]) }

describe('a sound image', () => {
  it('has no findings', () => {
    const sound = image(annotation(1, square), annotation(2, { box: box(40, 5, 60, 25), polygon: [[40, 5, 60, 5, 50, 25]] }), annotation(3))
    expect(RULES.flatMap((one) => one.find(sound))).toEqual([])
  })
})

describe('objects without a pixel', () => {
  it('are found and removed', () => {
    const bad = [annotation(1, { box: box(5, 5, 5, 9) }), annotation(2, { ...square, mask: mask() }), annotation(3, { box: box(1, 1, 9, 9), polygon: [[100, 100, 120, 100, 110, 130]] })]
    const checked = image(...bad, annotation(4, square))
    expect(rule('empty').find(checked).map(({ annotationIds }) => annotationIds[0])).toEqual(bad.map(({ id }) => id))
    expect(rule('empty').fix!(checked, [bad[0]!.id, bad[2]!.id])).toMatchObject({ removed: [bad[0], bad[2]], updated: [], added: [] })
  })
})

describe('boxes outside', () => {
  it('are cut off at the border, with the polygon; what is wholly outside goes', () => {
    const over = annotation(1, { box: box(-3.5, 10, 20, 20), polygon: [[-3.5, 10, 20, 10, 20, 20, -3.5, 20]] })
    const gone = annotation(2, { box: box(70, 0, 80, 10) })
    const checked = image(over, gone, annotation(3, square))
    expect(rule('outside').find(checked).map(({ words }) => words)).toEqual(['its box reaches 3.5 pixels over the border', 'its box reaches 16 pixels over the border'])
    const { updated, removed } = rule('outside').fix!(checked, [over.id, gone.id])
    expect(updated[0]![1].box).toEqual(box(0, 10, 20, 20))
    expect(Math.min(...updated[0]![1].polygon![0]!.filter((_, n) => n % 2 === 0))).toBe(0)
    expect(removed).toEqual([gone])
  })
})

describe('specks', () => {
  it('of fewer than 16 pixels are found; the rest stays and the box is tight', () => {
    const speckled = annotation(1, { box: box(10, 10, 62, 41), mask: mask([10, 10, 30, 30], [60, 40, 62, 41], [50, 5, 54, 9]) })
    const checked = image(speckled)
    expect(rule('specks').find(checked)[0]!.words).toBe('2 pixels lie apart in specks')
    const fixed = rule('specks').fix!(checked, [speckled.id]).updated[0]![1]
    expect(runsArea(rleToRuns(fixed.mask!))).toBe(400 + 16)
    expect(fixed.box).toEqual(box(10, 5, 54, 30))
    expect(rule('specks').find(image(fixed))).toEqual([])
  })

  it('a mask that is one speck is an object', () => {
    expect(rule('specks').find(image(annotation(1, { box: box(1, 1, 3, 3), mask: mask([1, 1, 3, 3]) })))).toEqual([])
  })
})

describe('outlines that cross themselves', () => {
  it.each([
    ['a bow tie', [0, 0, 10, 10, 10, 0, 0, 10], true],
    ['a square', [0, 0, 10, 0, 10, 10, 0, 10], false],
    ['a square with a bridge to a hole', [0, 0, 9, 0, 9, 9, 0, 9, 0, 0, 3, 3, 3, 6, 6, 6, 6, 3, 3, 3], false],
    ['two squares that touch at a point', [0, 0, 5, 0, 5, 5, 10, 5, 10, 10, 5, 10, 5, 5, 0, 5], false],
    ['a star', [5, 0, 8, 10, 0, 4, 10, 4, 2, 10], true],
  ])('%s: %j', (_, ring, expected) => {
    const drawn = annotation(1, { box: box(0, 0, 10, 10), polygon: [ring] })
    expect(rule('crossing').find(image(drawn))).toHaveLength(expected ? 1 : 0)
  })

  it('become the mask they fill', () => {
    const bow = annotation(1, { box: box(0, 0, 20, 20), polygon: [[0, 0, 20, 20, 20, 0, 0, 20]] })
    const fixed = rule('crossing').fix!(image(bow), [bow.id]).updated[0]![1]
    expect(fixed.polygon).toBeNull()
    expect(runsArea(rleToRuns(fixed.mask!))).toBeGreaterThan(100)
  })
})

describe('the same object twice', () => {
  it('an accepted object stays before a proposal, else the upper one', () => {
    const twin = { ...square, mask: mask([10, 10, 30, 31]), box: box(10, 10, 30, 31) }
    const accepted = annotation(1, square)
    const proposed = annotation(2, { ...twin, state: 'proposed' })
    expect(rule('duplicates').find(image(accepted, proposed))[0]!.annotationIds).toEqual([proposed.id, accepted.id])
    const upper = annotation(3, twin)
    const [found] = rule('duplicates').find(image(accepted, upper))
    expect(found!.annotationIds).toEqual([accepted.id, upper.id])
    expect(rule('duplicates').fix!(image(accepted, upper), found!.annotationIds).removed).toEqual([accepted])
  })

  it('masks decide where there are some: two rings in one box are two objects', () => {
    const ring = annotation(1, { box: box(10, 10, 30, 30), mask: mask([10, 10, 30, 12], [10, 28, 30, 30]) })
    const core = annotation(2, { box: box(10, 10, 30, 30), mask: mask([10, 12, 30, 28]) })
    expect(rule('duplicates').find(image(ring, core))).toEqual([])
    expect(rule('duplicates').find(image(annotation(1, { box: box(1, 1, 9, 9) }), annotation(2, { box: box(1, 1, 9, 9) })))).toHaveLength(1)
  })
})

describe('usual sizes', () => {
  it('need a dozen objects, and forgive what is within a factor of eight', () => {
    expect(usualSize(Array<number>(11).fill(100))).toBeNull()
    const usual = usualSize([...Array<number>(20).fill(100), 1, 100_000])!
    expect(usual.median).toBeCloseTo(100)
    expect([usual.least, usual.most].map(Math.round)).toEqual([13, 800])
  })

  it('a wide spread widens the bounds', () => {
    const areas = Array.from({ length: 50 }, (_, n) => 10 ** (1 + n / 12))
    const usual = usualSize(areas)!
    expect(areas.every((area) => area >= usual.least && area <= usual.most)).toBe(true)
  })
})
