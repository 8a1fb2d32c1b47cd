import { describe, expect, it } from 'vitest'
import { EMPTY_VIEWPORT, fitImage, panBy, resizeTo, toImage } from '../../../../src/renderer/editor/viewport.ts'

const IMAGE = { width: 1200, height: 900 }
const fitted = (width: number, height: number) => fitImage({ ...EMPTY_VIEWPORT, width, height }, IMAGE)

describe('a canvas of another size', () => {
  it('fits an image again that was fitted', () => {
    expect(resizeTo(fitted(800, 600), 1000, 500, IMAGE)).toEqual(fitted(1000, 500))
    expect(resizeTo(fitted(1000, 500), 333, 777, IMAGE)).toEqual(fitted(333, 777))
  })

  it('keeps the middle and the zoom of any other view', () => {
    const moved = panBy(fitted(800, 600), 30, -20, IMAGE)
    const resized = resizeTo(moved, 1000, 500, IMAGE)
    expect(resized.scale).toBe(moved.scale)
    expect(toImage(resized, { x: 500, y: 250 })).toEqual(toImage(moved, { x: 400, y: 300 }))
  })
})
