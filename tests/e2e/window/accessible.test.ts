/** axe finds nothing serious on the main screen, dark or light, empty or at work. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { windows } from '../../helpers/window.ts'

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
  await page.getByRole('dialog', { name: 'Export' }).waitFor()
  expect(await seriousOn(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'demo model' }).click()
  await page.getByRole('button', { name: 'Install SAM 2.1 tiny…' }).click()
  await page.getByText('Nothing else is fetched').waitFor()
  expect(await seriousOn(page)).toEqual([])
})
