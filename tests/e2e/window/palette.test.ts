/** Commands are found by the words that other tools have for them, too. */
import { expect, it } from 'vitest'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()

it('finds a command by another word for it', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  await window.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').or(page.getByRole('dialog').getByRole('textbox')).first().fill('validate')
  const options = page.getByRole('listbox', { name: 'All commands' }).getByRole('option')
  await soon(() => options.allInnerTexts()).toEqual([expect.stringContaining('Check for mistakes')])
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Check' }).waitFor()
})

it('loses nothing of what is typed at once', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  await window.press('Control+k')
  await window.page.keyboard.type('settings')
  expect(await window.page.getByRole('combobox', { name: 'What do you want to do?' }).inputValue()).toBe('settings')
})
