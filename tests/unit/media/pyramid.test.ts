/** Pyramids: exact to the last bit where the picture is, upright, and level for level where the window expects them. */
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decode16, decodeRgb } from '../../../src/core/media/decode.ts'
import { throughWindow, toDisplay8 } from '../../../src/core/media/display8.ts'
import { openPart, readSamples, writePyramid } from '../../../src/core/media/pyramid.ts'
import { SampleHistogram } from '../../../src/core/media/sampleStats.ts'
import { openSource } from '../../../src/core/media/source.ts'
import { isTiled, levelSizes } from '../../../src/shared/pictures.ts'
import { fromRgb, quarters, saved, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
const pyramidOf = async (file: string, name: string, frame = 0) => {
  const target = `${folder}/${name}.pyramid`
  return { target, info: await writePyramid(await openSource(file), frame, target) }
}
const sample = (x: number, y: number) => (x * 31 + y * 1009) & 65535
const deep = (width: number, height: number) => Uint16Array.from({ length: width * height }, (_, n) => sample(n % width, Math.floor(n / width)))
const png16 = (data: Uint16Array, width: number, channels: 1 | 2 | 3 | 4 = 1) =>
  sharp(data, { raw: { width, height: data.length / width / channels, channels } }).toColourspace(channels < 3 ? 'grey16' : 'rgb16').png({ compressionLevel: 1 })

describe('levels', () => {
  it.each([[1300, 900], [513, 512], [512, 512], [2000, 3], [3, 2000], [700, 1], [40, 30]])('of %d x %d are those that libvips writes', async (width, height) => {
    const file = saved(folder, 'levels.png', await sharp({ create: { width, height, channels: 3, background: '#123456' } }).png().toBuffer())
    const { target, info } = await pyramidOf(file, 'levels')
    expect(info.levels).toEqual(levelSizes({ width, height }))
    for (const [page, size] of info.levels.entries()) expect(await sharp(target, { page }).metadata()).toMatchObject(size)
    await expect(sharp(target, { page: info.levels.length }).metadata()).rejects.toThrow()
  })

  it('are wanted for large pictures only, for deep ones sooner', () => {
    expect([isTiled({ width: 4096, height: 9, depth: 8 }), isTiled({ width: 4097, height: 9, depth: 8 })]).toEqual([false, true])
    expect([isTiled({ width: 9, height: 2048, depth: 16 }), isTiled({ width: 9, height: 2049, depth: 16 })]).toEqual([false, true])
  })
})

describe('a pyramid', () => {
  it('holds the very pixels of a PNG, and its means below', async () => {
    const file = saved(folder, 'exact.png', await fromRgb(quarters(1400, 600)).png().toBuffer())
    const { target, info } = await pyramidOf(file, 'exact')
    expect(info).toMatchObject({ kind: 'exact', stats: null })
    const part = { x0: 600, y0: 200, x1: 1100, y1: 400 }
    const wanted = await sharp(file).extract({ left: 600, top: 200, width: 500, height: 200 }).raw().toBuffer()
    expect((await openPart(target, 0, part).raw().toBuffer()).equals(wanted)).toBe(true)
    const small = await openPart(target, 1, { x0: 0, y0: 0, x1: 700, y1: 300 }).raw().toBuffer()
    expect([...small.subarray(0, 3), ...small.subarray(-3)]).toEqual([255, 0, 0, 255, 255, 255])
  })

  it('is upright, and stays see-through', async () => {
    const turned = saved(folder, 'turned.jpg', await fromRgb(quarters(1200, 800)).withMetadata({ orientation: 6 }).jpeg().toBuffer())
    const { target, info } = await pyramidOf(turned, 'turned')
    expect([info.kind, info.levels[0]]).toEqual(['photo', { width: 800, height: 1200 }])
    const [red, green, blue] = await openPart(target, 0, { x0: 10, y0: 10, x1: 11, y1: 11 }).raw().toBuffer()
    expect([red! < 30, green! < 30, blue! > 220]).toEqual([true, true, true])
    const alpha = saved(folder, 'alpha.png', await fromRgb(quarters(600, 20)).ensureAlpha(0.5).png().toBuffer())
    const through = await pyramidOf(alpha, 'alpha')
    expect([...await openPart(through.target, 0, { x0: 0, y0: 0, x1: 1, y1: 1 }).raw().toBuffer()]).toEqual([255, 0, 0, 127])
  })

  it.each([1, 3] as const)('keeps 16 bits exactly, %d channel(s)', async (channels) => {
    const data = deep(700 * channels, 520)
    const file = saved(folder, 'deep.png', await png16(data, 700, channels).toBuffer())
    const { target, info } = await pyramidOf(file, `deep${String(channels)}`)
    expect(info.kind).toBe('deep')
    const whole = await readSamples(target, 0, { x0: 0, y0: 0, x1: 700, y1: 520 })
    expect(Buffer.from(whole.data.buffer).equals(Buffer.from((await decode16(file, 0)).data.buffer))).toBe(true)
    const { data: one } = await readSamples(target, 0, { x0: 600, y0: 513, x1: 601, y1: 514 })
    expect([...one]).toEqual([...data.subarray((513 * 700 + 600) * channels, (513 * 700 + 601) * channels)])
  })

  it('keeps them exactly where a colour profile would change them', async () => {
    const data = deep(900, 200)
    const file = saved(folder, 'profile.png', await png16(data, 300, 3).withIccProfile('srgb').toBuffer())
    expect((await sharp(file).metadata()).hasProfile).toBe(true)
    const { target } = await pyramidOf(file, 'profile')
    const { data: kept } = await readSamples(target, 0, { x0: 0, y0: 0, x1: 300, y1: 200 })
    expect(Buffer.from(kept.buffer).equals(Buffer.from((await decode16(file, 0)).data.buffer))).toBe(true)
  })

  it('knows the range of what can be seen, and its percentiles', async () => {
    // 1000..1999, once each, then a transparent outlier at either end.
    const visible = Array.from({ length: 1000 }, (_, n) => [1000 + n, 65535]).flat()
    const file = saved(folder, 'stats.png', await png16(Uint16Array.from([...visible, 0, 0, 65535, 0]), 1002, 2).toBuffer())
    const { info } = await pyramidOf(file, 'stats')
    expect(info.stats).toEqual({ bits: 16, range: { low: 1000, high: 1999 }, percentiles: { low: 1009, high: 1989 } })
  })

  it('fails in words about the picture, or about the disk', async () => {
    const whole = await fromRgb(quarters(900, 900)).jpeg().toBuffer()
    const short = saved(folder, 'short.jpg', whole.subarray(0, whole.length / 2))
    await expect(pyramidOf(short, 'short')).rejects.toMatchObject({ code: 'unreadable-image' })
    const file = saved(folder, 'fine.jpg', whole)
    await expect(pyramidOf(file, 'no/such/folder')).rejects.toMatchObject({ code: 'disk-full' })
    await expect(pyramidOf(file, 'frame', 3)).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})

describe('a window', () => {
  const image = (data: number[], channels = 1) => ({ width: data.length / channels, height: 1, channels, data: Uint16Array.from(data) })

  it('shows neighbouring values of 16 bits apart, and cuts what lies outside', () => {
    const { data } = throughWindow(image([0, 4999, 5000, 5001, 5002, 5005, 5006, 65535]), { low: 5000, high: 5005 })
    expect([...data]).toEqual([0, 0, 0, 51, 102, 255, 255, 255])
  })

  it('leaves alpha alone', () => {
    expect([...throughWindow(image([100, 65535, 200, 32768, 300, 0], 2), { low: 100, high: 300 }).data]).toEqual([0, 255, 128, 128, 255, 0])
  })

  it('over the whole range is what models see', async () => {
    const data = deep(300, 200)
    const file = saved(folder, 'range.png', await png16(data, 300).toBuffer())
    const histogram = new SampleHistogram()
    histogram.add({ width: 300, height: 200, channels: 1, data })
    const { data: shown } = throughWindow({ width: 300, height: 200, channels: 1, data }, histogram.stats(16).range)
    const seen = (await decodeRgb(file, 0)).data
    expect(shown.every((value, n) => value === seen[n * 3])).toBe(true)
    expect(toDisplay8(image([7, 9])).data).toEqual(Uint8Array.from([0, 0, 0, 255, 255, 255]))
  })

  it('of a picture of one value has a width', () => {
    const flat = (value: number) => {
      const histogram = new SampleHistogram()
      histogram.add(image([value, value]))
      return histogram.stats(16).range
    }
    expect([flat(0), flat(65535)]).toEqual([{ low: 0, high: 1 }, { low: 65534, high: 65535 }])
  })
})
