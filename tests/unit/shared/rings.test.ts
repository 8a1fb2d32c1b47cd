import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinRings } from '../../../src/core/formats/yolo/writeOutline.ts'
import { clipPolygon, traceParts, tracePolygon } from '../../../src/shared/polygons.ts'
import { rasterizePolygon } from '../../../src/shared/rasterize.ts'
import { cutRing, haveCrossing, isSound, liesIn, partsOf, polygonOf } from '../../../src/shared/rings.ts'
import { decodeRuns } from '../../../src/shared/rle.ts'
import { runsArea } from '../../../src/shared/rleMath.ts'
import { bitmaps } from '../../helpers/bitmaps.ts'

const SIZE = { width: 40, height: 40 }
const square = (x0: number, y0: number, x1: number, y1: number) => [x0, y0, x1, y0, x1, y1, x0, y1]
const area = (polygon: Parameters<typeof rasterizePolygon>[0]) => runsArea(rasterizePolygon(polygon, SIZE))
const sortedLoops = (loops: readonly (readonly number[])[]) => loops.map((loop) => [...loop].sort((a, b) => a - b).join()).sort()

describe('parts and holes', () => {
  it('of any mask become rings that fill the same pixels, and come back as the same loops', () => {
    fc.assert(
      fc.property(bitmaps(), (mask) => {
        const parts = traceParts(mask)
        const polygon = polygonOf(parts)
        expect(decodeRuns(rasterizePolygon(polygon, mask))).toEqual(mask)
        // A copy, so that nothing is remembered.
        const again = partsOf(structuredClone(polygon))
        expect(again.map(({ holes }) => holes.length)).toEqual(parts.map(({ holes }) => holes.length))
        again.forEach(({ outer, holes }, i) => {
          expect(sortedLoops([outer])).toEqual(sortedLoops([parts[i]!.outer]))
          expect(sortedLoops(holes)).toEqual(sortedLoops(parts[i]!.holes))
        })
        expect(again.every(isSound)).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('are found in rings that bridge along level lines too', () => {
    fc.assert(
      fc.property(bitmaps(), (mask) => {
        const { polygon, bridged } = tracePolygon(mask)
        const parts = partsOf(polygon)
        expect(parts.reduce((sum, { holes }) => sum + holes.length, 0)).toBe(bridged)
        expect(decodeRuns(rasterizePolygon(polygonOf(parts), mask))).toEqual(mask)
      }),
      { numRuns: 200 },
    )
  })

  it('and parts that another tool joined to one ring are told apart again', () => {
    fc.assert(
      fc.property(bitmaps(), (mask) => {
        const { polygon } = tracePolygon(mask)
        if (polygon.length === 0) return
        const ring = joinRings(polygon, mask)
        const parts = partsOf([ring])
        const corners = polygon.map((own) => new Set(Array.from({ length: own.length / 2 }, (_, i) => `${String(own[2 * i])},${String(own[2 * i + 1])}`)))
        const areApart = corners.every((own, i) => corners.every((other, j) => i === j || [...own].every((corner) => !other.has(corner))))
        if (areApart) expect(parts).toHaveLength(polygon.length)
        expect(decodeRuns(rasterizePolygon(polygonOf(parts), mask))).toEqual(mask)
      }),
      { numRuns: 300 },
    )
  })

  it('that cross each other in one ring stay together', () => {
    const ring = [0, 0, 20, 0, 20, 20, 0, 20, 0, 0, 15, 15, 30, 15, 30, 30, 15, 30, 15, 15]
    const parts = partsOf([ring])
    expect(parts).toHaveLength(1)
    expect(area(polygonOf(parts))).toBe(area([ring]))
    expect(area([ring])).toBe(400 + 225 - 2 * 25)
  })

  it('with fractions, holes that touch the outline or each other, and a ring that begins in the hole', () => {
    const outer = [1.3, 2.7, 35.1, 0.2, 38.8, 37.4, 3.9, 36.6]
    const holes = [[10.2, 10.1, 20.7, 12.3, 15.5, 21.9], [15.5, 21.9, 25.3, 22.2, 22.1, 30.8]]
    const ring = polygonOf([{ outer, holes }])[0]!
    const alone = area([outer]) - area([holes[0]!]) - area([holes[1]!])
    expect(area([ring])).toBe(alone)
    for (let turn = 0; turn < ring.length; turn += 2) {
      const [part] = partsOf([[...ring.slice(turn), ...ring.slice(0, turn)]])
      expect(part!.holes).toHaveLength(2)
      expect(sortedLoops([part!.outer])).toEqual(sortedLoops([outer]))
    }
    const corner = polygonOf([{ outer: square(0, 0, 20, 20), holes: [[0, 0, 10, 5, 5, 10]] }])
    expect(area(corner)).toBe(400 - area([[0, 0, 10, 5, 5, 10]]))
    expect(partsOf(structuredClone(corner))[0]!.holes).toHaveLength(1)
  })

  it('survive being cut by the edge of the image', () => {
    const [outer, hole] = [square(-10, 5, 30, 35), [-5.3, 10.1, 20.2, 11.7, 3.3, 30.9]]
    const clipped = clipPolygon(polygonOf([{ outer, holes: [hole] }]), SIZE)
    expect(area(clipped)).toBe(area(clipPolygon([outer], SIZE)) - area(clipPolygon([hole], SIZE)))
    expect(area(clipped)).toBeLessThan(30 * 30)
  })

  it('a plain ring, a spike and a closing point stay what they are', () => {
    const ring = square(1, 1, 9, 9)
    expect(partsOf([ring])).toEqual([{ outer: ring, holes: [] }])
    expect(partsOf([[...ring, 1, 1]])).toEqual([{ outer: ring, holes: [] }])
    const spiked = [1, 1, 9, 1, 20, 1, 9, 1, 9, 9]
    expect(partsOf([spiked])[0]!.outer).toEqual(spiked)
  })
})

describe('cutting', () => {
  const part = { outer: square(2, 2, 38, 38), holes: [square(5, 5, 10, 10)] }

  it('makes a hole, takes a hole inside along, and leaves what it does not meet', () => {
    expect(cutRing([part], square(20, 20, 30, 30))![0]!.holes).toHaveLength(2)
    const wide = cutRing([part], square(4, 4, 30, 30))!
    expect(wide[0]!.holes).toEqual([square(4, 4, 30, 30)])
    expect(area(polygonOf(wide))).toBe(36 * 36 - 26 * 26)
    expect(cutRing([part], square(6, 6, 9, 9))).toEqual([part])
  })

  it('takes whole parts, up to all of them', () => {
    const island = { outer: square(6, 6, 9, 9), holes: [] }
    expect(cutRing([part, island], square(4, 4, 12, 12))).toEqual([{ ...part, holes: [square(4, 4, 12, 12)] }])
    expect(cutRing([island], square(1, 1, 30, 30))).toEqual([])
  })

  it('across an outline, across itself, or where two parts overlap can only be told by pixels', () => {
    expect(cutRing([part], square(30, 20, 39, 30))).toBeNull()
    expect(cutRing([part], [15, 15, 30, 30, 30, 15, 15, 30])).toBeNull()
    expect(cutRing([part, { outer: square(15, 15, 30, 30), holes: [] }], square(20, 20, 25, 25))).toBeNull()
  })
})

describe('rings', () => {
  it('lie in each other where they touch, not where they cross or are the same', () => {
    expect(liesIn(square(0, 0, 5, 5), square(0, 0, 10, 10))).toBe(true)
    expect(liesIn(square(0, 0, 10, 10), square(0, 0, 10, 10))).toBe(false)
    expect(liesIn(square(5, 5, 15, 9), square(0, 0, 10, 10))).toBe(false)
    // All corners in a U, an edge across its mouth.
    expect(liesIn([1, 1, 9, 1, 5, 9], [0, 0, 2, 0, 2, 8, 8, 8, 8, 0, 10, 0, 10, 10, 0, 10])).toBe(false)
  })

  it('cross themselves in a bow tie, not where they touch at a corner', () => {
    expect(haveCrossing([[0, 0, 10, 10, 10, 0, 0, 10]])).toBe(true)
    expect(haveCrossing([[0, 0, 5, 5, 10, 0, 10, 10, 5, 5, 0, 10]])).toBe(false)
  })
})
