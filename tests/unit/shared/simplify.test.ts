import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { traceParts } from '../../../src/shared/polygons.ts'
import { rasterizePolygon } from '../../../src/shared/rasterize.ts'
import { isSound, partsOf, polygonOf } from '../../../src/shared/rings.ts'
import { maskIou, runsArea } from '../../../src/shared/rleMath.ts'
import { simplifyLine, simplifyPolygon } from '../../../src/shared/simplify.ts'
import { bitmaps } from '../../helpers/bitmaps.ts'

const SIZE = { width: 200, height: 200 }
const circle = (x: number, y: number, radius: number, corners: number) =>
  Array.from({ length: corners }, (_, i) => (2 * Math.PI * i) / corners).flatMap((at) => [x + radius * Math.cos(at), y + radius * Math.sin(at)])
const distanceTo = (ring: readonly number[], x: number, y: number) => {
  const far = (i: number) => {
    const j = (i + 2) % ring.length
    const [ax, ay, dx, dy] = [ring[i]!, ring[i + 1]!, ring[j]! - ring[i]!, ring[j + 1]! - ring[i + 1]!]
    const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)))
    return Math.hypot(ax + t * dx - x, ay + t * dy - y)
  }
  return Math.min(...Array.from({ length: ring.length / 2 }, (_, i) => far(2 * i)))
}

describe('a simpler polygon', () => {
  it('has fewer corners, each old one within the tolerance, and says how well it still fits', () => {
    const ring = circle(100, 100, 80, 720)
    const { polygon, before, after, iou } = simplifyPolygon([ring], 1, SIZE)
    expect(before).toBe(720)
    expect(after).toBe(polygon[0]!.length / 2)
    expect(after).toBeLessThan(60)
    for (let i = 0; i < ring.length; i += 2) expect(distanceTo(polygon[0]!, ring[i]!, ring[i + 1]!)).toBeLessThanOrEqual(1 + 1e-9)
    expect(iou).toBe(maskIou(rasterizePolygon([ring], SIZE), rasterizePolygon(polygon, SIZE)))
    expect(iou).toBeGreaterThan(0.97)
    expect(simplifyPolygon([ring], 8, SIZE).iou).toBeLessThan(iou)
  })

  it('of any mask keeps its parts and holes, three corners each, and some of its pixels', () => {
    fc.assert(
      fc.property(bitmaps(), fc.constantFrom(0.3, 0.8, 2, 50), (mask, tolerance) => {
        const polygon = polygonOf(traceParts(mask))
        const simpler = simplifyPolygon(polygon, tolerance, mask)
        const parts = partsOf(simpler.polygon)
        expect(parts.map(({ holes }) => holes.length)).toEqual(partsOf(polygon).map(({ holes }) => holes.length))
        for (const { outer, holes } of parts) for (const loop of [outer, ...holes]) expect(loop.length).toBeGreaterThanOrEqual(6)
        expect(parts.every(isSound)).toBe(true)
        expect(runsArea(rasterizePolygon(simpler.polygon, mask)) > 0).toBe(mask.data.includes(1))
        expect(simpler.after).toBeLessThanOrEqual(simpler.before)
      }),
      { numRuns: 300 },
    )
  })

  it('a hole near the outline never comes to lie across it', () => {
    const polygon = polygonOf([{ outer: circle(100, 100, 90, 400), holes: [circle(100, 100, 88, 400)] }])
    const simpler = simplifyPolygon(polygon, 20, SIZE)
    expect(simpler.after).toBeLessThan(400)
    expect(isSound(partsOf(simpler.polygon)[0]!)).toBe(true)
  })

  it('an outline that crosses itself already is simplified all the same', () => {
    const bow = [...Array.from({ length: 50 }, (_, i) => [10 + i, 10 + i]).flat(), 60, 10, 12, 60]
    expect(simplifyPolygon([bow], 1, SIZE).after).toBe(4)
  })

  it('a line keeps its ends and its corners', () => {
    const points = Array.from({ length: 21 }, (_, i) => ({ x: Math.min(i, 10), y: Math.max(0, i - 10) + (i % 2) / 10 }))
    expect(simplifyLine(points, 0.5)).toEqual([points[0], points[10], points[20]])
  })
})
