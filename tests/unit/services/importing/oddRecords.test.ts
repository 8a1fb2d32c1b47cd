/** Records that are odd and no damage: told one by one, and none lost without a word. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { importDataset } from '../../../../src/core/services/importing/importDataset.ts'
import { writeFiles } from '../../../helpers/datasets.ts'
import type { FileContents } from '../../../helpers/datasets.ts'
import { projectFolder } from '../../../helpers/projects.ts'
import { PICTURE, PLAIN, SMALL_FILES } from '../../../helpers/smallFiles.ts'

const projects = projectFolder()
let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'odd-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function imported(files: FileContents, format = 'auto') {
  writeFiles(folder, { 'a.png': PICTURE, ...files })
  const project = await projects.create()
  const { objects, problems } = await importDataset(project, { place: folder, format, options: {}, imageFolders: [], missing: 'skip', labelMap: {}, dryRun: false })
  expect(objects.added + objects.known + objects.leftOut).toBe(objects.seen)
  const boxes = [...project.images.iterate()].flatMap(({ id }) => project.annotations.load(id).annotations.map(({ box }) => [box.x0, box.y0, box.x1, box.y1]))
  return { objects, boxes, told: problems.map(({ place, reason, objects: count }) => [place, reason, count]) }
}

function coco(annotations: readonly object[], images: readonly object[] = [{ id: 1, file_name: 'a.png', width: 20, height: 10 }]) {
  const all = annotations.map((one, n) => ({ id: n + 1, image_id: 1, category_id: 1, bbox: [1, 1, 4, 4], ...one }))
  return imported({ 'a.json': JSON.stringify({ images, categories: [{ id: 1, name: 'cat' }], annotations: all }) })
}

it('COCO annotations of one id all come in, and the id is told with how many have it', async () => {
  const { objects, told } = await coco([{ id: 7 }, { id: 8, bbox: [2, 2, 3, 3] }, { id: 7, bbox: [5, 5, 2, 2] }, { id: '7', bbox: [6, 5, 2, 2] }, { id: 2 ** 60 }, { id: 2 ** 60 }])
  expect(objects).toEqual({ seen: 6, added: 6, known: 0, leftOut: 0 })
  expect(told).toEqual([
    ['annotation 7', 'is the id of 3 annotations; each was read as an object of its own', 0],
    ['annotation 1152921504606847000', 'is the id of 2 annotations; each was read as an object of its own', 0],
  ])
})

it('where thousands of ids are there twice the first thousand is told, and how many more', async () => {
  const { objects, told } = await coco(Array.from({ length: 2400 }, (_, n) => ({ id: n % 1200, bbox: [1, 1, 1 + n / 1000, 2] })))
  expect(objects).toMatchObject({ seen: 2400, added: 2400 })
  expect([told.length, told.at(-1)]).toEqual([1001, ['annotations', '200 more annotations have the id of another one; each was read as an object of its own', 0]])
})

it('COCO images of one id: the annotations go to the first, the second is there without, with words', async () => {
  const images = [{ id: 1, file_name: 'a.png', width: 20, height: 10 }, { id: 1, file_name: 'b.png', width: 20, height: 10 }]
  writeFiles(folder, { 'b.png': Buffer.concat([PICTURE, Buffer.from('more')]) })
  const { objects, told } = await coco([{}], images)
  expect(objects).toMatchObject({ seen: 1, added: 1 })
  expect(told).toEqual([['image 1', 'is the id of two images; the annotations went to the first one, not to b.png', 0]])
})

it('COCO boxes without an area come in as they are and are told; negative ones are left out', async () => {
  const { objects, boxes, told } = await coco([{ bbox: [1, 1, 0, 0] }, { bbox: [1, 1, 3, 0] }, { bbox: [0, 0, 0, 0], segmentation: [[2, 2, 5, 2, 5, 6]] }, { bbox: [5, 5, -2, 3] }])
  expect(objects).toEqual({ seen: 4, added: 3, known: 0, leftOut: 1 })
  expect(boxes).toEqual([[1, 1, 1, 1], [1, 1, 4, 1], [0, 0, 0, 0]])
  expect(told).toEqual([
    ['annotation 4', 'its bbox has a negative size, -2 x 3', 1],
    ['annotation 1', 'its box has no area', 0],
    ['annotation 2', 'its box has no area', 0],
    ['annotation 3', 'its box has no area', 0],
  ])
})

it('COCO scores that are none are told together', async () => {
  const { objects, told } = await coco([{ score: 85 }, { score: 0.5 }, { score: -1 }, { score: null }])
  expect(objects.added).toBe(4)
  expect(told).toEqual([['annotation 1 and 1 more', 'its score is not from 0 to 1 and is kept for an export as COCO only', 0]])
})

it.each(['voc', 'cvat', 'csv'])('%s: edges in the wrong order are put in order, with words', async (format) => {
  const { objects, boxes, told } = await imported(SMALL_FILES[format]!.files({ ...PLAIN, box: ['6', '3', '2', '8'] }), format)
  expect(objects).toMatchObject({ seen: 1, added: 1 })
  expect(boxes).toEqual([format === 'voc' ? [1, 2, 6, 8] : [2, 3, 6, 8]])
  expect(told.filter(([, reason]) => !/read (from 1|so)/.test(String(reason)))).toEqual([[expect.any(String), 'its right or lower edge is stated before the other; the edges were put in order', 0]])
})

it('Label Studio: a rectangle of negative width likewise', async () => {
  const { boxes, told } = await imported(SMALL_FILES['label-studio']!.files({ ...PLAIN, box: ['50', '10', '-25', '20'] }))
  expect(boxes).toEqual([[5, 1, 10, 3]])
  expect(told).toEqual([[expect.stringContaining('region r'), expect.stringMatching(/were put in order$/), 0]])
})

it.each(['voc', 'cvat', 'csv', 'labelme', 'label-studio', 'yolo'])('%s: a box without an area is told', async (format) => {
  const box = { yolo: ['0.5', '0.5', '0', '0.5'], 'label-studio': ['10', '10', '0', '20'], voc: ['3', '3', '2', '8'] }[format] ?? ['4', '3', '4', '8']
  const { objects, told } = await imported(SMALL_FILES[format]!.files({ ...PLAIN, box: box as [string, string, string, string] }), format)
  expect(objects.seen).toBe(1)
  // Pascal VOC's boxes are at least a pixel wide: corners in a wrong order are what it has.
  expect(told.map(([, reason]) => reason).join()).toMatch(format === 'voc' ? /put in order/ : /no area/)
})
