/** Group, description and own attributes of the selected objects. */
import { expect, it } from 'vitest'
import { windows } from '../../helpers/window.ts'

const open = windows()

it('are given to all that are selected, one step of undo each', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  await window.ask('red circle')
  await window.found()
  await window.press('Enter')
  await window.storedSoon((all) => all.length === 2 && all.every(({ state }) => state === 'accepted'))
  await window.press('Control+a')
  await page.getByRole('button', { name: 'Group, description, attributes' }).click()
  await page.getByRole('textbox', { name: 'Group' }).fill('7')
  await page.keyboard.press('Enter')
  await window.storedSoon((all) => all.every(({ group }) => group === 7))
  await page.getByRole('textbox', { name: 'Description' }).fill('overlapping')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Attribute' }).fill('parked')
  await page.getByRole('textbox', { name: 'Value' }).fill('true')
  await page.keyboard.press('Enter')
  await window.storedSoon((all) => all.every(({ attributes }) => attributes['description'] === 'overlapping' && attributes['parked'] === true))
  await page.getByRole('textbox', { name: 'parked' }).waitFor()

  await window.press('Control+z')
  await window.storedSoon((all) => all.every(({ attributes }) => !('parked' in attributes) && attributes['description'] === 'overlapping'))
  await window.press('Control+z')
  await window.press('Control+z')
  const back = await window.storedSoon((all) => all.every(({ group }) => group === null))
  expect(back.map(({ attributes }) => attributes)).toEqual([{}, {}])
})
