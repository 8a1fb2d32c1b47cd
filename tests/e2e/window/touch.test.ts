/** A touch screen: two fingers carry and stretch the picture, one does what a mouse does. */
import type { CDPSession } from 'playwright-core'
import { expect, it } from 'vitest'
import { soon, windows, type TestWindow } from '../../helpers/window.ts'

const open = windows()

interface Finger {
  readonly x: number
  readonly y: number
}

async function touchScreen({ page }: TestWindow) {
  const devtools: CDPSession = await page.context().newCDPSession(page)
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel', fingers: readonly Finger[]) =>
    devtools.send('Input.dispatchTouchEvent', { type, touchPoints: fingers.map((finger, id) => ({ ...finger, id })) })
  return {
    down: (...fingers: Finger[]) => send('touchStart', fingers),
    move: (...fingers: Finger[]) => send('touchMove', fingers),
    /** Those that stay on the screen. */
    up: (...fingers: Finger[]) => send('touchEnd', fingers),
  }
}

const zoomOf = async ({ page }: TestWindow) => Number.parseInt((await page.getByRole('contentinfo').getByText(/^\d+ %$/).textContent())!, 10)

it('two fingers stretch and carry the picture and mark nothing, whatever tool is in hand', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const touch = await touchScreen(window)
  for (const tool of ['v', 'r', 'q']) {
    await window.press(tool)
    const at = await window.fit()
    const before = await zoomOf(window)
    const [left, right] = [at({ x: 500, y: 300 }), at({ x: 700, y: 300 })]
    const apart = right.x - left.x
    // The second finger comes a little later, as fingers do.
    await touch.down(left)
    await touch.move({ x: left.x + 2, y: left.y })
    await touch.down(left, right)
    for (let i = 1; i <= 5; i++) await touch.move({ x: left.x - (i * apart) / 10, y: left.y }, { x: right.x + (i * apart) / 10, y: right.y })
    await soon(async () => Math.abs((await zoomOf(window)) - 2 * before) <= 2).toBe(true)
    // Together to the side: carried, at the same size.
    const wide = [{ x: left.x - apart / 2, y: left.y }, { x: right.x + apart / 2, y: right.y }] as const
    for (let i = 1; i <= 5; i++) await touch.move(...(wide.map(({ x, y }) => ({ x, y: y + i * 10 })) as [Finger, Finger]))
    await soon(async () => Math.abs((await zoomOf(window)) - 2 * before) <= 2).toBe(true)
    // The finger that stays longer does nothing more.
    await touch.up({ x: wide[0].x, y: wide[0].y + 50 })
    await touch.move({ x: wide[0].x + 60, y: wide[0].y + 90 })
    await touch.up()
    await window.saved()
    expect(window.stored(), tool).toEqual([])
  }
})

it('a finger draws a box, unless a second one comes', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  await page.getByRole('button', { name: 'Add a label' }).click()
  await page.getByRole('textbox', { name: 'Name of the label' }).fill('ball')
  await page.keyboard.press('Enter')
  const touch = await touchScreen(window)
  await window.press('r')
  const at = await window.fit()
  const [from, to, other] = [at({ x: 835, y: 30 }), at({ x: 1192, y: 390 }), at({ x: 300, y: 300 })]
  await touch.down(from)
  await touch.move({ x: from.x + 30, y: from.y + 30 })
  await touch.down({ x: from.x + 30, y: from.y + 30 }, other)
  await touch.move({ x: from.x + 30, y: from.y + 30 }, { x: other.x + 30, y: other.y })
  await touch.up()
  await window.fit()
  await touch.down(from)
  for (let i = 1; i <= 4; i++) await touch.move({ x: from.x + ((to.x - from.x) * i) / 4, y: from.y + ((to.y - from.y) * i) / 4 })
  await touch.up()
  const [drawn] = await window.storedSoon((all) => all.length === 1)
  expect(Math.abs(drawn!.box.x0 - 835)).toBeLessThan(40)
  expect(window.stored()).toHaveLength(1)
})
