/** What a browser is given for each kind of file: the file itself, or pixels it shows rightly. */
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addImages } from '../../../src/core/services/addImages.ts'
import { AppFiles } from '../../../src/core/services/appFiles.ts'
import { PyramidCache } from '../../../src/core/services/pyramidCache.ts'
import { AppPictures } from '../../../src/core/services/appPictures.ts'
import { AppSession } from '../../../src/core/services/appSession.ts'
import { Roots } from '../../../src/core/services/roots.ts'
import type { ImageId } from '../../../src/shared/model.ts'
import { MAX_SCREEN_SIDE, OVERVIEW_SIDE } from '../../../src/shared/pictures.ts'
import { fromRgb, quarters } from '../media/fixtures.ts'

let folder: string
let session: AppSession
let pictures: AppPictures
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'marquee-pictures-')))
  session = await AppSession.open(join(folder, 'data'), join(folder, 'test.marquee'))
  pictures = new AppPictures(new AppFiles(session, await Roots.of([folder])), join(folder, 'kept'))
})
afterAll(async () => {
  session.close()
  await rm(folder, { recursive: true, force: true })
})

async function added(name: string, bytes: Uint8Array | Sharp): Promise<ImageId> {
  const file = join(folder, name)
  await writeFile(file, bytes instanceof Uint8Array ? bytes : await bytes.toBuffer())
  const { ids } = await addImages(session.project, [file])
  return ids[0]!
}

/** The pixel at a place given as shares of the picture's sides. */
async function pixel(bytes: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(bytes).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels
  return [...data.subarray(at, at + 3)]
}

const near = (actual: number[], wanted: number[], by = 6) => {
  actual.forEach((value, n) => {
    expect(Math.abs(value - wanted[n]!), `${actual.join()} for ${wanted.join()}`).toBeLessThanOrEqual(by)
  })
}
const photo = () => fromRgb(quarters(64, 48))

describe('a picture for the screen', () => {
  it.each([
    ['plain.jpg', 'image/jpeg', () => photo().jpeg()],
    ['grey.jpg', 'image/jpeg', () => photo().greyscale().jpeg()],
    ['plain.png', 'image/png', () => photo().png()],
    ['palette.png', 'image/png', () => photo().png({ palette: true })],
    ['alpha.png', 'image/png', () => photo().ensureAlpha(0.5).png()],
    ['plain.webp', 'image/webp', () => photo().webp()],
  ] as const)('%s is sent as it is', async (name, type, make) => {
    const id = await added(name, make())
    const picture = await pictures.image(id, 0)
    expect(picture.type).toBe(type)
    expect(picture.bytes.equals(await readFile(join(folder, name)))).toBe(true)
  })

  it('a turned JPEG is sent upright, without the tag that would turn it again', async () => {
    // Orientation 6: the viewer turns it a quarter to the right, so the stored left column comes on top.
    const id = await added('turned.jpg', photo().withMetadata({ orientation: 6 }).jpeg({ quality: 95 }))
    const { type, bytes } = await pictures.image(id, 0)
    const { width, height, orientation } = await sharp(bytes).metadata()
    expect([type, width, height, orientation]).toEqual(['image/jpeg', 48, 64, undefined])
    near(await pixel(bytes, 0.2, 0.2), [0, 0, 255])
    near(await pixel(bytes, 0.8, 0.2), [255, 0, 0])
  })

  it('a CMYK JPEG becomes RGB, as the models see it', async () => {
    const id = await added('cmyk.jpg', photo().toColourspace('cmyk').jpeg({ quality: 95 }))
    expect((await sharp(join(folder, 'cmyk.jpg')).metadata()).space).toBe('cmyk')
    const { type, bytes } = await pictures.image(id, 0)
    expect([type, (await sharp(bytes).metadata()).space]).toEqual(['image/jpeg', 'srgb'])
    const [red, green, blue] = await pixel(bytes, 0.2, 0.2)
    expect(red! > 150 && green! < 100 && blue! < 100, `${String(red)} ${String(green)} ${String(blue)}`).toBe(true)
  })

  it('16 bits become the 8 that a screen has, stretched over what the picture holds', async () => {
    const dim = Uint16Array.from({ length: 64 * 48 }, (_, n) => 1000 + (n % 64) * 10)
    const id = await added('deep.png', sharp(dim, { raw: { width: 64, height: 48, channels: 1 } }).toColourspace('grey16').png())
    expect((await sharp(join(folder, 'deep.png')).metadata()).depth).toBe('ushort')
    const { type, bytes } = await pictures.image(id, 0)
    expect([type, (await sharp(bytes).metadata()).depth]).toEqual(['image/png', 'uchar'])
    expect((await pixel(bytes, 0.01, 0.5))[0]).toBeLessThan(20)
    expect((await pixel(bytes, 0.99, 0.5))[0]).toBeGreaterThan(235)
  })

  it('what no browser reads, and pages, become PNG', async () => {
    const pages = Buffer.concat([quarters(8, 6).data, Buffer.alloc(8 * 6 * 3, 7)])
    const tiff = sharp(pages, { raw: { width: 8, height: 12, channels: 3, pageHeight: 6 } }).tiff({ compression: 'none' })
    const id = await added('pages.tif', tiff)
    const { type, bytes } = await pictures.image(id, 1)
    expect([type, (await sharp(bytes).metadata()).height]).toEqual(['image/png', 6])
    near(await pixel(bytes, 0.2, 0.2), [7, 7, 7], 0)
    await expect(pictures.image(id, 2)).rejects.toMatchObject({ code: 'invalid-argument' })
    const animation = await added('moves.webp', sharp(pages, { raw: { width: 8, height: 12, channels: 3, pageHeight: 6 } }).webp({ lossless: true, loop: 0 }))
    expect((await pictures.image(animation, 0)).type).toBe('image/png')
  })

  it('one that is tiled comes as an overview, in its shape', async () => {
    const id = await added('wide.png', sharp({ create: { width: MAX_SCREEN_SIDE * 2, height: 16, channels: 3, background: '#123456' } }).png())
    const { width, height } = await sharp((await pictures.image(id, 0)).bytes).metadata()
    expect([width, height]).toEqual([OVERVIEW_SIDE, 4])
  })

  it('what can be seen through stays so, whatever it is made from', async () => {
    const alpha = () => photo().ensureAlpha(0.5)
    const tiff = await added('alpha.tif', alpha().tiff({ compression: 'lzw' }))
    const rgba = Uint16Array.from([1000, 1000, 1000, 65535, 2000, 1500, 1000, 32896])
    const deep = await added('alpha16.png', sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } }).toColourspace('rgb16').png())
    for (const [id, last] of [[tiff, 127], [deep, 128]] as const) {
      const { data, info } = await sharp((await pictures.image(id, 0)).bytes).raw().toBuffer({ resolveWithObject: true })
      expect([info.channels, data.at(-1)]).toEqual([4, last])
    }
  })

  it('a file cut short, or no picture at all, is refused in words that name it as the list does', async () => {
    const whole = await photo().resize(400).jpeg().toBuffer()
    const short = await added('short.jpg', whole.subarray(0, whole.length / 2))
    await expect(pictures.thumbnail(short)).rejects.toMatchObject({ code: 'unreadable-image', message: expect.stringMatching(/^short\.jpg is cut short/) as string })
    await expect(pictures.image(short, 0)).rejects.toMatchObject({ code: 'unreadable-image', message: expect.stringMatching(/^short\.jpg is cut short/) as string })
    expect(await pictures.problem(short, 0)).toMatch(/^short\.jpg is cut short/)
    expect(await pictures.problem(await added('whole.jpg', whole), 0)).toBeNull()
    const none = await added('none.png', Buffer.from('no picture'))
    await expect(pictures.image(none, 0)).rejects.toMatchObject({ code: 'unreadable-image', message: expect.stringMatching(/^none\.png is not an image/) as string })
    await expect(pictures.thumbnail(none)).rejects.toMatchObject({ code: 'unreadable-image' })
    const gone = await added('gone.jpg', whole)
    await rm(join(folder, 'gone.jpg'))
    const error: unknown = await pictures.image(gone, 0).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'not-found', message: expect.stringMatching(/^gone\.jpg is not there/) as string, details: {} })
    await expect(pictures.image(999 as ImageId, 0)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('bytes behind the end of a JPEG harm nothing', async () => {
    const id = await added('tail.jpg', Buffer.concat([await photo().jpeg().toBuffer(), Buffer.from('made by a camera')]))
    near(await pixel((await pictures.image(id, 0)).bytes, 0.2, 0.2), [255, 0, 0], 12)
  })
})

describe('a thumbnail', () => {
  it('is small, upright, and made once', async () => {
    const id = await added('big.jpg', fromRgb(quarters(800, 400)).withMetadata({ orientation: 6 }).jpeg())
    const first = await pictures.thumbnail(id)
    const { width, height } = await sharp(first.bytes).metadata()
    expect([first.type, width, height]).toEqual(['image/jpeg', 96, 192])
    near(await pixel(first.bytes, 0.2, 0.2), [0, 0, 255], 12)
    near(await pixel(first.bytes, 0.8, 0.2), [255, 0, 0], 12)
    // The bytes kept are what is given from now on: the file is not decoded again.
    const source = await readFile(join(folder, 'big.jpg'))
    await writeFile(join(folder, 'big.jpg'), source.fill(0, 200))
    expect((await pictures.thumbnail(id)).bytes.equals(first.bytes)).toBe(true)
  })

  it('of a deep picture spreads what values it has, and prepares nothing else on disk', async () => {
    const values = Uint16Array.from({ length: 2400 * 300 }, (_, n) => 5000 + Math.floor((n % 2400) / 2))
    const id = await added('deep-list.png', sharp(values, { raw: { width: 2400, height: 300, channels: 1 } }).toColourspace('grey16').png())
    const before = await readdir(join(folder, 'kept', 'pyramids'))
    const { bytes } = await pictures.thumbnail(id)
    const { width, height } = await sharp(bytes).metadata()
    expect([width, height]).toEqual([192, 24])
    near(await pixel(bytes, 0.02, 0.5), [5, 5, 5])
    near(await pixel(bytes, 0.98, 0.5), [250, 250, 250])
    expect(await readdir(join(folder, 'kept', 'pyramids'))).toEqual(before)
  })

  it('asked for by many windows at once is whole for each, and leaves no scraps', async () => {
    const id = await added('many.png', photo().png())
    const all = await Promise.all(Array.from({ length: 12 }, () => pictures.thumbnail(id)))
    for (const { bytes } of all) expect(bytes.equals(all[0]!.bytes)).toBe(true)
    const kept = await readdir(join(folder, 'kept', 'thumbnails'), { recursive: true })
    expect(kept.filter((name) => name.includes('.part'))).toEqual([])
    expect(kept.filter((name) => name.endsWith('.jpg')).length).toBeGreaterThan(0)
  })

  it('that can not be kept is given all the same', async () => {
    const blocked = join(folder, 'blocked')
    await writeFile(blocked, 'a file where the folder should be')
    const id = await added('kept.png', photo().png())
    const unkept = new AppPictures(new AppFiles(session, await Roots.of([folder])), blocked)
    expect((await unkept.thumbnail(id)).bytes.length).toBeGreaterThan(100)
  })
})

describe('tiles', () => {
  const exact = (bytes: Buffer) => sharp(bytes).removeAlpha().raw().toBuffer()

  it('are the very pixels at their place, smaller at the edges, and upright', async () => {
    const width = 4200
    const data = Uint8Array.from({ length: width * 600 * 3 }, (_, n) => (n * 7 + (n >> 8)) & 255)
    const id = await added('tiled.png', sharp(data, { raw: { width, height: 600, channels: 3 } }).png({ compressionLevel: 1 }))
    const tile = await pictures.tile(id, 0, { level: 0, x: 8, y: 1 })
    const { width: tileWidth, height: tileHeight } = await sharp(tile.bytes).metadata()
    expect([tile.type, tileWidth, tileHeight]).toEqual(['image/png', 104, 88])
    const wanted = await sharp(data, { raw: { width, height: 600, channels: 3 } }).extract({ left: 4096, top: 512, width: 104, height: 88 }).raw().toBuffer()
    expect((await exact(tile.bytes)).equals(wanted)).toBe(true)

    const turned = await added('turned-tiles.jpg', fromRgb(quarters(4200, 1000)).withMetadata({ orientation: 8 }).jpeg())
    // Orientation 8: a quarter to the left, so the stored right column comes on top.
    const top = await pictures.tile(turned, 0, { level: 0, x: 0, y: 0 })
    expect(top.type).toBe('image/jpeg')
    near(await pixel(top.bytes, 0.2, 0.2), [0, 255, 0], 12)
    near(await pixel((await pictures.tile(turned, 0, { level: 0, x: 0, y: 8 })).bytes, 0.2, 0.2), [255, 0, 0], 12)
  })

  it('that are not there are refused', async () => {
    const id = await added('few.png', sharp({ create: { width: 4200, height: 600, channels: 3, background: '#123456' } }).png())
    for (const at of [{ level: 0, x: 9, y: 0 }, { level: 0, x: 0, y: 2 }, { level: 4, x: 1, y: 0 }, { level: 5, x: 0, y: 0 }]) {
      await expect(pictures.tile(id, 0, at), JSON.stringify(at)).rejects.toMatchObject({ code: 'invalid-argument' })
    }
    await expect(pictures.tile(id, 1, { level: 0, x: 0, y: 0 })).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('of a file that was replaced are those of the new one', async () => {
    const flat = (background: string) => sharp({ create: { width: 5000, height: 10, channels: 3, background } }).png()
    const id = await added('replaced.png', flat('#112233'))
    near(await pixel((await pictures.tile(id, 0, { level: 0, x: 0, y: 0 })).bytes, 0.5, 0.5), [17, 34, 51], 0)
    await added('replaced.png', flat('#445566'))
    near(await pixel((await pictures.tile(id, 0, { level: 0, x: 0, y: 0 })).bytes, 0.5, 0.5), [68, 85, 102], 0)
    near(await pixel((await pictures.image(id, 0)).bytes, 0.5, 0.5), [68, 85, 102], 0)
  })
})

describe('a deep picture', () => {
  const values = Uint16Array.from({ length: 2100 * 8 }, (_, n) => 3000 + (n % 2100))
  const make = () => sharp(values, { raw: { width: 2100, height: 8, channels: 1 } }).toColourspace('grey16').png()

  it('is shown through the window that is asked for, in steps of single values', async () => {
    const id = await added('window.png', make())
    const window = { low: 3100, high: 3105 }
    const grey = async (bytes: Buffer, column: number) => (await exact(bytes))[column]!
    const { bytes } = await pictures.tile(id, 0, { level: 0, x: 0, y: 0 }, window)
    expect(await Promise.all([99, 100, 101, 102, 105, 106].map((column) => grey(bytes, column)))).toEqual([0, 0, 51, 102, 255, 255])
    const whole = await pictures.image(id, 0, { low: 3000, high: 3001 })
    expect(await grey(whole.bytes, 500)).toBe(255)
  })

  it('tells its range, its percentiles and single values; others tell none', async () => {
    const id = await added('told.png', make())
    expect(await pictures.samples(id, 0)).toEqual({ bits: 16, range: { low: 3000, high: 5099 }, percentiles: { low: 3020, high: 5078 } })
    expect(await pictures.sampleAt(id, 0, 1234, 7)).toEqual([4234])
    expect(await pictures.sampleAt(id, 0, 2100, 0)).toEqual([])
    const plain = await added('plain8.png', photo().png())
    expect([await pictures.samples(plain, 0), await pictures.sampleAt(plain, 0, 1, 1)]).toEqual([null, []])
  })

  const exact = (bytes: Buffer) => sharp(bytes).toColourspace('b-w').raw().toBuffer()
})

describe('pyramids on disk', () => {
  it('are made once for many, kept, and make room for newer ones', async () => {
    const place = join(folder, 'small disk')
    const file = (name: string) => join(folder, name)
    for (const name of ['one.png', 'two.png']) await writeFile(file(name), await fromRgb(quarters(600, 600)).png().toBuffer())
    const bytes = 600 * 600 * 3
    const cache = new PyramidCache(place, bytes * 2)
    const [first, again] = await Promise.all([cache.get(file('one.png'), 0), cache.get(file('one.png'), 0)])
    expect(again.file).toBe(first.file)
    expect(await cache.find(file('two.png'), 0)).toBeNull()
    expect((await new PyramidCache(place).find(file('one.png'), 0))?.levels).toEqual(first.levels)
    const second = await cache.get(file('two.png'), 0)
    expect((await readdir(place)).sort()).toEqual([second.file, second.file.replace('.tif', '.json')].map((one) => basename(one)).sort())
    expect(await cache.find(file('one.png'), 0)).toBeNull()
  })

  it('that can not be written say so, and no scraps stay', async () => {
    const blocked = join(folder, 'blocked pyramids')
    await writeFile(blocked, 'a file where the folder should be')
    await writeFile(join(folder, 'three.png'), await fromRgb(quarters(600, 600)).png().toBuffer())
    await expect(new PyramidCache(blocked).get(join(folder, 'three.png'), 0)).rejects.toMatchObject({ code: 'disk-full' })
    const place = join(folder, 'scraps')
    await writeFile(join(folder, 'broken.png'), (await readFile(join(folder, 'three.png'))).subarray(0, 800))
    await expect(new PyramidCache(place).get(join(folder, 'broken.png'), 0)).rejects.toMatchObject({ code: 'unreadable-image' })
    expect(await readdir(place)).toEqual([])
  })
})
