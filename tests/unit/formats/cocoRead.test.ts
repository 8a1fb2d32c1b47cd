import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { imagePaths } from '../../../src/core/formats/coco/imagePath.ts'
import { cocoReader } from '../../../src/core/formats/coco/read.ts'
import { DatasetFiles } from '../../../src/core/formats/common/files/datasetFiles.ts'
import { rleToBitmap } from '../../../src/shared/rleString.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'coco-read-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const A = { id: 5, file_name: 'a.jpg', width: 10, height: 6 }
const CAT = { id: 3, name: 'cat', supercategory: 'animal' }
const BOX = { id: 1, image_id: 5, category_id: 3, bbox: [1, 1, 3.5, 2] }
const whole = (more: object = {}) => JSON.stringify({ images: [A], annotations: [BOX], categories: [CAT], ...more })

/** Reads a single JSON file. */
async function read(json: string | object, path = 'a.json') {
  writeFiles(folder, { [path]: typeof json === 'string' ? json : JSON.stringify(json) })
  return readDataset(cocoReader, join(folder, path))
}
const annotated = (...annotations: object[]) => read({ images: [A], categories: [CAT], annotations: annotations.map((one, n) => ({ id: n + 1, image_id: 5, category_id: 3, ...one })) })
const only = async (annotation: object) => {
  const { images, problems, seen, accounted } = await annotated(annotation)
  expect(accounted).toBe(seen)
  return { object: images[0]!.objects[0], problems }
}

describe('geometry', () => {
  it('polygons stay polygons, with all their parts; the box is the one of the file', async () => {
    const segmentation = [[1, 1, 4, 1, 4, 3.5], [6, 1, 9, 1, 9, 5, 6, 5]]
    const { object } = await only({ segmentation, bbox: [1, 1, 8.5, 4], area: 3.0625, iscrowd: 0 })
    expect(object).toMatchObject({ polygon: segmentation, mask: null, box: { x0: 1, y0: 1, x1: 9.5, y1: 5 }, iscrowd: false, state: 'accepted' })
    expect((await only({ segmentation })).object?.box).toEqual({ x0: 1, y0: 1, x1: 9, y1: 5 })
  })

  it('boxes that were written as corners are told, where they can be nothing else', async () => {
    const reasons = async (...boxes: number[][]) => (await annotated(...boxes.map((bbox) => ({ bbox })))).problems.map(({ reason }) => reason)
    expect(await reasons([1, 1, 3, 2], [4, 3, 9, 6], [5, 2, 10, 5])).toEqual([expect.stringMatching(/^2 of 3 boxes reach out of their images and would lie inside as corners/)])
    // A single box no wider than its left edge shows that widths are meant.
    expect(await reasons([4, 3, 9, 6], [5, 2, 10, 5], [6, 1, 3, 3])).toEqual([])
    expect(await reasons([1, 1, 3, 2], [0, 0, 10, 6])).toEqual([])
  })

  it('masks are run lengths, as text or list, crowd or not; zero counts are merged', async () => {
    const counts = [7, 2, 4, 2, 45]
    const lists = [{ counts }, { counts: [7, 2, 4, 0, 0, 2, 45] }, { counts: '7240Y1' }, { counts: "b'7240Y1'" }]
    for (const one of lists) {
      const { object, problems } = await only({ segmentation: { size: [6, 10], ...one }, iscrowd: one === lists[0] ? 1 : 0 })
      expect(problems).toEqual([])
      expect(object?.iscrowd).toBe(one === lists[0])
      const { data } = rleToBitmap(object!.mask!)
      expect([...data].flatMap((on, at) => (on ? [at] : []))).toEqual([11, 12, 21, 22])
      expect(object?.box).toEqual({ x0: 1, y0: 1, x1: 3, y1: 3 })
    }
  })

  it('an empty segmentation, none, or null is a box alone', async () => {
    for (const segmentation of [[], null, undefined]) {
      expect((await only({ segmentation, bbox: [-1, 0, 20, 0] })).object).toMatchObject({ mask: null, polygon: null, box: { x0: -1, y0: 0, x1: 19, y1: 0 } })
    }
  })

  it.each([
    [{ bbox: [1, 1, -3, 2] }, /negative size/],
    [{ bbox: [1, 1, 1e12, 2] }, /numbers that a picture has/],
    [{ bbox: [1, '1', 1, 2] }, /numbers that a picture has/],
    [{ bbox: [1, 1, 1] }, /bbox is not/],
    [{ segmentation: [[1, 1, 2, null, 3, 3]] }, /something else than numbers/],
    [{ segmentation: [[1, 1, 2, 2]] }, /fewer than three points/],
    [{ segmentation: 'x', bbox: [1, 1, 1, 1] }, /neither a list nor a mask/],
    [{ segmentation: { size: [10, 6], counts: [60] } }, /mask is 6 x 10 pixels, the image 10 x 6/],
    [{ segmentation: { size: [6, 10], counts: [5, 5] } }, /add up to 10/],
    [{ segmentation: { size: [6, 10], counts: 'zz' } }, /mask can't be read/],
    [{ segmentation: { size: [6, 10] } }, /no counts/],
    [{ segmentation: { counts: [60] } }, /no size/],
    [{ bbox: [], segmentation: [] }, /neither a box nor a segmentation/],
    [{ bbox: [1, 1, 1, 1], category_id: null }, /no category_id/],
  ])('%j is left out with words', async (annotation, reason) => {
    const { object, problems } = await only(annotation)
    expect(object).toBeUndefined()
    expect(problems).toEqual([{ file: 'a.json', place: 'annotation 1', reason: expect.stringMatching(reason), objects: 1 }])
  })

  it('what is only partly wrong comes in with a remark', async () => {
    const half = await only({ segmentation: [[1, 1, 2, 2], [1, 1, 4, 1, 4, 4]], bbox: [1, 1, 3, 3] })
    expect(half.object?.polygon).toEqual([[1, 1, 4, 1, 4, 4]])
    expect(half.problems[0]).toMatchObject({ objects: 0, reason: expect.stringMatching(/1 of its 2 outlines/) as string })
    const bad = await only({ segmentation: [[1, 1, 4, 1, 4, 4]], bbox: [1, 1, -3, 3] })
    expect(bad.object?.box).toEqual({ x0: 1, y0: 1, x1: 4, y1: 4 })
    expect(bad.problems[0]).toMatchObject({ objects: 0 })
  })
})

describe('what is kept', () => {
  it('unknown keys of objects, images, categories and the file', async () => {
    const { images, labels, source } = await read({
      info: { year: 2020 }, licenses: [{ id: 1 }], videos: [{ id: 4 }],
      images: [{ ...A, license: 1, coco_url: 'http://x/a.jpg' }], categories: [{ ...CAT, keypoints: ['nose'], color: [1, 2, 255] }],
      annotations: [{ ...BOX, id: 900100002299, area: 3.25, keypoints: [1, 2, 2], score: 0.5, attributes: { color: 'red', n: 2, occluded: true, deep: { a: 1 } }, group_id: 4 }],
    })
    expect(source).toEqual({ format: 'coco', members: { info: { year: 2020 }, licenses: [{ id: 1 }], videos: [{ id: 4 }] }, largest: { image: 5, annotation: 900100002299 } })
    expect(labels).toEqual([{ name: 'cat', color: '#0102ff', source: { format: 'coco', id: 3, supercategory: 'animal', keypoints: ['nose'], color: [1, 2, 255] } }])
    expect(images[0]).toMatchObject({ path: 'a.jpg', file: null, size: { width: 10, height: 6 }, split: null, source: { format: 'coco', id: 5, license: 1, coco_url: 'http://x/a.jpg' } })
    expect(images[0]!.objects[0]).toMatchObject({
      label: 'cat', place: 'annotation 900100002299', score: 0.5, occluded: true, group: 4, attributes: { color: 'red', n: 2 },
      source: { format: 'coco', values: { id: 900100002299, area: 3.25, bbox: BOX.bbox, keypoints: [1, 2, 2], attributes: { occluded: true, deep: { a: 1 } } } },
    })
  })

  it('ids of every kind: 0, text, numbers as text, gaps, duplicates, beyond 2^53', async () => {
    const images = [0, 'x', '7', 'BIG'].map((id, n) => ({ id, file_name: `${n}.jpg`, width: 9, height: 9 }))
    const text = JSON.stringify({ images, categories: [{ id: 0, name: 'a' }, { id: 'k', name: 'b' }], annotations: [] })
    const of = (image: string, category: string) => `{"id":1,"image_id":${image},"category_id":${category},"bbox":[1,1,1,1]}`
    const list = [of('0', '0'), of('"x"', '"k"'), of('7', '0'), of('900719925474099312', '0'), of('900719925474099313', '0')]
    const result = await read(text.replace('"BIG"', '900719925474099312').replace('"annotations":[]', `"annotations":[${list.join(',')}]`))
    expect(result.images.map(({ objects }) => objects.map(({ label }) => label))).toEqual([['a'], ['b'], ['a'], ['a']])
    expect(result.problems.filter(({ objects }) => objects > 0)).toEqual([{ file: 'a.json', place: 'image_id 900719925474099313', reason: expect.stringMatching(/no image/), objects: 1 }])
    expect(result.accounted).toBe(result.seen)
  })
})

describe('files that are not as they should be', () => {
  it('info, licenses, categories and iscrowd may be missing, in any order, with a mark in front', async () => {
    const { images, problems } = await read(`\uFEFF{"annotations": [${JSON.stringify(BOX)}],\r\n "images": [${JSON.stringify(A)}]}`)
    expect(images[0]!.objects[0]).toMatchObject({ label: '3', iscrowd: false })
    expect(problems).toEqual([{ file: 'a.json', place: 'category 3', reason: expect.stringMatching(/not declared/), objects: 0 }])
  })

  it('images without objects come in, and two records of one file are one image', async () => {
    const { images, problems, labels } = await read({ images: [A, { ...A, id: 6 }, { ...A, id: 5, file_name: 'c.jpg' }, { id: 8, file_name: 'd.jpg', width: 2, height: 2 }], categories: [CAT, { id: 4, name: 'cat' }, { id: 5 }], annotations: [BOX, { ...BOX, id: 2, image_id: 6 }] })
    expect(images.map(({ path, objects }) => [path, objects.length])).toEqual([['a.jpg', 2], ['c.jpg', 0], ['d.jpg', 0]])
    expect(labels.map(({ name }) => name)).toEqual(['cat', 'cat (4)', '5'])
    expect(problems.map(({ reason }) => reason).join('\n')).toMatch(/name of another category[^]*no name[^]*one image[^]*two images/)
  })

  it('objects without an image, and images without a size, are told', async () => {
    const { images, problems, seen, accounted } = await read({ images: [{ id: 5, file_name: 'a.jpg' }, { id: 6 }], categories: [CAT], annotations: [BOX, { ...BOX, image_id: 6 }, { ...BOX, image_id: undefined }, { ...BOX, image_id: 77 }] })
    expect(images).toEqual([])
    expect([seen, accounted]).toEqual([4, 4])
    expect(problems.filter(({ objects }) => objects > 0).map(({ place }) => place)).toEqual(['image_id 6', 'image_id 77', 'annotation 1', 'image 5'])
  })

  it('one bad record does not stop the rest; what stands before damage comes in', async () => {
    const bad = whole().replace('"annotations":[', '"annotations":[{"id": 9, "image_id": 5, "bbox": [1, , 2, 3]}, 7,')
    const first = await read(bad)
    expect(first.images[0]!.objects).toHaveLength(1)
    expect(first.problems.map(({ objects, place, reason }) => [objects, place, reason])).toEqual([
      [1, expect.stringMatching(/^annotations at byte/), 'is no record'],
      [1, 'annotation 9', expect.stringMatching(/not valid JSON/)],
    ])
    const cut = await read(whole().replace('"annotations":[', `\n"annotations":[${JSON.stringify(BOX)},\n`).slice(0, -70))
    expect(cut.images[0]!.objects).toHaveLength(1)
    expect(cut.problems[0]).toMatchObject({ place: expect.stringMatching(/^line 3, byte \d+$/) as string, reason: expect.stringMatching(/cut off/) as string, objects: 0 })
    expect(cut.accounted).toBe(cut.seen)
  })

  it('what holds nothing is an error that names the file and the line', async () => {
    await expect(read('{\n "images": [\n  {')).rejects.toMatchObject({ code: 'invalid-dataset', message: expect.stringMatching(/a\.json .*line 3/) as string })
    await expect(read('{"foo": 1}')).rejects.toThrow(/a\.json lists neither images nor annotations/)
    await expect(read('')).rejects.toThrow(/a\.json .*empty/)
    await expect(readDataset(cocoReader, folder + '/../' + folder.split('/').at(-1)!)).rejects.toMatchObject({ code: 'invalid-dataset' })
  })
})

describe('names of images', () => {
  it.each([
    ['sub\\dir\\a.jpg', ['sub/dir/a.jpg']],
    ['./a.jpg', ['a.jpg']],
    ['../../etc/passwd', ['etc/passwd']],
    ['/abs/../a.jpg', ['a.jpg']],
    ['C:\\data\\a.jpg', ['data/a.jpg']],
    ['a%20b.jpg', ['a%20b.jpg', 'a b.jpg']],
    ['caf%C3%A9.jpg', ['caf%C3%A9.jpg', 'café.jpg']],
    ['100%.jpg', ['100%.jpg']],
    ['..%2f..%2fa.jpg', ['..%2f..%2fa.jpg', 'a.jpg']],
    ['https://host/x/a%20b.jpg?k=1', ['x/a%20b.jpg', 'x/a b.jpg']],
    ['a\0.jpg', ['a.jpg']],
    ['..', []],
    ['', []],
  ])('%j may mean %j', (name, paths) => {
    expect(imagePaths(name)).toEqual(paths)
  })

  it('pictures are found in the folders that COCO datasets have, in any Unicode form', async () => {
    const picture = await sharp({ create: { width: 10, height: 6, channels: 3, background: 'red' } }).png().toBuffer()
    const list = (name: string) => JSON.stringify({ images: [{ id: 1, file_name: name, width: 10, height: 6 }], annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [1, 1, 2, 2] }], categories: [{ id: 1, name: 'a' }] })
    writeFiles(folder, {
      'annotations/instances_train.json': list('a.png'), 'annotations/instances_val.json': list('a.png'),
      'annotations/instances_test.json': list('x%20e\u0301.png'),
      'images/train/a.png': picture, 'images/val/a.png': picture, 'test/x \u00e9.png': picture,
    })
    const { images } = await readDataset(cocoReader, folder)
    const found = images.map(({ path, split, file }) => [path, split, file?.slice(folder.length + 1)])
    expect(found).toEqual([
      ['x e\u0301.png', 'test', 'test/x \u00e9.png'],
      ['a.png', 'train', 'images/train/a.png'],
      ['val/a.png', 'val', 'images/val/a.png'],
    ])
  })

  it('a picture of another size is told', async () => {
    const picture = await sharp({ create: { width: 6, height: 10, channels: 3, background: 'red' } }).png().toBuffer()
    writeFiles(folder, { 'a.jpg.png': picture, 'a.json': whole().replace('a.jpg', 'a.jpg.png') })
    const { images, problems } = await readDataset(cocoReader, folder)
    expect(images[0]!.size).toEqual({ width: 6, height: 10 })
    expect(problems[0]).toMatchObject({ place: 'image 5', objects: 0, reason: expect.stringMatching(/is 10 x 6 here, but its file 6 x 10 \(the picture is stored turned\)/) as string })
  })
})

describe('COCO files of other tasks', () => {
  it('one object in two files is one object, with what both say', async () => {
    writeFiles(folder, { 'instances_val.json': whole({ annotations: [{ ...BOX, area: 7 }] }), 'person_keypoints_val.json': whole({ annotations: [{ ...BOX, keypoints: [1, 1, 2] }, { ...BOX, id: 2 }] }) })
    const { images, problems, seen, accounted } = await readDataset(cocoReader, folder)
    expect(images[0]!.objects.map(({ source }) => source?.['values'])).toEqual([{ id: 1, bbox: BOX.bbox, area: 7, keypoints: [1, 1, 2] }, { id: 2, bbox: BOX.bbox }])
    expect(problems).toEqual([{ file: 'person_keypoints_val.json', place: 'annotation 1', reason: expect.stringMatching(/same object/), objects: 1 }])
    expect([seen, accounted]).toEqual([3, 3])
  })

  const data = join(import.meta.dirname, '../../../../shared/testdata/datasets/coco_dataset')
  describe.skipIf(!existsSync(data))("Datumaro's datasets (skipped where ../shared is absent)", () => {
    it.each([
      ['coco_instances', [1, 2], 0], ['coco_person_keypoints', [1, 2], 0], ['coco_stuff', [1, 1], 0],
      ['coco_captions', [0, 0], 3], ['coco_labels', [0, 0], 3], ['coco_image_info', [0, 0], 0], ['coco', [2, 2], 10],
    ])('%s: every object is there or explained', async (name, objects, explained) => {
      const { images, seen, accounted, problems } = await readDataset(cocoReader, join(data, name))
      expect(images.map((image) => [image.path, image.split, image.file !== null])).toEqual([['a.jpg', 'train', true], ['b.jpg', 'val', true]])
      expect(images.map((image) => image.objects.length)).toEqual(objects)
      expect(problems.reduce((sum, problem) => sum + problem.objects, 0)).toBe(explained)
      expect(accounted).toBe(seen)
    })
  })
})

it('is recognised by what the file says', async () => {
  const why = async (files: Record<string, string>, at = '') => {
    rmSync(folder, { recursive: true, force: true })
    writeFiles(folder, files)
    return cocoReader.detect(await DatasetFiles.at(join(folder, at)))
  }
  expect(await why({ 'deep/x.json': whole(), 'package.json': '{"name": "x"}' })).toMatch(/deep\/x\.json/)
  expect(await why({ 'x.json': whole() }, 'x.json')).toMatch(/x\.json/)
  expect(await why({ 'x.json': JSON.stringify([BOX]) })).toBeNull()
  expect(await why({ 'x.json': JSON.stringify({ images: [A], categories: [], annotations: [{ segments_info: [] }] }) })).toBeNull()
  expect(await why({ 'x.json': '{"version": "5", "shapes": [], "imagePath": "a.jpg"}' })).toBeNull()
})
