/** Keys are the person's text wherever text is typed: in every field of the window none of them is a command. */
import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { windows } from '../../helpers/window.ts'

const open = windows()
/** Tools, next image, accept, hide, lock, label, delete: each would be seen. */
const KEYS = 'vrpbeqdahlt1m'

it('writes letters instead of taking tools, changing the image or the objects', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-02.jpg'] })
  const { page } = window
  await window.ask('red circle')
  await window.found()
  const before = await window.storedSoon((all) => all.length > 0)
  await window.press('Tab')
  await page.getByRole('button', { name: 'Group, description, attributes' }).click()

  const nothingHappened = async (where: string) => {
    await window.image(1, 2)
    expect(await page.getByRole('button', { name: 'Select', exact: true }).getAttribute('aria-pressed'), where).toBe('true')
    expect(window.stored().map(({ id, state, labelId }) => [id, state, labelId]), where).toEqual(before.map(({ id, state, labelId }) => [id, state, labelId]))
  }
  const typeInto = async (field: Locator, where: string) => {
    await field.fill('')
    await field.pressSequentially(KEYS)
    expect(await field.inputValue(), where).toBe(KEYS)
    await page.keyboard.press('Delete')
    await page.keyboard.press('Backspace')
    expect(await field.inputValue(), where).toBe(KEYS.slice(0, -1))
    await nothingHappened(where)
    await field.fill('')
  }
  await typeInto(page.getByRole('textbox', { name: 'What to mark' }), 'prompt')
  await typeInto(page.getByRole('searchbox', { name: 'Search files' }), 'search')
  await typeInto(page.getByRole('textbox', { name: 'Description' }), 'description')
  await typeInto(page.getByRole('textbox', { name: 'Attribute' }), 'attribute')

  await page.getByRole('button', { name: 'Add a label' }).click()
  await typeInto(page.getByRole('textbox', { name: 'Name of the label' }), 'new label')
  await page.keyboard.press('Escape')
  await nothingHappened('Esc in a field')

  await window.press('Control+e')
  await typeInto(page.getByRole('textbox', { name: 'File name' }), 'file name')
})
