import fc from 'fast-check'
import { expect, it } from 'vitest'
import { geometryHash, keep, keptValues } from '../../../src/core/formats/kept.ts'

const box = { x0: 0, y0: 1.5, x1: 1 / 3, y1: 2 }
const mask = (counts: string, height = 4) => ({ size: [height, 6] as [number, number], counts })

it('every number of a geometry counts, and how they are divided into outlines', () => {
  const geometries = [
    { box, mask: null, polygon: null },
    { box: { ...box, x1: 0.1 + 0.2 }, mask: null, polygon: null },
    { box: { ...box, x1: 0.3 }, mask: null, polygon: null },
    { box, mask: mask('04'), polygon: null },
    { box, mask: mask('04\0'), polygon: null },
    { box, mask: mask('40'), polygon: null },
    { box, mask: mask('04', 5), polygon: null },
    { box, mask: null, polygon: [] },
    { box, mask: null, polygon: [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]] },
    { box, mask: null, polygon: [[1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]] },
    { box, mask: mask('04'), polygon: [[1, 2, 3, 4, 5, 6]] },
  ]
  expect(new Set(geometries.map(geometryHash)).size).toBe(geometries.length)
})

it('what comes back from JSON is untouched, also a zero below zero and more corners than were met before', () => {
  const ring = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 6, maxLength: 3000 })
  fc.assert(
    fc.property(fc.array(ring, { maxLength: 4 }), fc.option(fc.string({ unit: 'binary-ascii' }), { nil: null }), (polygon, counts) => {
      const geometry = { box: { ...box, x0: -0 }, polygon, mask: counts === null ? null : mask(counts) }
      const source = keep('coco', { id: 1 }, geometry)
      const again = JSON.parse(JSON.stringify({ ...geometry, source })) as typeof geometry & { source: typeof source }
      expect(keptValues(again, 'coco')).toEqual({ values: { id: 1 }, untouched: true })
      expect(keptValues({ ...again, box: { ...again.box, x0: 1e-9 } }, 'coco')?.untouched).toBe(false)
      expect(keptValues(again, 'voc')).toBeNull()
    }),
    { numRuns: 50 },
  )
})
