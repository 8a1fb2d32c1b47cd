/** Huge pictures are made smaller for the models; limits of a few pixels stand for those of millions. */
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeRgb } from '../../../src/core/media/decode.ts'
import { decodeSeen, SEEN_LIMITS } from '../../../src/core/media/seen.ts'
import { fromRgb, greyTiff, quarters, saved, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
const limits = { whole: 4000, reduced: 600 }
const MIDDLES = [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]] as const
const coloursOf = ({ width, height, data }: { width: number; height: number; data: Uint8Array }) =>
  MIDDLES.map(([x, y]) => [...data.subarray(3 * (Math.floor(y * height) * width + Math.floor(x * width))).subarray(0, 3)])
const FOUR = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]

describe('a picture beyond the limit', () => {
  it('is seen smaller, upright, with its own size told', async () => {
    const turned = await fromRgb(quarters(100, 60)).rotate(270).withMetadata({ orientation: 6 }).png().toBuffer()
    const image = await decodeSeen(saved(folder, 'turned.png', turned), 0, {}, limits)
    expect(image).toMatchObject({ width: 32, height: 19, full: { width: 100, height: 60 } })
    expect(coloursOf(image)).toEqual(FOUR)
  })

  it('is that in every kind: JPEG, see-through on white, pages of 16 bits through a window', async () => {
    const photo = await decodeSeen(saved(folder, 'photo.jpg', await fromRgb(quarters(800, 600)).jpeg({ quality: 100 }).toBuffer()), 0, {}, limits)
    expect(photo).toMatchObject({ width: 28, height: 21, full: { width: 800, height: 600 } })
    coloursOf(photo).forEach((colour, n) => colour.forEach((value, i) => expect(Math.abs(value - FOUR[n]![i]!)).toBeLessThan(4)))

    const clear = sharp({ create: { width: 100, height: 60, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } }).png()
    expect(new Set((await decodeSeen(saved(folder, 'clear.png', await clear.toBuffer()), 0, {}, limits)).data)).toEqual(new Set([255]))

    const page = (values: (n: number) => number) => ({
      width: 100, height: 60, bits: 16, sampleFormat: 1,
      samples: Buffer.from(Uint16Array.from({ length: 6000 }, (_, n) => values(n)).buffer),
    })
    const deep = saved(folder, 'deep.tif', greyTiff([page(() => 7), page((n) => (n % 100 < 50 ? 1000 : 1200))]))
    const image = await decodeSeen(deep, 1, { window: { low: 1000, high: 1400 } }, limits)
    expect(image).toMatchObject({ width: 32, height: 19 })
    coloursOf(image).forEach(([grey], n) => expect(Math.abs(grey! - [0, 127.5, 0, 127.5][n]!)).toBeLessThan(2))
    await expect(decodeSeen(deep, 2, {}, limits)).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})

it('up to the limit a picture is seen as it is', async () => {
  const file = saved(folder, 'small.png', await fromRgb(quarters(80, 50)).png().toBuffer())
  expect(await decodeSeen(file, 0, {}, limits)).toEqual(await decodeRgb(file, 0))
  expect(SEEN_LIMITS.reduced).toBeLessThan(SEEN_LIMITS.whole)
})

it('what is cut short is an error, not half a picture, and a call that was cancelled ends', async () => {
  const bytes = await fromRgb(quarters(800, 600)).png().toBuffer()
  const file = saved(folder, 'cut.png', bytes.subarray(0, bytes.length * 0.6))
  await expect(decodeSeen(file, 0, {}, limits)).rejects.toMatchObject({ code: 'unreadable-image' })
  await expect(decodeSeen(file, 0, { signal: AbortSignal.abort() }, limits)).rejects.toMatchObject({ code: 'cancelled' })
})
