/** What a browser is given for each kind of file: the file itself, or pixels it shows rightly. */
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addImages } from '../../../src/core/services/addImages.ts'
import { AppFiles } from '../../../src/core/services/appFiles.ts'
import { AppPictures, MAX_SCREEN_SIDE } from '../../../src/core/services/appPictures.ts'
import { AppSession } from '../../../src/core/services/appSession.ts'
import { Roots } from '../../../src/core/services/roots.ts'
import type { ImageId } from '../../../src/shared/model.ts'
import { fromRgb, quarters } from '../media/fixtures.ts'

let folder: string
let session: AppSession
let pictures: AppPictures
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'marquee-pictures-')))
  session = await AppSession.open(join(folder, 'data'), join(folder, 'test.marquee'))
  pictures = new AppPictures(new AppFiles(session, await Roots.of([folder])), join(folder, 'thumbnails'))
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

  it('what is larger than a screen needs is made smaller, in its shape', async () => {
    const id = await added('wide.png', sharp({ create: { width: MAX_SCREEN_SIDE * 2, height: 10, channels: 3, background: '#123456' } }).png())
    const { width, height } = await sharp((await pictures.image(id, 0)).bytes).metadata()
    expect([width, height]).toEqual([MAX_SCREEN_SIDE, 5])
  })

  it('a file cut short, or no picture at all, is refused in words that name it as the list does', async () => {
    const whole = await photo().resize(400).jpeg().toBuffer()
    const short = await added('short.jpg', whole.subarray(0, whole.length / 2))
    await expect(pictures.thumbnail(short)).rejects.toMatchObject({ code: 'unreadable-image', message: expect.stringMatching(/^short\.jpg is cut short/) as string })
    await expect(pictures.image(short, 0)).rejects.toMatchObject({ code: 'unreadable-image', message: expect.stringMatching(/^short\.jpg is cut short/) as string })
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

  it('asked for by many windows at once is whole for each, and leaves no scraps', async () => {
    const id = await added('many.png', photo().png())
    const all = await Promise.all(Array.from({ length: 12 }, () => pictures.thumbnail(id)))
    for (const { bytes } of all) expect(bytes.equals(all[0]!.bytes)).toBe(true)
    const kept = await readdir(join(folder, 'thumbnails'), { recursive: true })
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
