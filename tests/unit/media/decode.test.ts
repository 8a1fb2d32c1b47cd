import { existsSync, readFileSync } from 'node:fs'
import { decode as decodePng } from 'fast-png'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decode16, decodeRgb, probe } from '../../../src/core/media/decode.ts'
import type { ModelWindow } from '../../../src/shared/pictures.ts'
import { fromRgb, greyTiff, quarters, saved, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
const shared = new URL('../../../../shared/testdata/images/', import.meta.url).pathname
const withShared = existsSync(shared)
const sharedTitle = withShared ? '' : ' (skipped: no ../shared/testdata/images)'

const pixel = (image: { width: number; data: ArrayLike<number> }, x: number, y: number) =>
  [0, 1, 2].map((channel) => image.data[(y * image.width + x) * 3 + channel])

const bytesOf = (data: ArrayBufferView) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)
/** For arrays that are too long to print. */
const sameBytes = (a: ArrayBufferView, b: ArrayBufferView) => bytesOf(a).equals(bytesOf(b))

describe('orientation', () => {
  /** Where the stored picture holds the upright pixel (x, y) of a W x H picture (EXIF 2.32, tag 274). */
  const storedAt: ((x: number, y: number, W: number, H: number) => [number, number])[] = [
    (x, y) => [x, y],
    (x, y, W) => [W - 1 - x, y],
    (x, y, W, H) => [W - 1 - x, H - 1 - y],
    (x, y, _, H) => [x, H - 1 - y],
    (x, y) => [y, x],
    (x, y, W) => [y, W - 1 - x],
    (x, y, W, H) => [H - 1 - y, W - 1 - x],
    (x, y, _, H) => [H - 1 - y, x],
  ]
  const turned = (upright: ReturnType<typeof quarters>, orientation: number) => {
    const { width, height, data } = upright
    const stored = { width: orientation > 4 ? height : width, height: orientation > 4 ? width : height, data: new Uint8Array(data.length) }
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [sx, sy] = storedAt[orientation - 1]!(x, y, width, height)
        stored.data.set(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3), (sy * stored.width + sx) * 3)
      }
    }
    return fromRgb(stored)
  }
  for (const format of ['jpeg', 'png', 'webp', 'tiff'] as const) {
    it.each([1, 2, 3, 4, 5, 6, 7, 8])(`${format} with tag %d is shown upright`, async (orientation) => {
      const pipeline = turned(quarters(48, 32), orientation).withMetadata({ orientation })
      const bytes = await pipeline.toFormat(format, { quality: 100, lossless: format === 'webp' }).toBuffer()
      const file = saved(folder, `turned-${orientation}.${format}`, bytes)
      expect(await probe(file)).toMatchObject({ width: 48, height: 32, orientation, frames: 1, depth: 8, format })
      const image = await decodeRgb(file, 0)
      expect([image.width, image.height, image.data.length]).toEqual([48, 32, 48 * 32 * 3])
      const wanted = quarters(48, 32)
      for (const [x, y] of [[8, 8], [40, 8], [8, 24], [40, 24]] as const) {
        pixel(image, x, y).forEach((value, channel) => { expect(Math.abs(value! - pixel(wanted, x, y)[channel]!)).toBeLessThanOrEqual(4) })
      }
    })
  }

  it.skipIf(!withShared)(`the eight shared JPEGs are 600 x 450${sharedTitle}`, async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const file = `${shared}Landscape_${orientation}.jpg`
      expect(await probe(file)).toMatchObject({ width: 600, height: 450, orientation })
      expect(await decodeRgb(file, 0)).toMatchObject({ width: 600, height: 450 })
    }
  })
})

describe('depth', () => {
  const values = Uint16Array.from({ length: 65536 }, (_, i) => (i * 40503) % 65536)

  it('16-bit grey is exact, and windowed for show', async () => {
    const png = await sharp(values, { raw: { width: 256, height: 256, channels: 1 } }).toColourspace('grey16').png().toBuffer()
    const file = saved(folder, 'grey16.png', png)
    expect(await probe(file)).toMatchObject({ width: 256, height: 256, depth: 16 })
    const image = await decode16(file, 0)
    expect([image.width, image.height, image.channels]).toEqual([256, 256, 1])
    expect(sameBytes(image.data, decodePng(png).data)).toBe(true)
    expect(sameBytes(image.data, values)).toBe(true)
    const shown = await decodeRgb(file, 0)
    const wanted = Uint8Array.from({ length: values.length * 3 }, (_, i) => Math.floor(values[Math.floor(i / 3)]! / 257 + 0.5))
    expect(sameBytes(shown.data, wanted)).toBe(true)
  })

  it('16-bit RGB is exact', async () => {
    const rgb = Uint16Array.from({ length: 6 * 4 * 3 }, (_, i) => (i * 911) % 65536)
    const png = await sharp(rgb, { raw: { width: 6, height: 4, channels: 3 } }).toColourspace('rgb16').png().toBuffer()
    const image = await decode16(saved(folder, 'rgb16.png', png), 0)
    expect(image.channels).toBe(3)
    expect(decodePng(png).data).toEqual(rgb)
    expect(image.data).toEqual(rgb)
  })

  it('16 bits are exact when turned upright', async () => {
    const samples = Buffer.from(Uint16Array.from([1, 20002, 30003, 40004, 50005, 60006]).buffer)
    const file = saved(folder, 'turned16.tif', greyTiff([{ width: 3, height: 2, bits: 16, sampleFormat: 1, orientation: 6, samples }]))
    expect(await probe(file)).toMatchObject({ width: 2, height: 3, orientation: 6, depth: 16 })
    expect(await decode16(file, 0)).toEqual({ width: 2, height: 3, channels: 1, data: Uint16Array.from([40004, 1, 50005, 20002, 60006, 30003]) })
  })

  it('a narrow 16-bit window is spread over 0..255', async () => {
    const samples = Buffer.from(Uint16Array.from([1000, 1100, 1200, 1300]).buffer)
    const file = saved(folder, 'narrow.tif', greyTiff([{ width: 2, height: 2, bits: 16, sampleFormat: 1, samples }]))
    expect([...(await decodeRgb(file, 0)).data]).toEqual([0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255])
  })

  it('what differs by little is told apart through a narrow window, and through the one of 1 to 99 %', async () => {
    // Two steps among 200 values, and one pixel that makes the range wide.
    const values = Uint16Array.from({ length: 400 }, (_, n) => (n === 0 ? 60_000 : n % 2 === 0 ? 1000 : 1002))
    const file = saved(folder, 'hidden.tif', greyTiff([{ width: 20, height: 20, bits: 16, sampleFormat: 1, samples: Buffer.from(values.buffer) }]))
    const pairs = async (window?: ModelWindow) => [...(await decodeRgb(file, 0, { window })).data.subarray(0, 9)].filter((_, n) => n % 3 === 0)
    expect(await pairs()).toEqual([255, 0, 0])
    expect(await pairs({ low: 1000, high: 1004 })).toEqual([255, 128, 0])
    expect(await pairs('percentiles')).toEqual([255, 255, 0])
    const flat = saved(folder, 'flat8.png', await fromRgb(quarters(2, 2)).png().toBuffer())
    expect((await decodeRgb(flat, 0, { window: { low: 0, high: 9 } })).data).toEqual(quarters(2, 2).data)
  })

  it('floating point and 32-bit pictures are windowed over their range, NaN left out', async () => {
    const floats = Buffer.from(Float32Array.from([-100, 0, NaN, 100]).buffer)
    const float = saved(folder, 'float.tif', greyTiff([{ width: 2, height: 2, bits: 32, sampleFormat: 3, samples: floats }]))
    expect([...(await decodeRgb(float, 0)).data]).toEqual([0, 0, 0, 128, 128, 128, 0, 0, 0, 255, 255, 255])
    const ints = Buffer.from(Int32Array.from([-100000, 0, 0, 100000]).buffer)
    const int = saved(folder, 'int.tif', greyTiff([{ width: 2, height: 2, bits: 32, sampleFormat: 2, samples: ints }]))
    expect([...(await decodeRgb(int, 0)).data]).toEqual([0, 0, 0, 128, 128, 128, 128, 128, 128, 255, 255, 255])
  })

  it.each([[2, 'short'], [3, 'float']])('16-bit samples of format %d are refused, not clipped', async (sampleFormat, name) => {
    const file = saved(folder, `odd-${name}.tif`, greyTiff([{ width: 2, height: 2, bits: 16, sampleFormat, samples: Buffer.alloc(8, 9) }]))
    await expect(decodeRgb(file, 0)).rejects.toMatchObject({ code: 'unsupported-image', message: expect.stringContaining(`16-bit "${name}" samples`) })
  })

  it('decode16 refuses an 8-bit file', async () => {
    const file = saved(folder, 'eight.png', await fromRgb(quarters(4, 4)).png().toBuffer())
    await expect(decode16(file, 0)).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it.skipIf(!withShared)(`16-bit grey and alpha with a profile is exact${sharedTitle}`, async () => {
    const image = await decode16(`${shared}16-bit-grey-alpha.png`, 0)
    expect(image.channels).toBe(2)
    expect(sameBytes(image.data, decodePng(readFileSync(`${shared}16-bit-grey-alpha.png`)).data)).toBe(true)
  })
})

describe('colour', () => {
  it('a palette becomes its colours', async () => {
    const file = saved(folder, 'palette.png', await fromRgb(quarters(20, 20)).png({ palette: true, colours: 4 }).toBuffer())
    expect((await decodeRgb(file, 0)).data).toEqual(quarters(20, 20).data)
  })

  it('grey and alpha are laid on white', async () => {
    const greyAlpha = Buffer.from([0, 255, 0, 0, 100, 255, 0, 128])
    const png = await sharp(greyAlpha, { raw: { width: 4, height: 1, channels: 2 } }).toColourspace('b-w').png().toBuffer()
    const { data } = await decodeRgb(saved(folder, 'grey-alpha.png', png), 0)
    expect([0, 1, 2].map((i) => data[i * 3])).toEqual([0, 255, 100])
    expect(Math.abs(data[9]! - 127)).toBeLessThanOrEqual(1)
  })

  it('RGBA in 16 bits is laid on white after windowing what can be seen', async () => {
    const rgba = Uint16Array.from([1000, 1000, 1000, 65535, 2000, 1500, 1000, 65535, 60000, 60000, 60000, 0])
    const png = await sharp(rgba, { raw: { width: 3, height: 1, channels: 4 } }).toColourspace('rgb16').png().toBuffer()
    expect([...(await decodeRgb(saved(folder, 'rgba16.png', png), 0)).data]).toEqual([0, 0, 0, 255, 128, 0, 255, 255, 255])
  })

  it('CMYK becomes sRGB', async () => {
    const file = saved(folder, 'cmyk.jpg', await fromRgb(quarters(32, 32)).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer())
    expect((await sharp(file).metadata()).space).toBe('cmyk')
    const image = await decodeRgb(file, 0)
    expect(image.data.length).toBe(32 * 32 * 3)
    const [red, green, blue] = pixel(image, 8, 8)
    expect(red).toBeGreaterThan(200)
    expect(green).toBeLessThan(80)
    expect(blue).toBeLessThan(80)
    expect(Math.min(...(pixel(image, 24, 24) as number[]))).toBeGreaterThan(245)
  })
})

describe('frames', () => {
  const page = (width: number, value: number) => ({ width, height: 2, bits: 8, sampleFormat: 1, samples: Buffer.alloc(width * 2, value) })

  it('a TIFF gives each page, of its own size', async () => {
    const file = saved(folder, 'pages.tif', greyTiff([page(2, 10), page(4, 20), page(6, 30)]))
    expect(await probe(file)).toMatchObject({ width: 2, height: 2, frames: 3 })
    for (const frame of [0, 1, 2]) {
      const image = await decodeRgb(file, frame)
      expect([image.width, new Set(image.data)]).toEqual([2 + frame * 2, new Set([10 + frame * 10])])
    }
    await expect(decodeRgb(file, 3)).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('3 frame(s)') })
  })

  it.each(['gif', 'webp'] as const)('an animated %s gives each picture', async (format) => {
    const frames = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    const data = Buffer.from(frames.flatMap((rgb) => Array.from({ length: 16 * 16 }, () => rgb).flat()))
    const bytes = await sharp(data, { raw: { width: 16, height: 48, channels: 3, pageHeight: 16 } }).toFormat(format, { lossless: format === 'webp' }).toBuffer()
    const file = saved(folder, `animated.${format}`, bytes)
    expect(await probe(file)).toMatchObject({ width: 16, height: 16, frames: 3, format })
    for (const frame of [0, 1, 2]) {
      const image = await decodeRgb(file, frame)
      expect([image.width, image.height, pixel(image, 5, 5)]).toEqual([16, 16, frames[frame]])
    }
  })

  it('a file replaced under its name shows the new pixels', async () => {
    const file = saved(folder, 'replaced.png', await fromRgb(quarters(8, 8)).png().toBuffer())
    await decodeRgb(file, 0)
    saved(folder, 'replaced.png', await fromRgb({ width: 8, height: 8, data: new Uint8Array(192).fill(7) }).png().toBuffer())
    expect(new Set((await decodeRgb(file, 0)).data)).toEqual(new Set([7]))
  })
})

describe('names', () => {
  it.each(['фото.png', '写真 1.png', '🦓🎉.png', 'cafe\u0301.png', '50% #1?.png', 'wrong ending.jpg', 'no ending'])('%s', async (name) => {
    const file = saved(folder, process.platform === 'win32' ? name.replace('?', '') : name, await fromRgb(quarters(8, 8)).png().toBuffer())
    expect(await probe(file)).toMatchObject({ width: 8, format: 'png' })
    expect((await decodeRgb(file, 0)).data).toEqual(quarters(8, 8).data)
  })
})
