/** A picture too large for a browser: an overview at once, then the parts in sight, pixel for pixel. */
import sharp, { type Sharp } from 'sharp'
import { expect, it } from 'vitest'
import { addPictures, colourAt } from '../../helpers/pixels.ts'
import { soon, windows, type TestWindow } from '../../helpers/window.ts'

const open = windows()
const [WIDTH, HEIGHT] = [20_000, 3000]

/** Each pixel tells where it is: red by column, green by row, blue in stripes of one pixel. */
const colourOf = (x: number, y: number) => [(x >> 3) & 255, (y >> 3) & 255, x % 2 === 0 ? 255 : 0]

function wide(): Sharp {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3)
  const row = Buffer.from(Array.from({ length: WIDTH }, (_, x) => colourOf(x, 0)).flat())
  for (let y = 0; y < HEIGHT; y++) {
    const green = colourOf(0, y)[1]!
    for (let at = 1; at < row.length; at += 3) row[at] = green
    row.copy(data, y * row.length)
  }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 }, limitInputPixels: false }).png({ compressionLevel: 1 })
}

/** The largest side of anything the page has decoded so far, and which tiles it asked for. */
function watch({ page }: TestWindow) {
  const seen = { tiles: new Set<string>(), wholes: 0, widest: 0 }
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname
    if (!/^\/media\/(image|tile)\//.test(path)) return
    if (path.startsWith('/media/tile/')) seen.tiles.add(path.split('/').slice(4).join('/'))
    else seen.wholes++
    void response.body().then(async (bytes) => {
      const { width = 0 } = await sharp(bytes, { limitInputPixels: false }).metadata()
      seen.widest = Math.max(seen.widest, width)
    }, () => undefined)
  })
  return seen
}

it('is seen whole at once, and crisp above 100 %, through parts that are in sight only', async () => {
  const window = await open()
  const seen = watch(window)
  await addPictures(window, { 'wide.png': wide() })
  const { page } = window

  // Fitted: the overview and the one tile that stands for all are enough.
  const at = await window.fit()
  const green = async () => (await colourAt(window, at({ x: 10_000, y: 1000 })))[1]!
  await soon(async () => Math.abs((await green()) - 125) < 6).toBe(true)
  await soon(() => [...seen.tiles]).toEqual(['6/0/0'])
  expect(seen.wholes).toBeGreaterThan(0)

  // Far in at one place: single columns of pixels, each of its own colour.
  const place = at({ x: 12_345, y: 1234 })
  await page.mouse.move(place.x, place.y)
  for (let i = 0; i < 14; i++) {
    await page.keyboard.down('Control')
    await page.mouse.wheel(0, -300)
    await page.keyboard.up('Control')
  }
  await soon(() => page.getByRole('contentinfo').getByText(/^\d+ %$/).textContent()).toBe('6400 %')
  const middle = { x: Math.floor(place.x), y: Math.floor(place.y) }
  const columns = async () => Promise.all([-64, 0, 64].map(async (dx) => (await colourAt(window, { x: middle.x + dx, y: middle.y }))[2]!))
  await soon(async () => (await columns()).every((blue, n, all) => (blue === 0 || blue === 255) && (n === 0 || blue !== all[n - 1]))).toBe(true)
  const [red, row] = await colourAt(window, middle)
  expect(Math.abs(red! - colourOf(12_345, 1234)[0]!)).toBeLessThanOrEqual(1)
  expect(Math.abs(row! - colourOf(12_345, 1234)[1]!)).toBeLessThanOrEqual(1)
  expect(seen.tiles).toContain(`0/${String(Math.floor(12_345 / 512))}/${String(Math.floor(1234 / 512))}`)
  // Of the 240 tiles of the last level only those around the place; on the way there, a few of the levels between.
  expect([...seen.tiles].filter((tile) => tile.startsWith('0/')).length).toBeLessThan(30)
  expect(seen.widest).toBeGreaterThan(1000)
  expect(seen.widest).toBeLessThanOrEqual(2048)
})

it('is turned as its EXIF tag says, in its parts too, and made brighter as a whole', async () => {
  const window = await open()
  // Stored lying, shown standing: orientation 6 brings the stored left column to the top.
  const stripes = sharp({ create: { width: 6000, height: 1000, channels: 3, background: '#802010' } })
    .composite([{ input: { create: { width: 3000, height: 1000, channels: 3, background: '#103060' } }, left: 0, top: 0 }])
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 95 })
  await addPictures(window, { 'turned.jpg': stripes })
  const { page } = window
  const tile = page.waitForResponse((response) => /\/media\/tile\/\d+\/0\//.test(response.url()))
  const at = await window.fit()
  const upper = at({ x: 500, y: 1500 })
  await page.mouse.move(upper.x, upper.y)
  await page.keyboard.down('Control')
  for (let i = 0; i < 5; i++) await page.mouse.wheel(0, -300)
  await page.keyboard.up('Control')
  expect((await tile).status()).toBe(200)
  const colour = () => colourAt(window, upper)
  await soon(async () => (await colour()).every((value, n) => Math.abs(value - [16, 48, 96][n]!) < 8)).toBe(true)

  await page.getByRole('button', { name: 'Brightness, contrast, masks…' }).click()
  await page.getByRole('slider', { name: 'Brightness' }).fill('2')
  await soon(async () => (await colour()).every((value, n) => Math.abs(value - [32, 96, 192][n]!) < 14)).toBe(true)
})
