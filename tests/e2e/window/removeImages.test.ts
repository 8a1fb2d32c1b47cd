/** Images that do not belong in the project go from it, with a warning, and can be had back. */
import { expect, it } from 'vitest'
import { readIntoProject } from '../../../src/core/services/appImages.ts'
import { SAMPLES_FOLDER } from '../../../src/core/services/modelChoice.ts'
import { soon, windows, type TestWindow } from '../../helpers/window.ts'

const open = windows()
const IMAGES = ['shapes-01.png', 'shapes-02.jpg', 'shapes-03.jpg', 'shapes-04.png']
const names = ({ host }: TestWindow) => [...host.services.session.project.images.iterate()].map(({ path }) => path)
const file = ({ page }: TestWindow, name: string) => page.getByRole('region', { name: 'Files' }).getByRole('button', { name: new RegExp(`^${name}`) })

it('removes the image at hand with its objects after saying how many, undoes it, and no scan brings it back', async () => {
  const window = await open({ images: IMAGES })
  const { page } = window
  await window.ask('red circle, red triangle')
  await window.found()
  await window.press('Enter')
  const before = await window.storedSoon((all) => all.length > 1 && all.every(({ state }) => state === 'accepted'))
  await page.getByRole('button', { name: 'More for shapes-01.png' }).click()
  await page.getByRole('menuitem', { name: 'Remove from project…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove 1 image from the project' })
  await dialog.getByText(`${String(before.length)} objects go along.`).waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  expect(names(window)).toEqual(IMAGES)

  await page.getByRole('button', { name: 'More for shapes-01.png' }).click()
  await page.getByRole('menuitem', { name: 'Remove from project…' }).click()
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
  await window.image(1, 3)
  expect(names(window)).toEqual(IMAGES.slice(1))
  await readIntoProject(window.host.services.session, [SAMPLES_FOLDER], {})
  expect(names(window)).not.toContain('shapes-01.png')

  await window.press('Control+z')
  await window.image(1, 12)
  expect(await window.storedSoon((all) => all.length > 0)).toEqual(before)
})

it('removes all that are marked by Ctrl and Shift with Del, and shows removed images again from the menu', async () => {
  const window = await open({ images: IMAGES })
  const { page } = window
  await file(window, 'shapes-02.jpg').click({ modifiers: ['Control'] })
  await file(window, 'shapes-04.png').click({ modifiers: ['Shift'] })
  await page.getByText('3 selected').waitFor()
  await page.keyboard.press('Delete')
  const dialog = page.getByRole('dialog', { name: 'Remove 3 images from the project' })
  await dialog.getByText('There are no objects on them.').waitFor()
  await page.keyboard.press('Enter')
  await window.image(1, 1)
  expect(names(window)).toEqual(['shapes-01.png'])
  await soon(() => page.getByText('3 selected').count()).toBe(0)

  await page.getByRole('menuitem', { name: 'File' }).click()
  await page.getByRole('menuitem', { name: 'Show removed images again' }).click()
  await window.image(2, 4)
  expect(names(window)).toEqual(IMAGES)
})
