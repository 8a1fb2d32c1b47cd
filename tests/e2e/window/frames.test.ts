/** Pages of one file: each is seen on its own and keeps its own annotations. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { addPictures, colourAt } from '../../helpers/pixels.ts'
import { soon, windows } from '../../helpers/window.ts'
import { greyTiff } from '../../unit/media/fixtures.ts'

const open = windows()

const PAGES = [[200, 40, 40], [40, 160, 40], [40, 40, 200]] as const

function pages() {
  const [width, height] = [320, 240]
  const data = Buffer.alloc(width * height * 3 * PAGES.length)
  PAGES.forEach((colour, n) => data.fill(Buffer.from(colour), n * width * height * 3, (n + 1) * width * height * 3))
  return sharp(data, { raw: { width, height: height * PAGES.length, channels: 3, pageHeight: height } }).tiff({ compression: 'lzw' })
}

it('the slider goes from page to page, and what is drawn on one stays on it', async () => {
  const window = await open()
  await addPictures(window, { 'pages.tif': pages() })
  const { page } = window
  const slider = page.getByRole('slider', { name: /^Page \d of 3$/ })
  const place = { x: 20, y: 20 }
  const shown = async () => colourAt(window, (await window.fit())(place))
  await soon(shown).toEqual([...PAGES[0]])

  // The page after it is read ahead.
  const asked = page.waitForRequest((request) => /\/media\/image\/\d+\?frame=2$/.test(request.url()))
  await slider.focus()
  await page.keyboard.press('ArrowRight')
  await asked
  await soon(shown).toEqual([...PAGES[1]])
  await page.getByText('Page 2 of 3').waitFor()

  await page.getByRole('button', { name: 'Add a label' }).click()
  await page.getByRole('textbox', { name: 'Name of the label' }).fill('spot')
  await page.keyboard.press('Enter')
  await window.press('r')
  await window.drag({ x: 100, y: 80 }, { x: 220, y: 180 })
  const [drawn] = await window.storedSoon((all) => all.length === 1)
  expect(drawn!.frame).toBe(1)
  await window.saved()
  await window.press('v')

  // Its upper edge, where no tag and no handle lies.
  const edge = async () => colourAt(window, (await window.fit())({ x: 190, y: 180 }))
  await soon(async () => (await edge()).join()).not.toBe(PAGES[1].join())
  for (const [key, at] of [['ArrowRight', 2], ['Home', 0]] as const) {
    await slider.focus()
    await page.keyboard.press(key)
    await soon(shown).toEqual([...PAGES[at]])
    await soon(edge).toEqual([...PAGES[at]])
  }
  await slider.focus()
  await page.keyboard.press('ArrowRight')
  await soon(shown).toEqual([...PAGES[1]])
  await soon(async () => (await edge()).join()).not.toBe(PAGES[1].join())
})

it('a large page after a small one is as large as it is, and sharp close up', async () => {
  const window = await open()
  const [width, height] = [6000, 300]
  // Columns of 100 pixels.
  const large = Buffer.from(Array.from({ length: width * height }, (_, n) => (Math.floor((n % width) / 100) % 2 === 0 ? 40 : 120)))
  const file = join(window.folder, 'sizes.tif')
  const small = { width: 200, height: 150, bits: 8, sampleFormat: 1, samples: Buffer.alloc(200 * 150, 60) }
  await writeFile(file, greyTiff([small, { width, height, bits: 8, sampleFormat: 1, samples: large }]))
  await addPictures(window, { file })
  const at = await window.fit()
  await soon(() => colourAt(window, at({ x: 100, y: 75 }))).toEqual([60, 60, 60])
  const tile = window.page.waitForResponse((response) => /\/media\/tile\/\d+\/0\/0\/0\?frame=1$/.test(response.url()))
  await window.page.getByRole('slider', { name: /^Page \d of 2$/ }).focus()
  await window.page.keyboard.press('ArrowRight')
  expect((await tile).status()).toBe(200)
  await soon(() => colourAt(window, at({ x: 50, y: 75 }))).toEqual([40, 40, 40])
  await soon(() => colourAt(window, at({ x: 150, y: 75 }))).toEqual([120, 120, 120])
})

it('a page of another size is not stretched to the size of the first', async () => {
  const window = await open()
  const page = (width: number, samples: Buffer) => ({ width, height: 150, bits: 8, sampleFormat: 1, samples })
  const halves = Buffer.from(Array.from({ length: 300 * 150 }, (_, n) => (n % 300 < 150 ? 90 : 200)))
  const file = join(window.folder, 'sizes.tif')
  await writeFile(file, greyTiff([page(200, Buffer.alloc(200 * 150, 60)), page(300, halves)]))
  await addPictures(window, { file })
  const at = await window.fit()
  await soon(() => colourAt(window, at({ x: 120, y: 75 }))).toEqual([60, 60, 60])
  await window.page.getByRole('slider', { name: /^Page \d of 2$/ }).focus()
  await window.page.keyboard.press('ArrowRight')
  await soon(() => colourAt(window, at({ x: 120, y: 75 }))).toEqual([90, 90, 90])
  await soon(() => colourAt(window, at({ x: 180, y: 75 }))).toEqual([200, 200, 200])
})
