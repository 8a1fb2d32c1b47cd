import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'fast-png'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cocoPanopticReader } from '../../../src/core/formats/coco-panoptic/read.ts'
import { cocoPanopticWriter } from '../../../src/core/formats/coco-panoptic/write.ts'
import { cocoPanoptic } from '../../../src/core/formats/coco-panoptic/index.ts'
import { DatasetFiles } from '../../../src/core/formats/common/files/datasetFiles.ts'
import { rleToBitmap } from '../../../src/shared/rleString.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import { DONUT, SOLID, annotation, image, label, maskOf, source } from '../../helpers/exports.ts'
import { projectFrom, roundTrip } from '../../helpers/roundTrip.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'coco-panoptic-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const BIG = 1 + 2 * 256 + 3 * 65536
/** A PNG of segment numbers, red + 256 green + 65536 blue. */
function png(rows: readonly (readonly number[])[]): Uint8Array {
  const data = Uint8Array.from(rows.flat().flatMap((id) => [id & 255, (id >> 8) & 255, id >> 16]))
  return encode({ width: rows[0]!.length, height: rows.length, data, channels: 3, depth: 8 })
}
const ROWS = [[0, 7, 7], [BIG, 7, BIG]]
const images = [{ id: 5, file_name: 'a.jpg', width: 3, height: 2, license: 1 }, { id: 6, file_name: 'b.jpg', width: 3, height: 2 }]
const categories = [{ id: 1, name: 'sky', isthing: 0, color: [1, 2, 3] }, { id: 2, name: 'car', isthing: 1 }]
const sky = { id: 7, category_id: 1, area: 30, bbox: [1, 0, 1, 1], iscrowd: 0, extra: [1] }
const car = { id: BIG, category_id: 2, area: 2, bbox: [0, 1, 3, 1], iscrowd: 1 }
const json = (segments: readonly unknown[], more: object = {}) => JSON.stringify({ images, categories, annotations: [{ image_id: 5, file_name: 'a.png', segments_info: segments, ...more }] })

async function read(text: string, files: Record<string, Uint8Array> = { 'annotations/panoptic_val/a.png': png(ROWS) }, at = '') {
  writeFiles(folder, { 'annotations/panoptic_val.json': text, ...files })
  const result = await readDataset(cocoPanopticReader, join(folder, at))
  expect(result.accounted).toBe(result.seen)
  return result
}
const pixels = (object: { mask: Parameters<typeof rleToBitmap>[0] | null } | undefined) => [...rleToBitmap(object!.mask!).data].flatMap((on, at) => (on ? [at] : []))

it('segments come in as masks with what the file says of them', async () => {
  for (const at of ['', 'annotations/panoptic_val.json']) {
    const result = await read(json([sky, car]), undefined, at)
    expect(result.images.map(({ path, split, objects }) => [path, split, objects.length])).toEqual([['a.jpg', 'val', 2], ['b.jpg', 'val', 0]])
    const [first, second] = result.images[0]!.objects
    expect([pixels(first), pixels(second)]).toEqual([[1, 2, 4], [3, 5]])
    expect(first).toMatchObject({ label: 'sky', box: { x0: 1, y0: 0, x1: 2, y1: 1 }, iscrowd: false, source: { format: 'coco-panoptic', values: { id: 7, area: 30, extra: [1] } } })
    expect(second).toMatchObject({ label: 'car', iscrowd: true })
    expect(result.labels[0]).toEqual({ name: 'sky', color: '#010203', source: { format: 'coco', id: 1, isthing: 0, color: [1, 2, 3] } })
    expect(result.problems).toEqual([])
  }
})

it.each([
  [[sky, car], {}, /was not found in panoptic_val/, 2],
  [[sky, car], { 'annotations/panoptic_val/a.png': png([[7]]) }, /is 1 x 1 pixels, the image 3 x 2/, 2],
  [[sky, car], { 'annotations/panoptic_val/a.png': Buffer.from('no picture') }, /can't be read as a PNG mask/, 2],
  [[sky, car, { ...car, id: 8 }], undefined, /no pixel of its own/, 1],
  [[sky, car, sky], undefined, /no pixel of its own/, 1],
  [[sky, { id: BIG }], undefined, /no category_id/, 1],
  [[sky, car, 5], undefined, /not an object/, 1],
  [[sky], undefined, /shows 1 segments that are not listed \(197121\)/, 0],
])('what is wrong is told (%#)', async (segments, files, reason, objects) => {
  const { problems } = await read(json(segments), files as Record<string, Uint8Array> | undefined)
  expect(problems.map((problem) => problem.objects)).toEqual([objects])
  expect(problems[0]!.reason).toMatch(reason)
})

it('a name that leads out of the dataset is not followed', async () => {
  const { problems } = await read(json([sky], { file_name: '../../../../../etc/passwd' }))
  expect(problems[0]!.reason).toMatch(/was not found/)
})

it('objects are painted in order of z; what is covered is said', async () => {
  const labels = [label(1, 'red circle'), label(2, 'sky', { format: 'coco', id: 9, isthing: 0 })]
  const annotations = [
    annotation(1, { ...maskOf(SOLID), z: 2 }),
    annotation(1, { ...maskOf(DONUT), labelId: 2, z: 1 }),
    annotation(1, { ...maskOf(['........', '....#...', ...Array<string>(4).fill('........')]), z: 0 }),
    annotation(1, { z: 3 }),
  ]
  const out = join(folder, 'out')
  const report = await cocoPanopticWriter.write(source(labels, [{ image: image(1, 'x/a.jpg'), file: '/none', annotations }]), out, { images: 'none' })
  const written = JSON.parse(readFileSync(join(out, 'annotations/panoptic_default.json'), 'utf8')) as { categories: object[]; annotations: { file_name: string; segments_info: object[] }[] }
  expect(written.categories).toMatchObject([{ id: 10, isthing: 1 }, { id: 9, isthing: 0 }])
  expect(written.annotations[0]).toMatchObject({ file_name: 'x_a.png', segments_info: [{ category_id: 9, area: 7 }, { category_id: 10, area: 11 }] })
  expect(report.skipped.map(({ reason, objects }) => [objects, reason])).toEqual([[1, 'a "red circle" has no mask, and a panoptic map holds nothing else'], [1, 'a "red circle" lies wholly under other objects']])
  expect(report.notes.map(({ reason }) => reason)).toEqual(['7 of 14 pixels of a "sky" lie under other objects and are theirs in the export'])
  expect(report.annotations).toEqual({ 'red circle': 1, sky: 1 })
})

it('what nobody touched keeps its numbers', async () => {
  const { images: imported } = await read(json([sky, car]))
  const { images: again } = await roundTrip(cocoPanoptic, projectFrom(imported))
  const values = [...again.values()].flatMap(({ objects }) => objects.map(({ source: kept }) => kept?.['values']))
  expect(values).toEqual([{ id: 7, area: 30, bbox: [1, 0, 1, 1], extra: [1] }, { id: BIG, area: 2, bbox: [0, 1, 3, 1] }])
})

it('is recognised by its segments', async () => {
  writeFiles(folder, { 'p.json': json([sky]) })
  expect(await cocoPanopticReader.detect(await DatasetFiles.at(folder))).toMatch(/p\.json lists "segments_info"/)
  writeFiles(folder, { 'p.json': JSON.stringify({ images, annotations: [], categories }) })
  expect(await cocoPanopticReader.detect(await DatasetFiles.at(folder))).toBeNull()
})

const data = join(import.meta.dirname, '../../../../shared/testdata/datasets/coco_dataset')
describe.skipIf(!existsSync(data))("Datumaro's datasets (skipped where ../shared is absent)", () => {
  it.each([['coco', [1, 2], 0], ['coco_panoptic', [0, 2], 1]])('%s: every segment is there or explained', async (name, objects, explained) => {
    const result = await readDataset(cocoPanopticReader, join(data, name))
    expect(result.images.map((one) => one.objects.length)).toEqual(objects)
    expect(result.problems.reduce((sum, problem) => sum + problem.objects, 0)).toBe(explained)
    expect(result.accounted).toBe(result.seen)
  })
})
