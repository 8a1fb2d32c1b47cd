/** Pictures that take their time: the window goes on, and what comes late is not shown where it doesn't belong. */
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { soon, windows, type TestWindow } from '../../helpers/window.ts'

const open = windows()

/** The colour shown at an image point, as red, green and blue. */
async function colourAt(window: TestWindow, image: number, point: { x: number; y: number }): Promise<number[]> {
  const { x, y } = (await window.fit(image))(point)
  const picture = await window.page.screenshot({ clip: { x: Math.round(x) - 4, y: Math.round(y) - 4, width: 9, height: 9 } })
  return (await sharp(picture).stats()).channels.slice(0, 3).map(({ mean }) => mean)
}

it('goes to another image and works there while one is still read; the late picture stays away, and comes when asked for', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-04.png', 'shapes-06.jpg'] })
  const { page } = window
  const second = window.host.services.session.project.images.page(1, 1)[0]!
  let release: () => void = () => undefined
  const read = new Promise<void>((resolve) => (release = resolve))
  let asked = 0
  await page.route(`**/media/image/${String(second.id)}*`, async (route) => {
    asked++
    await read
    await route.continue()
  })
  await page.reload()
  await window.image(1, 3)

  await window.press('d')
  await window.image(2, 3)
  await soon(() => asked).toBeGreaterThan(0)
  // The red circle of the first picture is not what the second one shows: whoever marks it there would mark the wrong image.
  const isRed = ([red, green, blue]: readonly number[]) => red! > 150 && green! < 90 && blue! < 90
  await soon(() => colourAt(window, 2, { x: 1014, y: 211 }).then(isRed)).toBe(false)
  await window.press('d')
  await window.image(3, 3)
  await window.press('p')
  for (const corner of [{ x: 100, y: 100 }, { x: 300, y: 100 }, { x: 100, y: 300 }]) await window.click(corner)
  await window.press('Enter')
  await window.storedSoon((all) => all.length === 1, 3)
  // The red circle of the third picture.
  const circle = { x: 684, y: 629 }
  await soon(() => colourAt(window, 3, circle).then(isRed)).toBe(true)

  const arrived = page.waitForEvent('requestfinished', (request) => request.url().includes(`/media/image/${String(second.id)}`))
  release()
  await arrived
  for (let looks = 0; looks < 5; looks++) expect(isRed(await colourAt(window, 3, circle))).toBe(true)
  await window.press('a')
  await window.image(2, 3)
  // The yellow star of the second picture.
  const isYellow = ([red, green, blue]: readonly number[]) => red! > 180 && green! > 150 && blue! < 110
  await soon(() => colourAt(window, 2, { x: 1058, y: 675 }).then(isYellow)).toBe(true)
  await window.press('d')
  await window.image(3, 3)
  await soon(() => colourAt(window, 3, circle).then(isRed)).toBe(true)
})
