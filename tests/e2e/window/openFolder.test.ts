/** A folder of pictures becomes a project; a damaged picture says why it can't be shown and stands in nobody's way. */
import { existsSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SAMPLES_FOLDER } from '../../../src/core/services/modelChoice.ts'
import { fillPath, soon, windows } from '../../helpers/window.ts'

const open = windows()

it('opens a folder by its path: the pictures are listed, the first is shown, the project lies in the folder', async () => {
  const window = await open()
  const { page } = window
  const pictures = join(window.folder, 'pictures')
  await mkdir(join(pictures, 'more'), { recursive: true })
  await cp(join(SAMPLES_FOLDER, 'shapes-03.jpg'), join(pictures, 'a.jpg'))
  await cp(join(SAMPLES_FOLDER, 'shapes-06.jpg'), join(pictures, 'more', 'c.jpg'))
  await writeFile(join(pictures, 'b.png'), 'no picture at all')

  await page.getByText('Open a folder of images to begin').waitFor()
  await window.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Open a folder of images' })
  const path = dialog.getByRole('textbox', { name: 'Path of the folder' })
  await fillPath(path, window.folder)
  await path.press('Enter')
  await dialog.getByRole('button', { name: 'pictures' }).click()
  await dialog.getByText('2 images directly in here').waitFor()
  await dialog.getByRole('button', { name: 'Open', exact: true }).click()

  await window.image(1, 3)
  expect(existsSync(join(pictures, 'pictures.marquee'))).toBe(true)
  const files = page.getByRole('region', { name: 'Files' })
  await soon(() => files.getByRole('listitem').allInnerTexts()).toHaveLength(3)
  for (const name of ['a.jpg', 'b.png', 'c.jpg']) await files.getByText(name, { exact: true }).waitFor()

  await window.press('d')
  await window.image(2, 3)
  await page.getByRole('status').filter({ hasText: 'b.png' }).waitFor()
  await window.press('d')
  await window.image(3, 3)
  await page.getByRole('contentinfo').getByText('900 × 1200').waitFor()
})

it('says of a folder that is not there only that, and Cancel leaves all as it was', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  const empty = join(window.folder, 'empty')
  await mkdir(empty)
  await window.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Open a folder of images' })
  const path = dialog.getByRole('textbox', { name: 'Path of the folder' })
  await fillPath(path, empty)
  await path.press('Enter')
  await dialog.getByText('No folders in here.').waitFor()
  await fillPath(path, join(empty, 'gone'))
  await path.press('Enter')
  await dialog.getByRole('alert').waitFor()
  expect(await dialog.getByText('No folders in here.').count()).toBe(0)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'detached' })
  await window.image(1, 1)
})

it('keeps the prompt and the words of labels of one project out of the next', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  await window.ask('red circle=round')
  await window.found()
  const labels = page.getByRole('region', { name: 'Labels' })
  await labels.getByText('← red circle').waitFor()
  await window.saved()
  const pictures = join(window.folder, 'pictures')
  await mkdir(pictures)
  await cp(join(SAMPLES_FOLDER, 'shapes-03.jpg'), join(pictures, 'a.jpg'))
  await window.press('Control+o')
  const path = page.getByRole('textbox', { name: 'Path of the folder' })
  await fillPath(path, pictures)
  await path.press('Enter')
  await page.getByText('1 image directly in here').waitFor()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByRole('contentinfo').getByText('a.jpg').waitFor()

  await soon(() => page.getByRole('textbox', { name: 'What to mark' }).inputValue()).toBe('')
  await labels.getByRole('button', { name: 'Add a label' }).click()
  await page.keyboard.type('lesion')
  await page.keyboard.press('Enter')
  await labels.getByRole('button', { name: 'Ask again: lesion' }).waitFor()
})

it('says which folder it may not read, and goes on', async () => {
  const window = await open()
  await window.press('Control+o')
  const dialog = window.page.getByRole('dialog', { name: 'Open a folder of images' })
  const path = dialog.getByRole('textbox', { name: 'Path of the folder' })
  await fillPath(path, '/proc')
  await path.press('Enter')
  await dialog.getByText(/\/proc lies outside/).waitFor()
  await window.page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
})
