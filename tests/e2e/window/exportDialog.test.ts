/** The dialog around an export: where it begins, what it says of a wish that can't be, and how it is sent off. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { drawn } from '../../helpers/drawn.ts'
import { fillPath, soon, windows } from '../../helpers/window.ts'

const open = windows()

it('shows at every size what it will write and the buttons, and all of a format with many choices can be scrolled to', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  await window.press('Control+e')
  const dialog = page.getByRole('dialog', { name: 'Export' })
  /** What is seen in the middle of it, wherever it was scrolled to. */
  const shownAt = async (one: Locator) => {
    const { x, y, width, height } = (await one.boundingBox())!
    const at = `document.elementFromPoint(${String(x + width / 2)}, ${String(y + height / 2)})`
    return page.evaluate<string | undefined>(`${at}?.value || ${at}?.textContent`)
  }
  await dialog.getByText('YOLO', { exact: true }).click()
  for (const [width, height] of [[1440, 900], [1024, 700]] as const) {
    await page.setViewportSize({ width, height })
    await soon(() => shownAt(dialog.getByRole('textbox', { name: 'Folder name' }))).toBe('yolo')
    for (const name of ['Cancel', 'Export']) await soon(() => shownAt(dialog.getByRole('button', { name }))).toBe(name)
    await dialog.getByRole('list', { name: 'Folders' }).scrollIntoViewIfNeeded()
    await dialog.getByRole('list', { name: 'Folders' }).click({ position: { x: 5, y: 5 } })
  }
})

it('begins with the project, takes back a refusal, gives the name its ending, and remembers the folder', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page, folder } = window
  const wanted = join(folder, 'exports')
  await mkdir(wanted)
  drawn(window, [{ at: 0, label: 'car', box: { x0: 1, y0: 2, x1: 30, y1: 40 } }])
  await window.press('Control+e')
  const dialog = page.getByRole('dialog', { name: 'Export' })
  const path = dialog.getByRole('textbox', { name: 'Path of the folder' })
  const name = dialog.getByRole('textbox', { name: 'File name' })
  await soon(() => path.inputValue()).toBe(folder)

  await fillPath(path, '/somewhere/else')
  await name.press('Enter')
  await dialog.getByRole('alert').getByText('lies outside').waitFor()
  await fillPath(path, wanted)
  await dialog.getByRole('alert').waitFor({ state: 'detached' })

  await name.fill('first try')
  await name.press('Enter')
  await page.getByRole('dialog', { name: 'Exported' }).getByText(join(wanted, 'first try.json')).waitFor()
  expect(existsSync(join(wanted, 'first try.json'))).toBe(true)
  const focused = () => page.evaluate<string>('document.activeElement.dataset.testid ?? document.activeElement.textContent')
  await soon(focused).toBe('Close')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await soon(focused).toBe('canvas')
  await window.press('Control+e')
  await soon(() => path.inputValue()).toBe(wanted)
})
