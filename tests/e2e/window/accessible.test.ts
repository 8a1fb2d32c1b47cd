/** axe finds nothing serious on the main screen, dark or light, empty or at work. */
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { writeFiles } from '../../helpers/datasets.ts'
import { drawn } from '../../helpers/drawn.ts'
import { fillPath, soon, windows } from '../../helpers/window.ts'

const open = windows()

async function seriousOn(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

it.each(['dark', 'light'] as const)('%s: with proposals, with a tool in hand, and in a dialog', async (colorScheme) => {
  const window = await open({ images: ['shapes-01.png', 'shapes-06.jpg'] })
  const { page } = window
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await window.ask('red circle')
  await window.found()
  await page.getByRole('toolbar', { name: /proposals? waits?/ }).waitFor()
  expect(await seriousOn(page)).toEqual([])
  await window.press('Enter')
  await window.press('b')
  await page.getByRole('slider', { name: 'Brush size' }).waitFor()
  expect(await seriousOn(page)).toEqual([])
  await page.getByRole('note').waitFor()
  await window.press('v')
  await window.press('Control+a')
  await page.getByRole('button', { name: 'Group, description, attributes' }).click()
  await page.getByRole('textbox', { name: 'Description' }).waitFor()
  expect(await seriousOn(page)).toEqual([])
  await window.press('Control+e')
  await page.getByRole('dialog', { name: 'Export' }).getByText('Where to').waitFor()
  expect(await seriousOn(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'demo model' }).click()
  await page.getByRole('button', { name: 'Install SAM 2.1 tiny…' }).click()
  await page.getByText('Nothing else is fetched').waitFor()
  expect(await seriousOn(page)).toEqual([])
})

const BOX = { x0: 20, y0: 30, x1: 120, y1: 90 }
const instances = (label: string, boxes: readonly unknown[]) =>
  JSON.stringify({
    images: [{ id: 1, file_name: 'shapes-01.png', width: 1200, height: 900 }, { id: 2, file_name: 'gone.png', width: 8, height: 8 }],
    categories: [{ id: 1, name: label }],
    annotations: boxes.map((bbox, n) => ({ id: n + 1, image_id: 1, category_id: 1, bbox, area: 100, iscrowd: 0 })),
  })

it.each(['dark', 'light'] as const)('%s: where datasets come in and go out, in the check, and while corners are taken away', async (colorScheme) => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page, folder } = window
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  drawn(window, [{ at: 0, label: 'car', box: BOX, polygon: [[20, 30, 120, 30, 120, 90, 60, 91]] }, { at: 0, label: 'car', box: BOX }, { at: 0, label: 'car', box: BOX }])
  writeFiles(folder, { 'instances.json': instances('Car', [[1, 2, 30, 40], ['wide', 2, 3, 4]]) })

  await window.press('Control+i')
  const path = page.getByRole('textbox', { name: 'Path of the folder or file' })
  await soon(() => path.inputValue()).not.toBe('')
  await fillPath(path, join(folder, 'instances.json'))
  expect(await seriousOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Look at it' }).click()
  await page.getByRole('button', { name: 'Merge into car?' }).click()
  expect(await seriousOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByRole('dialog', { name: 'Imported' }).waitFor()
  expect(await seriousOn(page)).toEqual([])
  await page.keyboard.press('Escape')

  await window.press('Control+e')
  await page.getByRole('dialog', { name: 'Export' }).getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByRole('dialog', { name: 'Exported' }).waitFor()
  expect(await seriousOn(page)).toEqual([])
  await page.keyboard.press('Escape')

  await window.press('F7')
  await page.getByRole('listbox', { name: 'Findings' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.getByText(/^1 of/).waitFor()
  expect(await seriousOn(page)).toEqual([])
  await page.keyboard.press('Escape')

  await window.press('Control+a')
  await page.keyboard.press('Shift+S')
  await page.getByRole('dialog', { name: 'Fewer corners' }).waitFor()
  expect(await seriousOn(page)).toEqual([])
})
