/** Labels in the right column: merged, and remembered with the words they are asked for by. */
import { expect, it } from 'vitest'
import { soon, windows, type TestWindow } from '../../helpers/window.ts'

const open = windows()
const labelNames = ({ host }: TestWindow) => host.services.session.project.labels.list().map(({ name }) => name)

/** A window with the accepted objects of two labels. */
async function withTwoLabels() {
  const window = await open({ images: ['shapes-01.png'] })
  await window.ask('red circle, red triangle')
  await window.found()
  await window.press('Enter')
  return { window, before: await window.storedSoon((all) => all.length > 1 && all.every(({ state }) => state === 'accepted')) }
}

it('merges a label into another: its objects go there, none is lost', async () => {
  const { window, before } = await withTwoLabels()
  const { page } = window
  await page.getByRole('button', { name: 'More for red triangle' }).first().click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove the label “red triangle”' })
  await dialog.getByRole('radio', { name: 'red circle' }).check()
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
  await soon(() => labelNames(window)).toEqual(['red circle'])
  const after = await window.storedSoon((all) => new Set(all.map(({ labelId }) => labelId)).size === 1)
  expect(after.map(({ id }) => id).toSorted()).toEqual(before.map(({ id }) => id).toSorted())
  const objects = page.getByRole('region', { name: 'Objects' })
  await objects.getByRole('button', { name: 'red circle' }).nth(before.length - 1).waitFor()
  await soon(() => objects.getByText('red triangle').count()).toBe(0)
})

it('renames a label from its menu', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  await page.getByRole('button', { name: 'Add a label' }).click()
  await page.keyboard.type('lorry')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'More for lorry' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await page.getByRole('textbox', { name: 'Name of the label' }).fill('truck')
  await page.keyboard.press('Enter')
  await soon(() => labelNames(window)).toEqual(['truck'])
})

it('offers to merge a label that is given the name of another, and leaves both where that is refused', async () => {
  const { window, before } = await withTwoLabels()
  const { page } = window
  const rename = async (button: string) => {
    await page.getByRole('button', { name: 'More for red triangle' }).first().click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.getByRole('textbox', { name: 'Name of the label' }).fill(' red circle ')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'There is a label “red circle” already' }).getByRole('button', { name: button }).click()
  }
  await rename('Cancel')
  await soon(() => page.getByRole('dialog').count()).toBe(0)
  expect(labelNames(window)).toEqual(['red circle', 'red triangle'])
  await rename('Merge')
  await soon(() => labelNames(window)).toEqual(['red circle'])
  expect(window.stored().map(({ id }) => id).toSorted()).toEqual(before.map(({ id }) => id).toSorted())
  expect(new Set(window.stored().map(({ labelId }) => labelId)).size).toBe(1)
})

it('a label that a prompt made goes when all it found is discarded, and comes back with it', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const found = async () => (await window.storedSoon((all) => all.length > 0)).length
  await window.ask('red circle')
  await window.found()
  const count = await found()
  await window.press('Escape')
  await soon(() => labelNames(window)).toEqual([])
  await window.press('Control+z')
  await soon(() => labelNames(window)).toEqual(['red circle'])
  await soon(() => found()).toBe(count)
  await window.press('Enter')
  await window.storedSoon((all) => all.every(({ state }) => state === 'accepted'))
  await window.press('Control+a')
  await window.press('Delete')
  await window.storedSoon((all) => all.length === 0)
  await window.saved()
  expect(labelNames(window)).toEqual(['red circle'])
})

it('asks for a label again by the words that found it, also after a reload, and by others once they are given', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-03.jpg'] })
  const { page } = window
  const prompt = page.getByRole('textbox', { name: 'What to mark' })
  await window.ask('red circle = ball')
  await window.found()
  await page.getByRole('region', { name: 'Labels' }).getByText('← red circle').waitFor()
  await window.ask('white cross')
  await soon(() => prompt.inputValue()).toBe('white cross')
  await page.getByText('found no').waitFor()

  await page.reload()
  await window.image(1, 2)
  await page.getByRole('button', { name: 'Ask again: red circle' }).click()
  await soon(() => prompt.inputValue()).toBe('red circle = ball')
  await window.found()

  await page.getByRole('button', { name: 'More for ball' }).first().click()
  await page.getByRole('menuitem', { name: 'Words it is asked for by' }).click()
  await page.getByRole('textbox', { name: 'Words that ball is asked for by' }).fill('red triangle, red circle')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Ask again: red triangle, red circle' }).click()
  await soon(() => prompt.inputValue()).toBe('red triangle = ball, red circle = ball')
})
