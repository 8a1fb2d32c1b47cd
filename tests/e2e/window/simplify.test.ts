/** Fewer corners: seen before they are taken away, and one step of undo. */
import { expect, it } from 'vitest'
import { drawn } from '../../helpers/drawn.ts'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()

const CORNERS = 90
/** A round outline of many corners. */
const ring = Array.from({ length: CORNERS }, (_, n) => [500 + 200 * Math.cos((2 * Math.PI * n) / CORNERS), 400 + 200 * Math.sin((2 * Math.PI * n) / CORNERS)]).flat()
const cornersOf = (polygon: readonly (readonly number[])[] | null) => (polygon ?? []).reduce((sum, { length }) => sum + length / 2, 0)

it('shows corners and overlap for each tolerance, leaves all as it was on Cancel, and is undone in one step', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  drawn(window, [{ at: 0, label: 'wheel', box: { x0: 300, y0: 200, x1: 700, y1: 600 }, polygon: [ring] }])
  await page.getByRole('region', { name: 'Objects' }).getByText('wheel').click()
  await window.press('Shift+S')
  const dialog = page.getByRole('dialog', { name: 'Fewer corners' })
  await dialog.getByText('90 →').waitFor()
  const few = async () => Number((await dialog.locator('dd strong').textContent()) ?? '')
  const fine = await few()
  expect(fine).toBeLessThan(CORNERS)
  await page.keyboard.press('End')
  await soon(few).toBeLessThan(fine)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(cornersOf(window.stored()[0]!.polygon)).toBe(CORNERS)

  await window.press('Shift+S')
  await dialog.getByText('90 →').waitFor()
  await page.keyboard.press('Enter')
  await window.storedSoon(([only]) => cornersOf(only!.polygon) === fine)
  await window.press('Control+z')
  await window.storedSoon(([only]) => cornersOf(only!.polygon) === CORNERS)
})
