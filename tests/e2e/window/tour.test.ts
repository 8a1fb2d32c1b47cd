/** The way round the window: four steps by keyboard, stopped, shown again, and out of the way of everything else. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()
const focusedName = (page: Page) => page.locator(':focus').getAttribute('aria-label')

it('shows four steps, takes the keys while it is there, and gives them back', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-02.jpg'] })
  const { page } = window
  await page.getByRole('button', { name: 'Show me around' }).click()
  const step = (title: string) => page.getByRole('dialog', { name: title })
  await step('Say what to mark').waitFor()
  // Keys of the window rest: D would go to the next image, B take the brush.
  await page.keyboard.press('d')
  await page.keyboard.press('b')
  await page.keyboard.press('Enter')
  await step('Correct it').waitFor()
  await page.keyboard.press('ArrowRight')
  await step('Look and accept').waitFor()
  await page.keyboard.press('ArrowLeft')
  await step('Correct it').waitFor()
  await soon(() => page.getByRole('button', { name: 'Select', exact: true }).getAttribute('aria-pressed')).toBe('true')
  await window.image(1, 2)
  for (const title of ['Look and accept', 'Go on and take it along']) {
    await page.keyboard.press('Enter')
    await step(title).waitFor()
  }
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await soon(() => focusedName(page)).toBe('What to mark')
  // It is offered once, and not again in the next window.
  await page.getByRole('button', { name: 'Show me around' }).waitFor({ state: 'detached' })
  const other = await window.openPage()
  await window.image(1, 2, other)
  expect(await other.getByRole('button', { name: 'Show me around' }).count()).toBe(0)
})

it('ends at Esc without touching the proposals, and begins anew from the menu', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  await window.ask('red circle')
  await window.found()
  const before = await window.storedSoon((all) => all.length > 0)
  const fromMenu = async () => {
    await page.getByRole('menuitem', { name: 'Help' }).click()
    await page.getByRole('menuitem', { name: 'Show me around' }).click()
    await page.getByRole('dialog', { name: 'Say what to mark' }).waitFor()
  }
  await fromMenu()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Correct it' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await soon(() => focusedName(page)).toBe('What to mark')
  await window.saved()
  expect(window.stored()).toHaveLength(before.length)
  await fromMenu()
})
