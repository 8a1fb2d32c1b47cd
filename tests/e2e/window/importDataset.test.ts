/** A dataset of another tool: looked at, brought in, taken back; what the files leave open is asked. */
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { importDataset } from '../../../src/core/services/importing/importDataset.ts'
import { SAMPLES_FOLDER } from '../../../src/core/services/modelChoice.ts'
import { writeFiles } from '../../helpers/datasets.ts'
import { drawn } from '../../helpers/drawn.ts'
import { importWish } from '../../helpers/serviceTrips.ts'
import { fillPath, soon, windows, type TestWindow } from '../../helpers/window.ts'

const open = windows()

const BOX = { x0: 20, y0: 30, x1: 120, y1: 90 }
const annotation = (id: number, image_id: number, category_id: number) => ({ id, image_id, category_id, bbox: [10, 20, 40, 30], area: 1200, iscrowd: 0 })
const COCO = JSON.stringify({
  images: [
    { id: 1, file_name: 'shapes-01.png', width: 1200, height: 900 },
    { id: 2, file_name: 'elsewhere/shapes-02.jpg', width: 1600, height: 1067 },
  ],
  categories: [{ id: 1, name: 'Cars' }, { id: 2, name: 'tree' }],
  annotations: [annotation(1, 1, 1), annotation(2, 1, 2), annotation(3, 2, 1), { ...annotation(4, 1, 1), bbox: ['wide', 1, 2, 3] }],
})

/** Opens the dialog and has a place looked at. */
async function look(window: TestWindow, place: string) {
  await window.press('Control+i')
  const dialog = window.page.getByRole('dialog', { name: 'Import annotations' })
  const path = dialog.getByRole('textbox', { name: 'Path of the folder or file' })
  await soon(() => path.inputValue()).not.toBe('')
  await fillPath(path, place)
  await path.press('Enter')
  await dialog.getByRole('button', { name: 'Look at it' }).click()
  return dialog
}

const fact = (dialog: Awaited<ReturnType<typeof look>>, name: string) => dialog.locator('dl > div', { hasText: name }).locator('dd')

it('shows what would come in, merges a label where that is wished, and can be taken back', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page, folder } = window
  drawn(window, [{ at: 0, label: 'cars', box: BOX }])
  writeFiles(join(folder, 'other'), { 'instances.json': COCO })
  await mkdir(join(folder, 'pictures'))
  await copyFile(join(SAMPLES_FOLDER, 'shapes-02.jpg'), join(folder, 'pictures', 'shapes-02.jpg'))

  const dialog = await look(window, join(folder, 'other', 'instances.json'))
  await dialog.getByText('The picture of 1 image was not found.').waitFor()
  await soon(() => fact(dialog, 'come in').textContent()).toBe('2')
  await soon(() => fact(dialog, 'left out').textContent()).toBe('2')
  expect(window.stored()).toHaveLength(1)
  await dialog.getByRole('region', { name: /left out/ }).getByText('annotation 4').waitFor()
  await dialog.getByRole('button', { name: 'Save all as CSV' }).click()
  await dialog.getByText('Saved', { exact: true }).waitFor()
  expect(await readFile(join(folder, 'import-problems.csv'), 'utf8')).toContain('annotation 4')

  await dialog.getByRole('button', { name: 'Look in another folder…' }).click()
  await fillPath(dialog.getByRole('textbox', { name: 'Path of the folder' }), join(folder, 'pictures'))
  await dialog.getByRole('button', { name: 'Look here' }).click()
  await soon(() => fact(dialog, 'new images').textContent()).toBe('1')
  await dialog.getByRole('button', { name: 'Merge into cars?' }).click()
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()

  const done = page.getByRole('dialog', { name: 'Imported' })
  await done.getByText('3 objects came in from').waitFor()
  await window.image(1, 2)
  const { labels } = window.host.services.session.project
  expect(labels.list().map(({ name }) => name)).toEqual(['cars', 'tree'])
  expect([window.stored(1).length, window.stored(2).length]).toEqual([3, 1])
  await soon(() => page.getByRole('region', { name: 'Objects' }).getByRole('listitem').count()).toBe(3)

  await done.getByRole('button', { name: 'Take back' }).click()
  await done.getByText('3 objects were taken out again').waitFor()
  expect(window.stored().length).toBe(1)
  await soon(() => page.getByRole('region', { name: 'Objects' }).getByRole('listitem').count()).toBe(1)
  await page.keyboard.press('Escape')
  await window.press('Control+i')
  await page.getByRole('list', { name: 'Earlier imports' }).getByText('taken back').waitFor()
})

it('taking back a large import shows how far it is, can be stopped, and goes on when asked again', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page, folder } = window
  const { session } = window.host.services
  const count = 6000
  const images = Array.from({ length: count }, (_, id) => ({ id, file_name: `none/${id}.jpg`, width: 640, height: 480 }))
  const annotations = Array.from({ length: 3 * count }, (_, id) => annotation(id, id % count, 1))
  const place = join(folder, 'large')
  writeFiles(place, { 'instances.json': JSON.stringify({ images, categories: [{ id: 1, name: 'tree' }], annotations }) })
  await importDataset(session.project, importWish(place, { missing: 'keep' }))
  session.changes.restart()

  await window.press('Control+i')
  const dialog = page.getByRole('dialog', { name: 'Import annotations' })
  await dialog.getByRole('button', { name: 'Take back' }).click()
  await dialog.getByText(/^Taking back: \d+ of 6000 images/).waitFor()
  await dialog.getByRole('button', { name: 'Stop', exact: true }).click()
  await dialog.getByText('Stopped: what was taken out').waitFor()
  const left = session.project.annotations.count()
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThan(3 * count)
  await dialog.getByRole('button', { name: 'Take back' }).click()
  await dialog.getByText(`${String(left)} objects were taken out again`).waitFor()
  await page.getByRole('list', { name: 'Earlier imports' }).getByText('taken back').waitFor()
})

it('asks which format is meant where two fit', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const voc = '<annotation><filename>shapes-01.png</filename><size><width>1200</width><height>900</height><depth>3</depth></size><object><name>dog</name><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>50</xmax><ymax>40</ymax></bndbox></object></annotation>'
  writeFiles(join(window.folder, 'both'), { 'instances.json': COCO, 'Annotations/shapes-01.xml': voc })
  const dialog = await look(window, join(window.folder, 'both'))
  await dialog.getByText('This can be read as more than one format').waitFor()
  expect(await dialog.getByText('--format').count()).toBe(0)
  // By keyboard: each step has the focus.
  await dialog.getByRole('radio', { name: 'Pascal VOC' }).press('Space')
  await window.page.keyboard.press('Enter')
  await dialog.getByRole('list', { name: '1 label' }).getByText('dog').waitFor()
  await soon(() => fact(dialog, 'come in').textContent()).toBe('1')
  await window.page.keyboard.press('Enter')
  await window.storedSoon((all) => all.length === 1)
  await window.page.getByRole('dialog', { name: 'Imported' }).waitFor()
  await window.page.keyboard.press('Enter')
  await window.page.getByRole('dialog').waitFor({ state: 'detached' })
  await soon(() => window.page.evaluate<string>('document.activeElement.dataset.testid')).toBe('canvas')
})

it('says why a folder is no dataset, and another place can be chosen at once', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  await mkdir(join(window.folder, 'nothing'))
  const dialog = await look(window, join(window.folder, 'nothing'))
  await dialog.getByRole('alert').getByText('holds no annotations in a format Marquee knows').waitFor()
  writeFiles(join(window.folder, 'nothing'), { 'now.json': COCO })
  const path = dialog.getByRole('textbox', { name: 'Path of the folder or file' })
  await soon(() => path.inputValue()).toBe(join(window.folder, 'nothing'))
  await fillPath(path, join(window.folder, 'nothing', 'now.json'))
  await dialog.getByRole('button', { name: 'Look at it' }).click()
  await dialog.getByRole('button', { name: 'Import', exact: true }).waitFor()
})
