import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { cocoResultsReader } from '../../../src/core/formats/coco-results/read.ts'
import { cocoResultsWriter } from '../../../src/core/formats/coco-results/write.ts'
import { DatasetFiles } from '../../../src/core/formats/common/files/datasetFiles.ts'
import type { ImportProblem } from '../../../src/core/formats/dataset.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import { SOLID, annotation, image, label, maskOf, source } from '../../helpers/exports.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'coco-results-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const images = [{ id: 5, file_name: 'a.jpg', width: 10, height: 6 }, { id: 7, file_name: 'b.jpg', width: 4, height: 4 }]
const categories = [{ id: 90, name: 'cat' }]
const found = { image_id: 5, category_id: 90, bbox: [1, 1, 3.5, 2], score: 0.25 }
const companion = JSON.stringify({ images, categories, annotations: [{ id: 1, image_id: 5, category_id: 90, bbox: [0, 0, 1, 1] }] })

it('objects come in as proposals; ids are those of the file beside it', async () => {
  const mask = { ...found, bbox: undefined, segmentation: { size: [6, 10], counts: '7240Y1' }, extra: 1 }
  writeFiles(folder, { 'r.json': JSON.stringify([found, mask, { ...found, score: 7 }]), 'instances_val.json': companion })
  for (const at of ['', 'r.json']) {
    const read = await readDataset(cocoResultsReader, join(folder, at))
    expect([read.seen, read.accounted, read.images.length]).toEqual([3, 3, 1])
    expect(read.images[0]).toMatchObject({ path: 'a.jpg', size: { width: 10, height: 6 }, source: { format: 'coco', id: 5 } })
    const [box, masked, sure] = read.images[0]!.objects
    expect(box).toMatchObject({ label: 'cat', state: 'proposed', score: 0.25, box: { x0: 1, y0: 1, x1: 4.5, y1: 3 } })
    expect(masked).toMatchObject({ box: { x0: 1, y0: 1, x1: 3, y1: 3 }, source: { format: 'coco-results', values: { extra: 1 } } })
    expect(sure).toMatchObject({ score: null, source: { values: { score: 7 } } })
  }
})

it('images that only a list names are there too; captions and key points are explained', async () => {
  const others = [{ image_id: 5, caption: 'x' }, { image_id: 5, category_id: 90, keypoints: [1, 1, 2], score: 1 }, { image_id: 99, category_id: 90, bbox: [1, 1, 1, 1] }, 'x']
  writeFiles(folder, { 'r.json': JSON.stringify([found, ...others]), 'image_info.json': JSON.stringify({ images, categories, annotations: [] }) })
  const read = await readDataset(cocoResultsReader, folder)
  expect(read.images.map(({ path, objects }) => [path, objects.length])).toEqual([['a.jpg', 1], ['b.jpg', 0]])
  expect([read.seen, read.accounted]).toEqual([5, 5])
  expect(read.problems.map(({ reason }) => reason).join('\n')).toMatch(/no record[^]*no image[^]*caption[^]*key points only/)
})

it('without a file beside it: ids of an earlier import, or names of pictures, or an error that says what to do', async () => {
  const picture = await sharp({ create: { width: 10, height: 6, channels: 3, background: 'red' } }).png().toBuffer()
  writeFiles(folder, { 'r.json': JSON.stringify([found, { ...found, image_id: 'x' }, { ...found, image_id: 42 }]), 'x.png': picture, '000000000042.png': picture })
  const problems: ImportProblem[] = []
  const known = { image: (_: string, id: string | number) => (id === 5 ? { path: 'k.jpg', size: { width: 9, height: 9 } } : null), label: () => 'dog' }
  const find = (path: string) => Promise.resolve(['x', '000000000042'].includes(path.replace('.png', '')) ? { file: join(folder, `${path.replace('.png', '')}.png`), size: { width: 10, height: 6 } } : null)
  const context = { options: {}, find, seen: () => undefined, problem: (problem: ImportProblem) => problems.push(problem) }
  const dataset = await cocoResultsReader.open(await DatasetFiles.at(join(folder, 'r.json')), { ...context, known })
  const read = []
  for await (const { path, size, objects } of dataset.images()) read.push([path, size.width, objects.map((object) => object.label)])
  await dataset.close?.()
  expect(read).toEqual([['x.png', 10, ['dog']], ['000000000042.png', 10, ['dog']], ['k.jpg', 9, ['dog']]])
  await expect(cocoResultsReader.open(await DatasetFiles.at(join(folder, 'r.json')), { ...context, find: () => Promise.resolve(null) })).rejects.toThrow(/r\.json names images only by ids.*Put the instances/)
})

it('is recognised, and nothing else is', async () => {
  const why = async (files: Record<string, string>) => {
    rmSync(folder, { recursive: true, force: true })
    writeFiles(folder, files)
    return cocoResultsReader.detect(await DatasetFiles.at(folder))
  }
  expect(await why({ 'r.json': JSON.stringify([found]) })).toMatch(/r\.json/)
  expect(await why({ 'r.json': companion })).toBeNull()
  expect(await why({ 'tasks.json': '[{"id": 1, "data": {"image": "a.jpg"}, "annotations": []}]' })).toBeNull()
})

it('goes out with scores, run lengths and what its ids mean, and untouched numbers stay', async () => {
  const labels = [label(1, 'red circle'), label(2, 'cat', { format: 'coco', id: 90 })]
  const masked = annotation(3, { ...maskOf(SOLID), labelId: 2, score: 0.5 })
  const drawn = annotation(3, { polygon: [[1, 1, 6, 1, 4, 5]], box: { x0: 1, y0: 1, x1: 6, y1: 5 } })
  const item = { image: image(3, 'a.jpg'), file: '/none', annotations: [masked, drawn, annotation(3)], source: { format: 'coco', id: 500 } }
  const report = await cocoResultsWriter.write(source(labels, [item]), join(folder, 'out'), {})
  const results = JSON.parse(readFileSync(join(folder, 'out/results.json'), 'utf8')) as Record<string, unknown>[]
  expect(results).toEqual([
    { image_id: 500, category_id: 90, bbox: [1, 1, 3, 2], segmentation: maskOf(SOLID).mask, score: 0.5 },
    { image_id: 500, category_id: 91, bbox: [1, 1, 5, 4], segmentation: { size: [6, 8], counts: expect.any(String) as string }, score: 1 },
    { image_id: 500, category_id: 91, bbox: [1, 1, 3, 2], score: 1 },
  ])
  expect(JSON.parse(readFileSync(join(folder, 'out/image_info.json'), 'utf8'))).toMatchObject({ images: [{ id: 500, file_name: 'a.jpg' }], annotations: [] })
  expect(report.notes.map(({ reason }) => reason)).toEqual([])
})
