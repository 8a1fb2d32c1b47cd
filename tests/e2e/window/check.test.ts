/** The check of a project, gone through by keyboard: found, mended, undone. */
import { expect, it } from 'vitest'
import { drawn } from '../../helpers/drawn.ts'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()

const BOX = { x0: 20, y0: 30, x1: 120, y1: 90 }

it('leads to each finding, mends it with one key, and undo brings it back', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-02.jpg'] })
  const { page } = window
  drawn(window, [{ at: 0, label: 'car', box: { x0: 1100, y0: 100, x1: 1300, y1: 200 } }, { at: 1, label: 'car', box: BOX }, { at: 1, label: 'car', box: BOX }])
  await window.press('F7')
  const panel = page.getByRole('region', { name: 'Check' })
  await panel.getByRole('listbox', { name: 'Findings' }).waitFor()
  await soon(() => panel.getByRole('option').count()).toBe(2)

  await page.keyboard.press('ArrowDown')
  await panel.getByText('1 of 2 · 0 mended').waitFor()
  await page.getByRole('contentinfo').getByText('200 × 100 px').waitFor()
  await page.keyboard.press('f')
  await window.storedSoon(([only]) => only!.box.x1 === 1200)
  await window.image(2, 2)
  await panel.getByText('2 of 2 · 1 mended').waitFor()
  await page.getByRole('contentinfo').getByText('2 selected').waitFor()
  await page.keyboard.press('Enter')
  await window.storedSoon((all) => all.length === 1, 2)
  await panel.getByText('2 mended').waitFor()

  await page.keyboard.press('Control+z')
  await window.storedSoon((all) => all.length === 2, 2)
  await panel.getByText('1 mended').waitFor()
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'detached' })
  await soon(() => page.evaluate<string>('document.activeElement.dataset.testid')).toBe('canvas')
})

it('offers to merge labels whose names are nearly the same, the rarer into the other', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page, host } = window
  drawn(window, [{ at: 0, label: 'cars', box: BOX }, { at: 0, label: 'car', box: { ...BOX, x1: 300 } }, { at: 0, label: 'car', box: { ...BOX, y1: 400 } }])
  const names = () => host.services.session.project.labels.list().map(({ name }) => name)
  await soon(() => page.getByRole('region', { name: 'Labels' }).getByText('cars', { exact: true }).count()).toBe(1)
  await window.press('F7')
  await page.getByRole('option', { name: /nearly the same/ }).click()
  await page.getByRole('button', { name: 'Merge cars into car' }).click()
  await soon(names).toEqual(['car'])
  // Only then is it a step that can be taken back.
  await page.getByText('1 mended').waitFor()
  await window.press('Control+z')
  await soon(() => names().toSorted()).toEqual(['car', 'cars'])
  await page.getByRole('button', { name: 'Merge cars into car' }).waitFor()
})

it('mends with the key its button names after a click on Next', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  drawn(window, [{ at: 0, label: 'car', box: BOX }, { at: 0, label: 'car', box: BOX }])
  await window.press('F7')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText('1 of 1 · 0 mended').waitFor()
  await page.keyboard.press('f')
  await window.storedSoon((all) => all.length === 1)
})

it('says what it found in full, on as many lines as that takes', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  const label = 'a label with a name that is so long that nobody could read all of it on one line of the column'
  drawn(window, [{ at: 0, label, box: BOX }, { at: 0, label: `${label}s`, box: { ...BOX, x1: 300 } }, { at: 0, label: 'car', box: { ...BOX, x0: 1100, x1: 1300 } }])
  await window.press('F7')
  const rows = page.getByRole('option')
  await soon(() => rows.count()).toBe(2)
  await soon(async () => {
    const boxes = await Promise.all((await rows.all()).map(async (row) => (await row.boundingBox())!))
    const [upper, lower] = boxes.toSorted((a, b) => a.y - b.y)
    return upper!.y + upper!.height <= lower!.y && Math.max(upper!.height, lower!.height) > 60
  }).toBe(true)
  type Measured = HTMLElement & { readonly scrollWidth: number; readonly clientWidth: number }
  const clipped = await rows.locator('span, strong').evaluateAll(
    (all: Measured[]) => all.filter((one) => one.scrollWidth > one.clientWidth && one.clientWidth > 0).length,
  )
  expect(clipped).toBe(0)
})

it('says that there is nothing to mend', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  await window.press('F7')
  await window.page.getByText('Nothing that looks like a mistake.').waitFor()
})
