import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { OverlayAnnotation } from '../../../src/core/media/overlay.ts'
import { overlayPng } from '../../../src/core/media/overlay.ts'
import { escapeXml } from '../../../src/core/media/overlaySvg.ts'
import { saved, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
const grey = async (width: number, height: number) =>
  saved(folder, `grey-${width}x${height}.png`, await sharp({ create: { width, height, channels: 3, background: '#808080' } }).png().toBuffer())

const thing: OverlayAnnotation = { box: { x0: 100, y0: 100, x1: 300, y1: 200 }, mask: null, label: 'dog', color: '#ff0000', score: 0.87, proposed: false }

async function pixels(png: Buffer) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { ...info, at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)] }
}

describe('overlayPng', () => {
  it('outlines the box and leaves its inside and the rest alone', async () => {
    const image = await pixels(await overlayPng(await grey(400, 300), 0, [thing]))
    expect([image.width, image.height]).toEqual([400, 300])
    for (const [x, y] of [[100, 150], [300, 150], [200, 200]] as const) expect(image.at(x, y)[0]).toBeGreaterThan(image.at(x, y)[1]! + 60)
    expect(image.at(200, 150)).toEqual([128, 128, 128])
    expect(image.at(350, 250)).toEqual([128, 128, 128])
  })

  it('tints what the mask covers, also when shrunk', async () => {
    const mask = { width: 3200, height: 1600, data: new Uint8Array(3200 * 1600) }
    for (let y = 800; y < 1200; y++) mask.data.fill(1, y * 3200 + 2000, y * 3200 + 2400)
    const box = { x0: 2000, y0: 800, x1: 2400, y1: 1200 }
    const image = await pixels(await overlayPng(await grey(3200, 1600), 0, [{ ...thing, box, mask, color: '#00ff00' }]))
    expect([image.width, image.height]).toEqual([1600, 800])
    expect(image.at(1100, 500)).toEqual([70, 185, 70])
    expect(image.at(900, 500)).toEqual([128, 128, 128])
  })

  it('dashes the outline of a proposal', async () => {
    const gaps = async (proposed: boolean) => {
      const image = await pixels(await overlayPng(await grey(400, 300), 0, [{ ...thing, proposed }]))
      return Array.from({ length: 180 }, (_, i) => image.at(110 + i, 200)).filter(([red, green]) => red! - green! < 20).length
    }
    expect(await gaps(false)).toBe(0)
    expect(await gaps(true)).toBeGreaterThan(40)
  })

  it('writes a tag above the box, inside the picture at the rim', async () => {
    const count = (image: Awaited<ReturnType<typeof pixels>>, x0: number, y0: number, x1: number, y1: number) => {
      let red = 0
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) if (image.at(x, y)[0]! > 200 && image.at(x, y)[1]! < 60) red++
      return red
    }
    const above = await pixels(await overlayPng(await grey(400, 300), 0, [thing]))
    expect(count(above, 100, 84, 160, 98)).toBeGreaterThan(200)
    const rim = { x0: 350, y0: 0, x1: 400, y1: 300 }
    const inside = await pixels(await overlayPng(await grey(400, 300), 0, [{ ...thing, box: rim }]))
    expect(count(inside, 330, 2, 400, 16)).toBeGreaterThan(200)
  })

  it.each(['<b>&"\'', '狗 🐕', 'a\u0000\u001b\ud800z', 'x'.repeat(5000), '</svg>', ' '])('draws any label: %j', async (label) => {
    expect((await pixels(await overlayPng(await grey(400, 300), 0, [{ ...thing, label }]))).width).toBe(400)
  })

  it('can be cancelled', async () => {
    await expect(overlayPng(await grey(400, 300), 0, [], AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })
})

it('escapeXml keeps letters and defuses the rest', () => {
  expect(escapeXml('<a href="x">\'&é狗\n\u0001\ud800')).toBe('&lt;a href=&quot;x&quot;&gt;&apos;&amp;é狗\n\ufffd\ufffd')
})
