/** Exports other than COCO: with a split, and of what a format can't hold. */
import { existsSync, readdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { drawn } from '../../helpers/drawn.ts'
import { windows, type TestWindow } from '../../helpers/window.ts'

const open = windows()

const IMAGES = ['shapes-01.png', 'shapes-02.jpg', 'shapes-03.jpg', 'shapes-05.jpg']
const INSIDE = { x0: 20, y0: 30, x1: 120, y1: 90 }

async function dialogOf(window: TestWindow, format: string) {
  await window.press('Control+e')
  const dialog = window.page.getByRole('dialog', { name: 'Export' })
  await dialog.getByText(format, { exact: true }).click()
  return dialog
}

const preview = (window: TestWindow, place: string, format: string) => {
  const wish = { place, format, options: {}, imageFolders: [], missing: 'skip' as const, labelMap: {} }
  return window.host.services.handlers['imports.preview'](wish, { signal: new AbortController().signal, report: () => undefined })
}

it('writes YOLO in three parts, with the labels that were chosen, and it is read again as that', async () => {
  const window = await open({ images: IMAGES })
  const { page, folder } = window
  drawn(window, [...IMAGES.keys()].flatMap((at) => [{ at, label: 'car', box: INSIDE }, { at, label: 'tree', box: INSIDE }, { at, label: 'car', box: INSIDE, state: 'proposed' }]))
  const dialog = await dialogOf(window, 'YOLO')
  await dialog.getByText('8 objects of 2 labels will be written.').waitFor()
  await dialog.getByRole('checkbox', { name: 'tree' }).uncheck()
  await dialog.getByText('4 objects of 1 label will be written.').waitFor()
  await dialog.getByRole('combobox', { name: 'Parts' }).selectOption('new')
  await dialog.getByRole('spinbutton', { name: 'train %' }).fill('50')
  await dialog.getByRole('spinbutton', { name: 'val %' }).fill('25')
  await dialog.getByRole('spinbutton', { name: 'test %' }).fill('25')
  await dialog.getByRole('combobox', { name: 'Pictures' }).selectOption('none')
  await dialog.getByRole('textbox', { name: 'Folder name' }).fill('set')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  const done = page.getByRole('dialog', { name: 'Exported' })
  await done.getByText('Read back and compared with the project: 4 objects. Boxes exact.').waitFor()
  const report = JSON.parse(await readFile(join(folder, 'set', 'export-report.json'), 'utf8')) as { annotations: Record<string, number> }
  expect(report.annotations).toEqual({ car: 4 })
  expect(['train', 'val', 'test'].map((part) => readdirSync(join(folder, 'set', 'labels', part)).length)).toEqual([2, 1, 1])
  expect(await preview(window, join(folder, 'set'), 'yolo')).toMatchObject({ objects: { seen: 4, added: 0, known: 4, leftOut: 0 }, labels: [{ name: 'car', isNew: false }] })
})

it('says what can not be written, and writes the rest once that is confirmed', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page, folder } = window
  drawn(window, [{ at: 0, label: 'car', box: INSIDE }, { at: 0, label: 'car', box: { x0: 1300, y0: 10, x1: 1400, y1: 60 } }])
  const dialog = await dialogOf(window, 'YOLO')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  const alert = dialog.getByRole('alert')
  await alert.getByText('Only 1 of 2 objects can be written in this format').waitFor()
  expect(existsSync(join(folder, 'yolo'))).toBe(false)
  await alert.getByRole('button', { name: 'Export without them' }).click()
  const done = page.getByRole('dialog', { name: 'Exported' })
  await done.getByText('1 object on 1 image').waitFor()
  await done.getByRole('heading', { name: 'Not as in the project' }).waitFor()
  await done.getByText(/^objects left out: /).waitFor()
  await done.getByRole('region', { name: /remark/ }).getByText('left out').waitFor()
  expect(await preview(window, join(folder, 'yolo'), 'yolo')).toMatchObject({ objects: { seen: 1, leftOut: 0 } })
})

it('asks before it replaces what lies there', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  drawn(window, [{ at: 0, label: 'car', box: INSIDE }])
  const place = join(window.folder, 'annotations.json')
  await writeFile(place, 'somebody else wrote this')
  const dialog = await dialogOf(window, 'COCO JSON')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  const alert = dialog.getByRole('alert')
  await alert.getByText('is there already').waitFor()
  expect(await readFile(place, 'utf8')).toBe('somebody else wrote this')
  await alert.getByRole('button', { name: 'Replace it' }).click()
  await window.page.getByRole('dialog', { name: 'Exported' }).waitFor()
  expect(JSON.parse(await readFile(place, 'utf8'))).toMatchObject({ annotations: [{ category_id: 1 }] })
})

it('does not write an empty export by itself', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  drawn(window, [{ at: 0, label: 'car', box: INSIDE, state: 'proposed' }])
  const dialog = await dialogOf(window, 'COCO JSON')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await dialog.getByText('There is nothing to export').waitFor()
  await dialog.getByRole('checkbox', { name: 'Accepted objects only' }).uncheck()
  await dialog.getByRole('alert').waitFor({ state: 'detached' })
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await window.page.getByRole('dialog', { name: 'Exported' }).getByText('1 object on 1 image').waitFor()
})
