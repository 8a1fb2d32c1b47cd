import { encode } from 'fast-bmp'
import { describe, expect, it } from 'vitest'
import { decodeRgb, probe } from '../../../src/core/media/decode.ts'
import { bmp, quarters, saved, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
const decoded = async (name: string, bytes: Uint8Array) => [...(await decodeRgb(saved(folder, name, bytes), 0)).data]

describe('BMP', () => {
  it('24 bits, as fast-bmp writes them', async () => {
    const { width, height, data } = quarters(7, 5)
    const file = saved(folder, 'rgb.bmp', encode({ width, height, channels: 3, bitsPerPixel: 24, data }))
    expect(await probe(file)).toEqual({ width: 7, height: 5, orientation: 1, depth: 8, frames: 1, format: 'bmp' })
    expect((await decodeRgb(file, 0)).data).toEqual(data)
  })

  it('rows from the top', async () => {
    const pixels = Buffer.from([3, 2, 1, 0, 6, 5, 4, 0])
    expect(await decoded('down.bmp', bmp({ width: 1, height: -2, bits: 24, pixels }))).toEqual([1, 2, 3, 4, 5, 6])
    expect(await decoded('up.bmp', bmp({ width: 1, height: 2, bits: 24, pixels }))).toEqual([4, 5, 6, 1, 2, 3])
  })

  const palette = Buffer.from([0, 0, 0, 0, 30, 20, 10, 0, 60, 50, 40, 0])
  it.each([
    [1, [0b01000000], [0, 0, 0, 10, 20, 30, 0, 0, 0]],
    [4, [0x12, 0x10], [10, 20, 30, 40, 50, 60, 10, 20, 30]],
    [8, [2, 0, 1], [40, 50, 60, 0, 0, 0, 10, 20, 30]],
  ])('%d bits go through the palette', async (bits, row, wanted) => {
    const pixels = Buffer.alloc(4)
    pixels.set(row)
    expect(await decoded(`palette${bits}.bmp`, bmp({ width: 3, height: 1, bits, extra: palette, pixels }))).toEqual(wanted)
  })

  it('16 bits are 5-5-5, or what the masks say', async () => {
    const pixels = Buffer.from([0x00, 0x7c, 0xe0, 0x03])
    expect(await decoded('555.bmp', bmp({ width: 2, height: 1, bits: 16, pixels }))).toEqual([255, 0, 0, 0, 255, 0])
    const extra = Buffer.from(Uint32Array.from([0xf800, 0x7e0, 0x1f]).buffer)
    const rgb565 = Buffer.from([0x00, 0xf8, 0xe0, 0x07])
    expect(await decoded('565.bmp', bmp({ width: 2, height: 1, bits: 16, compression: 3, extra, pixels: rgb565 }))).toEqual([255, 0, 0, 0, 255, 0])
  })

  it('32 bits: the fourth byte is no alpha; masks may name any order', async () => {
    const pixels = Buffer.from([3, 2, 1, 0])
    expect(await decoded('32.bmp', bmp({ width: 1, height: 1, bits: 32, pixels }))).toEqual([1, 2, 3])
    const extra = Buffer.from(Uint32Array.from([0xff, 0xff00, 0xff000000]).buffer)
    expect(await decoded('abgr.bmp', bmp({ width: 1, height: 1, bits: 32, compression: 3, extra, pixels }))).toEqual([3, 2, 0])
  })

  it.each([
    ['cut short', 'rows are missing', bmp({ width: 100, height: 100, bits: 24, pixels: Buffer.alloc(10) })],
    ['compressed', 'compressed BMP', bmp({ width: 4, height: 1, bits: 8, compression: 1, pixels: Buffer.alloc(4) })],
    ['of no size', 'damaged', bmp({ width: 0, height: 1, bits: 24, pixels: Buffer.alloc(4) })],
    ['of 7 bits', '7 bits per pixel', bmp({ width: 1, height: 1, bits: 7, pixels: Buffer.alloc(4) })],
    ['too large', '40000 x 40000 pixels', bmp({ width: 40000, height: 40000, bits: 1, pixels: Buffer.alloc(4) })],
    ['half a header', 'header is incomplete', bmp({ width: 1, height: 1, bits: 24, pixels: Buffer.alloc(4) }).subarray(0, 40)],
  ])('%s: says so', async (name, words, bytes) => {
    await expect(decodeRgb(saved(folder, `${name}.bmp`, bytes), 0)).rejects.toThrow(words)
  })
})
