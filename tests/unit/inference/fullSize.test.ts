import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runsToFull } from '../../../src/core/inference/fullSize.ts'
import { decodeRuns, encodeBitmap } from '../../../src/shared/rle.ts'

const size = fc.record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) })
const mask = size.chain(({ width, height }) =>
  fc.array(fc.integer({ min: 0, max: 1 }), { minLength: width * height, maxLength: width * height }).map((data) => ({ width, height, data: Uint8Array.from(data) })),
)

it('a mask at full size is the nearest of what was seen, pixel by pixel, in normal form', () => {
  fc.assert(
    fc.property(mask, fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 25 }), (seen, more, taller) => {
      const full = { width: seen.width + more, height: seen.height + taller }
      const runs = runsToFull(encodeBitmap(seen), { x: full.width / seen.width, y: full.height / seen.height, full })
      const wanted = Uint8Array.from({ length: full.width * full.height }, (_, n) => {
        const [x, y] = [n % full.width, Math.floor(n / full.width)]
        return seen.data[Math.floor(((y + 0.5) * seen.height) / full.height) * seen.width + Math.floor(((x + 0.5) * seen.width) / full.width)]!
      })
      expect(decodeRuns(runs).data).toEqual(wanted)
      expect(runs).toEqual(encodeBitmap({ ...full, data: wanted }))
    }),
  )
})
