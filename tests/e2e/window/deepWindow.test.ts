/** 16-bit pictures through a window of their stored values, dragged with the right button. */
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { addPictures, colourAt } from '../../helpers/pixels.ts'
import { soon, windows, type TestWindow } from '../../helpers/window.ts'

const open = windows()

/** Four columns of nearly the same value, in a picture that also holds 0 and 60000. */
const VALUES = [30_000, 30_004, 30_008, 30_012]
function narrow() {
  const [width, height] = [400, 300]
  const data = Uint16Array.from({ length: width * height }, (_, n) => {
    if (n === 0) return 0
    return n === width * height - 1 ? 60_000 : VALUES[Math.floor((n % width) / 100)]!
  })
  return sharp(data, { raw: { width, height, channels: 1 } }).toColourspace('grey16').png()
}

async function greys(window: TestWindow): Promise<number[]> {
  const at = await window.fit()
  return Promise.all([50, 150, 250, 350].map(async (x) => (await colourAt(window, at({ x, y: 250 })))[0]!))
}

const windowBox = ({ page }: TestWindow) => page.getByTestId('samples').locator('span')
const valueBox = ({ page }: TestWindow) => page.getByTestId('samples').getByRole('status')

async function choose(window: TestWindow, option: RegExp | string): Promise<void> {
  const { page } = window
  const button = page.getByRole('button', { name: 'Brightness, contrast, masks…' })
  await button.click()
  const select = page.getByLabel('Values')
  await select.waitFor()
  const label = (await select.locator('option').allTextContents()).find((text) => text.match(option))!
  await select.selectOption({ label })
  await page.keyboard.press('Escape')
}

it('a narrow window shows single steps of 16 bits, and dragging moves it', async () => {
  const window = await open()
  await addPictures(window, { 'narrow.png': narrow(), 'other.png': narrow() })
  const { page } = window
  // Through their range, four steps of 60,000 are one grey.
  await soon(() => greys(window)).toEqual([128, 128, 128, 128])
  await soon(() => windowBox(window).textContent()).toBe('W 60000  L 30000')

  // To the left: narrower and narrower around the same level, until the steps are far apart.
  const at = (await window.fit())({ x: 150, y: 150 })
  await page.mouse.move(at.x, at.y)
  await page.mouse.down({ button: 'right' })
  for (let i = 1; i <= 15; i++) await page.mouse.move(at.x - i * 80, at.y, { steps: 1 })
  await page.mouse.up({ button: 'right' })
  await page.mouse.move(at.x, at.y)
  const [, width, level] = /^W (\d+) {2}L (\d+)$/.exec((await windowBox(window).textContent())!)!.map(Number)
  expect(width).toBeLessThan(300)
  expect(Math.abs(level! - 30_000)).toBeLessThanOrEqual(2)
  const low = level! - width! / 2
  const wanted = VALUES.map((value) => Math.min(255, Math.max(0, ((value - low) * 255) / width!)))
  await soon(async () => (await greys(window)).every((grey, n) => Math.abs(grey - wanted[n]!) <= 4)).toBe(true)
  expect(new Set(await greys(window)).size).toBe(4)
  // The value under the pointer is the stored one.
  await page.mouse.move(at.x + 1, at.y)
  await soon(() => valueBox(window).textContent()).toBe('30004')

  // Upwards: brighter.
  const before = await greys(window)
  await page.mouse.move(at.x, at.y)
  await page.mouse.down({ button: 'right' })
  await page.mouse.move(at.x, at.y - 60, { steps: 3 })
  await page.mouse.up({ button: 'right' })
  await soon(async () => (await greys(window))[0]! > before[0]! + 5).toBe(true)

  // It stays for the next picture of the series, and for the next start.
  const kept = await windowBox(window).textContent()
  await window.press('d')
  await window.image(2, 2)
  await soon(() => windowBox(window).textContent()).toBe(kept)
  await soon(() => {
    const { low, high } = window.host.services.session.project.settings.all()['window.samples'] as { low: number; high: number }
    return `W ${String(high - low)}  L ${String(Math.round((low + high) / 2))}`
  }).toBe(kept)
  await page.reload()
  await soon(() => windowBox(window).textContent()).toBe(kept)

  // The data were never touched.
  const { data } = await sharp(`${window.folder}/narrow.png`).toColourspace('grey16').raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true })
  expect(data.readUInt16LE(100 * 2)).toBe(30_004)
})

it('has presets: the range, 1 to 99 percent, and what cameras store', async () => {
  const window = await open()
  await addPictures(window, { 'narrow.png': narrow() })
  await choose(window, /^1 – 99/)
  await soon(() => greys(window)).toEqual([0, 85, 170, 255])
  await choose(window, /^12 bit/)
  await soon(() => greys(window)).toEqual([255, 255, 255, 255])
  await choose(window, /^Full range/)
  await soon(() => greys(window)).toEqual([117, 117, 117, 117])
  // By keyboard: a level that puts the third column in the middle.
  const { page } = window
  await page.getByRole('button', { name: 'Brightness, contrast, masks…' }).click()
  await page.getByRole('slider', { name: 'Window' }).fill('16')
  await page.getByRole('slider', { name: 'Level' }).fill('30008')
  await page.keyboard.press('Escape')
  await soon(() => greys(window)).toEqual([0, 64, 128, 191])
  await choose(window, /^All of the image/)
  await soon(() => greys(window)).toEqual([128, 128, 128, 128])
})

it('models see what the person sees: the window is part of the run', async () => {
  const window = await open()
  await addPictures(window, { 'narrow.png': narrow() })
  const recipes = () => window.host.services.session.project.runs.list().map(({ recipe }) => recipe.window)
  await choose(window, /^12 bit/)
  await window.ask('red circle')
  await soon(recipes).toEqual([{ low: 0, high: 4095 }])
  await window.page.getByRole('region', { name: 'What to mark' }).getByText(/found/).waitFor()
  await choose(window, /^1 – 99/)
  await window.ask('red circle')
  await soon(recipes).toEqual([{ low: 0, high: 4095 }, 'percentiles'])
})

it('a large one is dragged tile by tile, and an 8-bit one keeps contrast and brightness', async () => {
  const window = await open()
  const [width, height] = [5000, 400]
  const data = Uint16Array.from({ length: width * height }, (_, n) => 1000 + (n % width))
  const flat = sharp({ create: { width: 300, height: 200, channels: 3, background: '#404040' } }).png()
  await addPictures(window, { 'a large.tif': sharp(data, { raw: { width, height, channels: 1 } }).toColourspace('grey16').tiff({ compression: 'lzw' }), 'b flat.png': flat })
  const { page } = window
  await choose(window, /^12 bit/)
  const tile = page.waitForResponse((response) => /\/media\/tile\/\d+\/0\/.*window=0:4095/.test(response.url()))
  const place = (await window.fit())({ x: 2000, y: 200 })
  await page.mouse.move(place.x, place.y)
  await page.keyboard.down('Control')
  for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -300)
  await page.keyboard.up('Control')
  expect((await tile).status()).toBe(200)
  await soon(async () => Math.abs((await colourAt(window, place))[0]! - (3000 * 255) / 4095) <= 2).toBe(true)

  await window.press('d')
  await window.image(2, 2)
  await soon(() => windowBox(window).count()).toBe(0)
  const at = (await window.fit(2))({ x: 150, y: 100 })
  await soon(() => colourAt(window, at)).toEqual([64, 64, 64])
  await page.mouse.move(at.x, at.y)
  await page.mouse.down({ button: 'right' })
  await page.mouse.move(at.x, at.y - 80, { steps: 4 })
  await page.mouse.up({ button: 'right' })
  await page.mouse.move(at.x, at.y)
  await soon(async () => (await colourAt(window, at))[0]!).toBeGreaterThan(80)

  // The same with any tool whose right button means nothing else; of a brush it erases.
  const factor = () => page.evaluate<string>('[...document.querySelectorAll("canvas")].map(({ style }) => style.filter).join()')
  const dragged = async (key: string) => {
    await window.press(key)
    const before = await factor()
    await page.mouse.move(at.x, at.y)
    await page.mouse.down({ button: 'right' })
    await page.mouse.move(at.x + 30, at.y + 20, { steps: 4 })
    await page.mouse.up({ button: 'right' })
    return (await factor()) !== before
  }
  expect([await dragged('r'), await dragged('p'), await dragged('b')]).toEqual([true, true, false])
})
