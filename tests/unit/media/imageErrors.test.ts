import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeRgb, probe } from '../../../src/core/media/decode.ts'
import { hashFile } from '../../../src/core/media/hash.ts'
import { fileError } from '../../../src/core/media/imageErrors.ts'
import { fromRgb, greyTiff, quarters, saved, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
const shared = new URL('../../../../shared/testdata/images/', import.meta.url).pathname
const withShared = existsSync(shared)
const sharedTitle = withShared ? '' : ' (skipped: no ../shared/testdata/images)'
const root = process.getuid?.() === 0 || process.platform === 'win32'

const noise = (side: number) => ({ width: side, height: side, data: Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * i * 31) % 251) })
const refusal = (code: string, words: string) => ({ name: 'AppError', code, message: expect.stringContaining(words) })

describe('every unusable file says what is wrong and what to do', () => {
  it.each(['jpeg', 'png', 'webp', 'tiff', 'gif'] as const)('a %s that is cut short', async (format) => {
    const bytes = await fromRgb(noise(96)).toFormat(format).toBuffer()
    const file = saved(folder, `cut.${format}`, bytes.subarray(0, Math.floor(bytes.length * 0.6)))
    await expect(decodeRgb(file, 0)).rejects.toMatchObject({ name: 'AppError', code: 'unreadable-image', message: expect.stringMatching(/^cut\.\w+ is (cut short|damaged).*Copy it again/) })
  })

  it('a JPEG without its end is called cut short', async () => {
    const bytes = await fromRgb(noise(96)).jpeg().toBuffer()
    await expect(decodeRgb(saved(folder, 'cut.jpg', bytes.subarray(0, 3000)), 0)).rejects.toMatchObject(refusal('unreadable-image', 'cut.jpg is cut short'))
  })

  it('a PNG with a flipped byte is called damaged', async () => {
    const bytes = await fromRgb(noise(96)).png().toBuffer()
    bytes[bytes.length >> 1]! ^= 0xff
    await expect(decodeRgb(saved(folder, 'flipped.png', bytes), 0)).rejects.toMatchObject({ code: 'unreadable-image' })
  })

  it('a JPEG header with nothing behind it', async () => {
    const file = saved(folder, 'header.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]))
    await expect(probe(file)).rejects.toMatchObject(refusal('unreadable-image', 'header.jpg is damaged'))
  })

  it('an empty file', async () => {
    await expect(probe(saved(folder, 'empty.png', Buffer.alloc(0)))).rejects.toMatchObject(refusal('unreadable-image', 'empty.png is empty (0 bytes)'))
  })

  it.each([['notes.jpg', 'Dear diary'], ['BMW.bmp', 'BM is short for a lot of things, really']])('no image: %s', async (name, text) => {
    await expect(probe(saved(folder, name, Buffer.from(text)))).rejects.toMatchObject(refusal('unsupported-image', `${name} is not an image`))
  })

  it.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['SVG', '\ufeff<?xml version="1.0"?>\n<!-- x -->\n<svg width="9" height="9"/>'],
    ['PDF', '%PDF-1.7'],
    ['Photoshop', '8BPS\0\u0001'],
    ['HEIC', '\0\0\0\u0018ftypheic\0\0\0\0mif1heic'],
  ])('%s is refused by its name', async (format, text) => {
    await expect(decodeRgb(saved(folder, 'drawing.png', Buffer.from(text)), 0)).rejects.toMatchObject(refusal('unsupported-image', `drawing.png is ${format}`))
  })

  it('an unknown TIFF compression', async () => {
    const file = saved(folder, 'odd.tif', greyTiff([{ width: 2, height: 2, bits: 8, sampleFormat: 1, compression: 99, samples: Buffer.alloc(4) }]))
    await expect(decodeRgb(file, 0)).rejects.toMatchObject(refusal('unsupported-image', 'Save it as PNG or TIFF'))
  })

  it('a pixel bomb, before any pixel is decoded', async () => {
    const ihdr = (await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } }).png().toBuffer()).subarray(0, 33)
    ihdr.writeUInt32BE(65000, 16)
    ihdr.writeUInt32BE(64000, 20)
    const { crc32 } = await import('node:zlib')
    ihdr.writeUInt32BE(crc32(ihdr.subarray(12, 29)), 29)
    const idat = Buffer.from([0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54, 0x35, 0xaf, 0x06, 0x1e])
    const file = saved(folder, 'bomb.png', Buffer.concat([ihdr, idat]))
    for (const attempt of [probe(file), decodeRgb(file, 0)]) {
      await expect(attempt).rejects.toMatchObject(refusal('image-too-large', '65000 x 64000 pixels (4,160 megapixels); the limit is 1,000 megapixels'))
    }
  })

  it('the limit can be set', async () => {
    const file = saved(folder, 'ten.png', await fromRgb(quarters(10, 10)).png().toBuffer())
    await expect(probe(file, 99)).rejects.toMatchObject({ code: 'image-too-large', details: { width: 10, height: 10, limit: 99 } })
    expect(await probe(file, 100)).toMatchObject({ width: 10 })
  })

  it('a file that is not there, or no longer', async () => {
    const file = saved(folder, 'gone.png', await fromRgb(quarters(4, 4)).png().toBuffer())
    await probe(file)
    rmSync(file)
    await expect(decodeRgb(file, 0)).rejects.toMatchObject(refusal('not-found', `${file} is not there`))
    await expect(hashFile(file)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('a folder', async () => {
    await expect(probe(folder)).rejects.toMatchObject(refusal('unsupported-image', 'It is a folder'))
  })

  it('a file without permission', () => {
    const error = fileError(Object.assign(new Error('EACCES'), { code: 'EACCES' }), '/x/a.png')
    expect(error).toMatchObject(refusal('unreadable-image', 'No permission to read /x/a.png'))
  })

  it.skipIf(root)(`a file without permission, on disk${root ? ' (skipped: root and Windows read everything)' : ''}`, async () => {
    const file = saved(folder, 'locked.png', await fromRgb(quarters(4, 4)).png().toBuffer())
    chmodSync(file, 0)
    await expect(probe(file)).rejects.toMatchObject(refusal('unreadable-image', 'No permission'))
  })

  it('a cancelled decode', async () => {
    const file = saved(folder, 'fine.png', await fromRgb(quarters(4, 4)).png().toBuffer())
    await expect(decodeRgb(file, 0, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
    await expect(hashFile(file, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })

  it.skipIf(!withShared).each([
    ['truncated.jpg', 'unreadable-image', 'cut short'],
    ['truncated.png', 'unreadable-image', 'cut short'],
    ['corrupt-header.jpg', 'unreadable-image', 'damaged'],
    ['65536-uint32-limit.png', 'image-too-large', '65536 x 65536'],
  ])(`shared %s${sharedTitle}`, async (name, code, words) => {
    await expect(decodeRgb(shared + name, 0)).rejects.toMatchObject(refusal(code, words))
  })
})

describe('hashFile', () => {
  it('is SHA-256 of the content', async () => {
    expect(await hashFile(saved(folder, 'abc', Buffer.from('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    const large = saved(folder, 'large', Buffer.alloc(3_000_001, 5))
    const { createHash } = await import('node:crypto')
    expect(await hashFile(large)).toBe(createHash('sha256').update(readFileSync(join(folder, 'large'))).digest('hex'))
  })
})
