import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cropToRle, rleToCrop } from '../../../../src/shared/maskCrop.ts'
import { bitmapToRle } from '../../../../src/shared/rleString.ts'
import { combineCrops, foregroundBox, splitCrop } from '../../../../src/renderer/editor/maskCrop.ts'
import type { Combination } from '../../../../src/renderer/editor/maskCrop.ts'
import { strokeCrop } from '../../../../src/renderer/editor/tools/stroke.ts'

const size = { width: 7, height: 5 }
const bits = fc.array(fc.constantFrom(0, 1), { minLength: 35, maxLength: 35 })
const rleOf = (data: readonly number[]) => bitmapToRle({ ...size, data: Uint8Array.from(data) })

describe('mask crops', () => {
  it('to COCO and back is the same mask as the whole bitmap gives', () => {
    fc.assert(fc.property(bits, (data) => {
      expect(cropToRle(rleToCrop(rleOf(data)), size)).toEqual(rleOf(data))
    }))
  })

  it('combine pixel by pixel', () => {
    const rules: Record<Combination, (a: number, b: number) => number> = { union: (a, b) => a | b, subtract: (a, b) => a & ~b & 1, intersect: (a, b) => a & b }
    fc.assert(fc.property(bits, bits, fc.constantFrom<Combination>('union', 'subtract', 'intersect'), (a, b, how) => {
      const combined = combineCrops(rleToCrop(rleOf(a)), rleToCrop(rleOf(b)), how)
      expect(cropToRle(combined, size)).toEqual(rleOf(a.map((value, i) => rules[how](value, b[i]!))))
    }))
  })

  it('split: parts do not touch, and together are the whole', () => {
    fc.assert(fc.property(bits, (data) => {
      const whole = rleToCrop(rleOf(data))
      const parts = splitCrop(whole)
      const sum = parts.reduce((all, part) => combineCrops(all, part, 'union'), { ...whole, data: new Uint8Array(whole.data.length) })
      expect(cropToRle(sum, size)).toEqual(rleOf(data))
      for (const part of parts) expect(splitCrop(part)).toHaveLength(1)
    }))
  })

  it('a stroke covers the discs at its ends and what is between, on the image only', () => {
    const crop = strokeCrop([{ x: 1.5, y: 2.5 }, { x: 9, y: 2.5 }], 1, size)
    expect(foregroundBox(crop)).toEqual({ x0: 0, y0: 1, x1: 7, y1: 4 })
    expect(rleToCrop(cropToRle(crop, size)).data.reduce((sum, value) => sum + value, 0)).toBe(19)
  })
})
