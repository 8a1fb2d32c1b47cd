/** Palettes, pictures that can be seen through, and files that are broken inside although their header is fine. */
import { join } from 'node:path'
import { readFile, writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { addPictures, colourAt } from '../../helpers/pixels.ts'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()
const flat = (background: string | { r: number; g: number; b: number; alpha: number }, channels: 3 | 4 = 3) =>
  sharp({ create: { width: 200, height: 150, channels, background } })

it('a palette has its colours, and transparent parts lie on a checkerboard, in every kind of file', async () => {
  const window = await open()
  const through = { r: 0, g: 0, b: 0, alpha: 0 }
  const deep = sharp(new Uint16Array(200 * 150 * 2), { raw: { width: 200, height: 150, channels: 2 } }).toColourspace('grey16')
  await addPictures(window, {
    '1.png': flat('#3c78b4').png({ palette: true, colours: 4 }),
    '2.png': flat(through, 4).png(),
    '3.tif': flat(through, 4).tiff({ compression: 'lzw' }),
    '4.png': deep.png(),
    '5.webp': flat(through, 4).withMetadata({ orientation: 6 }).webp(),
  })
  const shown = async (image: number, reach = 1) => colourAt(window, (await window.fit(image))({ x: 70, y: 70 }), reach)
  await soon(() => shown(1)).toEqual([0x3c, 0x78, 0xb4])
  for (const image of [2, 3, 4, 5]) {
    await window.press('d')
    await window.image(image, 5)
    // Squares of 8 CSS pixels in two greys: one alone, and the mean of many.
    await soon(async () => (await shown(image, 0))[0]!).toBeOneOf([0xb8, 0x8a])
    const [red, green, blue] = await shown(image, 16)
    expect([red === green, green === blue, Math.abs(red! - (0xb8 + 0x8a) / 2) < 6]).toEqual([true, true, true])
  }
})

it('a file that is cut short says so in its place, and one can go on', async () => {
  const window = await open()
  const noise = Buffer.from(Array.from({ length: 300 * 200 * 3 }, (_, n) => (n * 7919) & 255))
  const whole = await sharp(noise, { raw: { width: 300, height: 200, channels: 3 } }).jpeg().toBuffer()
  const short = join(window.folder, '1 short.jpg')
  await writeFile(short, whole.subarray(0, whole.length / 2))
  const large = await sharp({ create: { width: 5000, height: 900, channels: 3, background: '#808080' } }).png().toBuffer()
  const shortLarge = join(window.folder, '2 large.png')
  await writeFile(shortLarge, large.subarray(0, large.length * 0.6))
  await addPictures(window, { short, shortLarge, '3 fine.png': flat('#3c78b4').png() })
  const { page } = window
  const said = (text: RegExp) => page.getByRole('status').filter({ hasText: text })
  await said(/^1 short\.jpg.*is cut short: its end is missing/).waitFor()
  // The list shows a sign in place of its picture.
  const listed = (name: string, what: 'img' | 'svg') => page.getByRole('listitem').getByRole('button').filter({ hasText: name }).locator(what).count()
  await soon(() => Promise.all([listed('1 short.jpg', 'img'), listed('1 short.jpg', 'svg')])).toEqual([0, 1])
  await soon(() => Promise.all([listed('3 fine.png', 'img'), listed('3 fine.png', 'svg')])).toEqual([1, 0])
  await window.press('d')
  await window.image(2, 3)
  await said(/^2 large\.png.*is cut short: its end is missing/).waitFor()
  await window.press('d')
  await window.image(3, 3)
  await soon(async () => colourAt(window, (await window.fit(3))({ x: 70, y: 70 }))).toEqual([0x3c, 0x78, 0xb4])
  await soon(() => said(/is cut short/).count()).toBe(0)
  // Put in order, it is shown when one comes back.
  await writeFile(short, await readFile(join(window.folder, '3 fine.png')))
  await window.press('a')
  await window.press('a')
  await window.image(1, 3)
  await soon(() => said(/is cut short/).count()).toBe(0)
})
