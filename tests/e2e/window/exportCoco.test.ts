/** Export, and the file is read again by something else. */
import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { drawn } from '../../helpers/drawn.ts'
import { hasPython } from '../../helpers/python.ts'
import { fillPath, windows, type TestWindow } from '../../helpers/window.ts'

const open = windows()

interface CocoFile {
  readonly images: readonly { readonly id: number; readonly file_name: string; readonly width: number; readonly height: number }[]
  readonly annotations: readonly { readonly image_id: number; readonly category_id: number; readonly bbox: readonly number[]; readonly area: number }[]
  readonly categories: readonly { readonly id: number; readonly name: string }[]
}

/** Accepts what "red circle" finds, leaves the yellow triangle proposed, and exports with the dialog. Gives the file's path. */
async function exported(window: TestWindow): Promise<string> {
  const { page } = window
  await window.ask('red circle')
  await window.found()
  await window.press('Enter')
  await window.storedSoon((all) => all.length > 0 && all.every(({ state }) => state === 'accepted'))
  await window.ask('yellow triangle')
  await window.found()
  await page.getByRole('button', { name: 'Export' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export' })
  const path = dialog.getByRole('textbox', { name: 'Path of the folder' })
  await fillPath(path, window.folder)
  await path.press('Enter')
  await dialog.getByRole('list', { name: 'Folders' }).getByText('data', { exact: true }).waitFor()
  await dialog.getByRole('textbox', { name: 'File name' }).fill('mine.json')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByRole('dialog', { name: 'Exported' }).getByText(join(window.folder, 'mine.json')).waitFor()
  return join(window.folder, 'mine.json')
}

describe('export as COCO', () => {
  it('writes what was accepted, box by box and mask by mask, without the proposals', async () => {
    const window = await open({ images: ['shapes-01.png', 'shapes-06.jpg'] })
    const file = JSON.parse(await readFile(await exported(window), 'utf8')) as CocoFile
    const accepted = window.stored().filter(({ state }) => state === 'accepted')
    expect(file.images.map(({ file_name, width, height }) => [file_name, width, height])).toEqual([
      ['shapes-01.png', 1200, 900],
      ['shapes-06.jpg', 900, 1200],
    ])
    const boxes = accepted.map(({ box }) => [box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0])
    expect(file.annotations.map(({ bbox }) => bbox).toSorted()).toEqual(boxes.toSorted())
    const names = new Map(file.categories.map(({ id, name }) => [id, name]))
    expect(new Set(file.annotations.map((one) => names.get(one.category_id)))).toEqual(new Set(['red circle']))
    expect(window.stored().some(({ state }) => state === 'proposed')).toBe(true)
  })

  it('reads again what it wrote, as the objects of the images it came from', async () => {
    const window = await open({ images: ['shapes-01.png', 'shapes-06.jpg'] })
    const place = await exported(window)
    const accepted = window.stored().filter(({ state }) => state === 'accepted').length
    const wish = { place, format: 'coco', options: {}, imageFolders: [], missing: 'skip' as const, labelMap: {} }
    const read = await window.host.services.handlers['imports.preview'](wish, { signal: new AbortController().signal, report: () => undefined })
    expect(read).toMatchObject({ format: 'coco', images: { total: 2, known: 2, missing: 0 }, objects: { seen: accepted, added: 0, known: accepted, leftOut: 0 } })
    expect(read.problems.map(({ reason }) => reason)).toEqual([`${String(accepted)} objects are in the project already, as exactly as COCO JSON holds them, and were not added again`])
  })

  it('writes where the field says, also when that was only typed', async () => {
    const window = await open({ images: ['shapes-01.png'] })
    const wanted = join(window.folder, 'here')
    await mkdir(wanted)
    drawn(window, [{ at: 0, label: 'car', box: { x0: 1, y0: 2, x1: 30, y1: 40 } }])
    await window.press('Control+e')
    const dialog = window.page.getByRole('dialog', { name: 'Export' })
    await fillPath(dialog.getByRole('textbox', { name: 'Path of the folder' }), wanted)
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await window.page.getByRole('dialog', { name: 'Exported' }).getByText(join(wanted, 'annotations.json')).waitFor()
    expect(await readdir(wanted)).toEqual(['annotations.export-report.json', 'annotations.json'])
  })

  it.skipIf(!hasPython('pycocotools'))('is read by pycocotools, whose masks have the areas of the file (needs Python with pycocotools)', async () => {
    const window = await open({ images: ['shapes-01.png'] })
    const file = await exported(window)
    const script = `
import json, sys
from pycocotools.coco import COCO
coco = COCO(sys.argv[1])
print(json.dumps([[int(coco.annToMask(a).sum()), a['area']] for a in coco.loadAnns(coco.getAnnIds())]))`
    const run = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' })
    expect(run.stderr).toBe('')
    const areas = JSON.parse(run.stdout.trim().split('\n').at(-1)!) as [number, number][]
    expect(areas).toHaveLength(window.stored().filter(({ state }) => state === 'accepted').length)
    for (const [pixels, area] of areas) expect(pixels).toBe(area)
  })
})
