/** What the mouse wheel does over the image, as hands know it from other tools. */
import { expect, it } from 'vitest'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()

it('moves the picture, with Ctrl zooms; with the keys of CVAT zooms, unless it is told otherwise', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  const zoom = async () => Number(/(\d+) %/.exec(await page.getByRole('contentinfo').innerText())![1])
  const turned = async (by: number, held?: 'Control') => {
    const at = (await window.fit())({ x: 600, y: 450 })
    await page.mouse.move(at.x, at.y)
    const before = await zoom()
    if (held) await page.keyboard.down(held)
    await page.mouse.wheel(0, by)
    if (held) await page.keyboard.up(held)
    // Says where it is by now.
    await page.mouse.move(at.x + 1, at.y)
    return before
  }
  const choose = async (label: string, value: string) => {
    await window.press('Control+,')
    const dialog = page.getByRole('dialog', { name: 'Settings' })
    await dialog.getByLabel(label).selectOption(value)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  }
  const moved = async () => Math.abs(Number(/ y (\d+)/.exec(await page.getByRole('contentinfo').innerText())![1]) - 450) > 20

  const fitted = await turned(-200)
  await soon(moved).toBe(true)
  expect(await zoom()).toBe(fitted)
  await turned(-200, 'Control')
  await soon(zoom).toBeGreaterThan(fitted)

  await choose('Keys like in', 'cvat')
  await turned(-200)
  await soon(zoom).toBeGreaterThan(fitted)
  await choose('Mouse wheel', 'scroll')
  await turned(-200)
  await soon(moved).toBe(true)
  expect(await zoom()).toBe(fitted)
  await choose('Mouse wheel', 'zoom')
  await choose('Keys like in', 'marquee')
  await turned(200)
  await soon(zoom).toBeLessThan(fitted)
})
