/** A whole session without a mouse: from the prompt to the exported file. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()

it('types, walks through the proposals, moves one, accepts, goes on, and exports', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-06.jpg'] })
  const { page } = window
  const { keyboard } = page
  const exports = join(window.folder, 'exports')
  await mkdir(join(exports, 'earlier'), { recursive: true })
  // The prompt bar has the focus at the start; the key that leads there writes nothing.
  await soon(() => page.locator(':focus').getAttribute('aria-label')).toBe('What to mark')
  await keyboard.type('/red circle')
  await soon(() => page.getByRole('textbox', { name: 'What to mark' }).inputValue()).toBe('red circle')
  await keyboard.press('Enter')
  await window.found()
  const proposals = await window.storedSoon((all) => all.length > 0)
  const top = proposals.toSorted((a, b) => a.box.y0 - b.box.y0)[0]!

  await keyboard.press('Tab')
  await page.getByRole('region', { name: 'Objects' }).getByRole('button', { pressed: true, name: 'red circle' }).first().waitFor()
  await keyboard.press('Shift+ArrowLeft')
  await window.storedSoon((all) => all.some(({ id, box }) => id === top.id && box.x1 !== top.box.x1))
  await window.saved()
  await keyboard.press('Enter')
  const accepted = await window.storedSoon((all) => all.every(({ state }) => state === 'accepted'))

  await keyboard.press('d')
  await window.image(2, 2)
  await keyboard.press('Control+Enter')
  await window.found()
  await keyboard.press('Enter')
  const second = await window.storedSoon((all) => all.length > 0 && all.every(({ state }) => state === 'accepted'), 2)

  await keyboard.press('Control+e')
  const dialog = page.getByRole('dialog', { name: 'Export' })
  const focused = page.locator(':focus')
  // The formats have the focus first; Tab goes through what is chosen of one to where it is written.
  await soon(() => focused.getAttribute('type')).toBe('radio')
  for (let presses = 0; (await focused.getAttribute('aria-label')) !== 'Path of the folder'; presses++) {
    expect(presses, 'presses of Tab to the path').toBeLessThan(20)
    await keyboard.press('Tab')
  }
  // The path to begin with comes from the host; selected before it is there, it would be added to.
  await soon(() => focused.inputValue()).not.toBe('')
  await keyboard.press('Control+a')
  await keyboard.type(exports)
  await keyboard.press('Enter')
  await dialog.getByRole('list', { name: 'Folders' }).getByText('earlier', { exact: true }).waitFor()
  for (let presses = 0; (await focused.textContent()) !== 'Export'; presses++) {
    expect(presses, 'presses of Tab to the button').toBeLessThan(20)
    await keyboard.press('Tab')
  }
  await keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Exported' }).waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  const file = JSON.parse(await readFile(join(exports, 'annotations.json'), 'utf8')) as { annotations: unknown[] }
  expect(file.annotations).toHaveLength(accepted.length + second.length)
})
