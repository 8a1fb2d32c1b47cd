/** Files dropped on the window of a browser: it stays, and asks for the folder that the browser does not tell. */
import { mkdir, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { SAMPLES_FOLDER } from '../../../src/core/services/modelChoice.ts'
import { fillPath, windows } from '../../helpers/window.ts'

const open = windows()

/** As the browser hands it over: a picture, or a folder, which is a file without a type, or text. Returns whether the page took it. */
function drop(page: Page, what: { readonly file: string; readonly type: string } | { readonly text: string }): Promise<boolean> {
  const put = 'file' in what ? `items.add(new File(['pixels'], '${what.file}', { type: '${what.type}' }))` : `setData('text/plain', '${what.text}')`
  return page.evaluate<boolean>(`(() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.${put}
    const target = document.querySelector('[data-testid="canvas"]')
    return ['dragover', 'drop'].every((type) => !target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true })))
  })()`)
}

it('takes a dropped folder as the wish to open it, and adds it once it is shown where', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  const folder = join(window.folder, 'holiday')
  await mkdir(folder)
  await copyFile(join(SAMPLES_FOLDER, 'shapes-02.jpg'), join(folder, 'beach.jpg'))
  expect(await drop(page, { file: 'holiday', type: '' })).toBe(true)
  const dialog = page.getByRole('dialog', { name: 'Open a folder of images' })
  await dialog.getByText('“holiday” was dropped').waitFor()
  await fillPath(dialog.getByRole('textbox', { name: 'Path of the folder' }), folder)
  await dialog.getByRole('button', { name: 'Add to this project' }).click()
  await window.image(2, 2)
  await page.getByRole('region', { name: 'Files' }).getByText('beach.jpg').waitFor()
})

it('a dropped picture neither replaces the page nor comes back with the next dialog', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  const address = page.url()
  expect(await drop(page, { file: 'photo.jpg', type: 'image/jpeg' })).toBe(true)
  await page.getByText('“photo.jpg” was dropped').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(page.url()).toBe(address)
  await window.press('Control+o')
  await page.getByRole('dialog', { name: 'Open a folder of images' }).waitFor()
  expect(await page.getByText('was dropped').count()).toBe(0)
})

it('text that is dragged about opens nothing', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  await drop(window.page, { text: 'words' })
  expect(await window.page.getByRole('dialog').count()).toBe(0)
})
