import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'fast-png'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DatasetFiles } from '../../../src/core/formats/common/files/datasetFiles.ts'
import { keptValues } from '../../../src/core/formats/kept.ts'
import { yoloReader } from '../../../src/core/formats/yolo/read.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import type { FileContents, ReadDataset } from '../../helpers/datasets.ts'

/** 20 x 10 pixels. */
const PICTURE = encode({ width: 20, height: 10, data: new Uint8Array(200), channels: 1 })
const NAMES = 'names:\n  0: cat\n  1: dog\n'
const DATA = `train: images/train\n${NAMES}`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yolo-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Reads these files; every object has to be accounted for. */
async function read(files: FileContents, options: Record<string, string> = {}, at = '.'): Promise<ReadDataset> {
  writeFiles(folder, files)
  const found = await readDataset(yoloReader, join(folder, at), options)
  expect(found.accounted).toBe(found.seen)
  return found
}

/** One image with these lines. */
const withLines = (lines: string, data = DATA, options = {}) =>
  read({ 'data.yaml': data, 'images/train/a.png': PICTURE, 'labels/train/a.txt': lines }, options)
const firstObjects = ({ images }: ReadDataset) => images[0]!.objects
const reasons = ({ problems }: ReadDataset) => problems.map(({ file, place, reason }) => `${file}|${place}|${reason}`)
const paths = ({ images }: ReadDataset) => images.map(({ path, split }) => `${path} ${String(split)}`)

describe('lines', () => {
  it('boxes and outlines may be mixed; coordinates become pixels, as short as the file can mean them', async () => {
    const found = await withLines('1 0.133333 0.3 0.266667 0.2\n0 0.1 0.1 0.4 0.1 0.4 0.5\n')
    expect(firstObjects(found).map(({ label, box, polygon, place }) => ({ label, box, polygon, place }))).toEqual([
      { label: 'dog', box: { x0: 0, y0: 2, x1: 5.33333, y1: 4 }, polygon: null, place: 'labels/train/a.txt line 1' },
      { label: 'cat', box: { x0: 2, y0: 1, x1: 8, y1: 5 }, polygon: [[2, 1, 8, 1, 8, 5]], place: 'labels/train/a.txt line 2' },
    ])
    expect(firstObjects(found)[0]).toMatchObject({ state: 'accepted', score: null, mask: null, source: null })
  })

  it('byte order mark, CRLF, tabs and blank lines make no difference', async () => {
    const found = await withLines(
      '\ufeff0\t0.5\t0.5\t0.5\t0.5\r\n\r\n  1.0 0.5 0.5 0.1 0.2  \r\n',
      `\ufeff${DATA.replaceAll('\n', '\r\n')}`,
    )
    expect(firstObjects(found).map(({ label, place }) => [label, place])).toEqual([
      ['cat', 'labels/train/a.txt line 1'],
      ['dog', 'labels/train/a.txt line 3'],
    ])
  })

  it('a confidence makes a proposal of it, and a track is kept', async () => {
    const found = await withLines('0 0.5 0.5 0.5 0.5 0.75\n0 0.5 0.5 0.5 0.5 17\n0 0.1 0.1 0.4 0.1 0.4 0.5 0.9\n')
    expect(firstObjects(found).map(({ state, score }) => [state, score])).toEqual([
      ['proposed', 0.75],
      ['accepted', null],
      ['proposed', 0.9],
    ])
    expect(keptValues(firstObjects(found)[1]!, 'yolo')).toEqual({ values: { track: '17' }, untouched: true })
  })

  it('a little over the edge is cut and said; far over it stays', async () => {
    const found = await withLines('0 0.0995 0.5 0.2 0.5\n0 0.5 0.5 1.000001 1\n0 0 0.5 0.5 0.5\n')
    expect(firstObjects(found).map(({ box }) => [box.x0, box.x1])).toEqual([
      [0, 3.99],
      [0, 20],
      [-5, 5],
    ])
    expect(reasons(found)).toEqual([
      'labels/train/a.txt||1 objects reached a little over the edge of the image and were cut there',
    ])
  })

  it('duplicates and boxes without area are kept', async () => {
    const found = await withLines('0 0.5 0.5 0 0\n0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1 0.1\n')
    expect(firstObjects(found)).toHaveLength(3)
    expect(firstObjects(found)[0]!.box).toEqual({ x0: 10, y0: 5, x1: 10, y1: 5 })
  })

  it('what can not be used is named with its line, and the rest comes in', async () => {
    const lines = [
      '0 0.5 0.5',
      '0 nan 0.5 0.1 0.1',
      '-1 0.5 0.5 0.1 0.1',
      '0.5 0.5 0.5 0.1 0.1',
      '0 320 240 64 48',
      '0 0.5 0.5 -0.1 0.1',
      'cat 0.5 0.5 0.1 0.1',
      '0 0.1 0.1 0.4 0.1 0.4 0.5 7',
      '0 1e999 0 0 0',
      '1 0.5 0.5 0.1 0.1',
    ]
    const found = await withLines(lines.join('\n'))
    expect(firstObjects(found)).toHaveLength(1)
    expect(found.seen).toBe(10)
    expect(found.problems.map(({ place, reason }) => `${place}: ${reason}`)).toEqual([
      'line 1: 3 numbers, where a class number and at least 4 coordinates are expected',
      'line 2: "nan" is not a number',
      'line 3: "-1" is not a class number',
      'line 4: "0.5" is not a class number',
      "line 5: 320 looks like pixels: coordinates have to be shares of the image's width and height",
      'line 6: its width or height is negative',
      'line 7: "cat" is a name, where the number of a class is expected: 0 for the first',
      'line 8: an odd number of coordinates (7), and the last is no confidence',
      'line 9: "1e999" is not a number',
    ])
  })
})

describe('the task', () => {
  const POSE = '0 0.5 0.5 0.5 0.5 0.1 0.2 2 0.3 0.4 1\n'

  it('pose by kpt_shape: a box, and the points kept as written', async () => {
    const found = await withLines(
      `${POSE}0 0.5 0.5 0.5 0.5\n0 0.5 0.5 0.5 0.5 0.10 0.2 2 0.3 0.4 1 0.8`,
      `${DATA}kpt_shape: [2, 3]\nflip_idx: [1, 0]\n`,
    )
    expect(firstObjects(found).map(({ polygon, score }) => [polygon, score])).toEqual([
      [null, null],
      [null, null],
      [null, 0.8],
    ])
    expect(keptValues(firstObjects(found)[2]!, 'yolo')!.values).toEqual({ keypoints: '0.10 0.2 2 0.3 0.4 1', shape: [2, 3] })
    expect(found.source).toEqual({ format: 'yolo', yaml: { kpt_shape: [2, 3], flip_idx: [1, 0] } })
  })

  it('pose where the points say 2 for visible, which no coordinate does', async () => {
    const found = await withLines(POSE + POSE)
    expect(keptValues(firstObjects(found)[0]!, 'yolo')!.values['shape']).toEqual([2, 3])
  })

  it('nine numbers are a rotated box where all are rectangles, and stay outside where they are', async () => {
    const found = await withLines('0 0.1 0.2 0.5 0.2 0.5 0.6 0.1 0.6\n1 0.3 -0.005 0.4 0.195 0.3 0.395 0.2 0.195\n')
    expect(firstObjects(found)[1]!.polygon).toEqual([[6, -0.05, 8, 1.95, 6, 3.95, 4, 1.95]])
    expect(found.problems).toEqual([])
  })

  it('nine numbers that are no rectangles may be two things, and the person is asked', async () => {
    const line = '0 0.1 0.2 0.5 0.2 0.5 0.9 0.1 0.6\n'
    await expect(withLines(line)).rejects.toMatchObject({
      code: 'ambiguous-dataset',
      details: { option: 'task', choices: 'auto,detect,segment,obb,pose' },
    })
    expect(firstObjects(await withLines(line, DATA, { task: 'segment' }))[0]!.polygon).toEqual([[2, 2, 10, 2, 10, 9, 2, 6]])
    const pose = firstObjects(await withLines(line, DATA, { task: 'pose' }))[0]!
    expect([pose.polygon, keptValues(pose, 'yolo')!.values]).toEqual([null, { keypoints: '0.5 0.9 0.1 0.6', shape: [2, 2] }])
    expect(firstObjects(await withLines(line, `${DATA}task: segment\n`))[0]!.polygon).not.toBeNull()
    expect(firstObjects(await withLines(`${line}0 0.1 0.2 0.5 0.2 0.5 0.9`))[0]!.polygon).not.toBeNull()
  })
})

describe('names', () => {
  const one = { 'images/train/a.png': PICTURE, 'labels/train/a.txt': '5 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.1 0.1\n' }
  const labelsOf = ({ labels }: ReadDataset) => labels.map(({ name, source }) => [source!['id'], name])

  it('a list, or numbers with names and gaps; as written, never sorted or merged', async () => {
    const list = await read({ ...one, 'data.yaml': 'train: images/train\nnames: [zebra, "no", 1.0, on, ant, zebra]\n' })
    expect(labelsOf(list)).toEqual([
      [0, 'zebra'],
      [1, 'no'],
      [2, '1.0'],
      [3, 'on'],
      [4, 'ant'],
      [5, 'zebra (class 5)'],
    ])
    expect(reasons(list)).toEqual(['data.yaml|names|two classes are called "zebra"; class 5 is called "zebra (class 5)"'])
    const gaps = await read({ ...one, 'data.yaml': 'train: images/train\nnames:\n  5: b\n  "1": a\n' })
    expect(labelsOf(gaps)).toEqual([
      [1, 'a'],
      [5, 'b'],
    ])
    expect(firstObjects(gaps).map(({ label }) => label)).toEqual(['b', 'a'])
  })

  it('without names classes are called by their numbers, and that is said', async () => {
    const found = await read({ ...one, 'data.yaml': 'train: images/train\nnc: 6\n' })
    expect(labelsOf(found)).toEqual([
      [1, 'class_1'],
      [5, 'class_5'],
    ])
    expect(reasons(found)[0]).toBe('data.yaml|names|class 1 has no name and is called "class_1"')
    expect((await read({ ...one, 'data.yaml': 'train: images/train\nnames: [a, b]\n' })).problems).toHaveLength(1)
  })

  it.each(['classes.txt', 'obj.names', 'labels/train/classes.txt'])('from %s', async (file) => {
    const found = await read({ ...one, [file]: '\ufeffa\r\nb\r\n\r\nd\r\ne\r\nf f\r\n' })
    expect(labelsOf(found)).toEqual([
      [0, 'a'],
      [1, 'b'],
      [3, 'd'],
      [4, 'e'],
      [5, 'f f'],
    ])
  })

  it('darknet: obj.data with its lists', async () => {
    const lists = {
      'train.txt': 'data/obj/a.png\ndata/obj/b.c.png\n',
      'test.txt': 'C:\\darknet\\data\\obj\\d.png\n',
      'obj.names': 'a\nb\n',
    }
    const images = {
      'obj/a.png': PICTURE,
      'obj/a.txt': '0 0.5 0.5 0.1 0.1',
      'obj/b.c.png': PICTURE,
      'obj/b.c.txt': '1 0.5 0.5 0.1 0.1',
      'obj/d.png': PICTURE,
    }
    const found = await read({
      ...lists,
      ...images,
      'obj.data': 'classes = 2\ntrain = data/train.txt\nvalid = data/test.txt\nnames = data/obj.names\nbackup = backup/\n',
    })
    expect(paths(found)).toEqual(['obj/a.png train', 'obj/b.c.png train', 'obj/d.png valid'])
    expect(found.images.map(({ objects }) => objects.length)).toEqual([1, 1, 0])
  })

  it('an alias bomb or broken YAML is said, and the label files are read all the same', async () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
      .split('')
      .map((key, i) => `${key}: &${key} [${`*${'abcdefghi'[i]!},`.repeat(9)}]\n`)
      .join('')}`
    const broken: [string, RegExp][] = [
      [`${bomb}train: images/train\nnames: *i\n`, /can't be read as YAML[^]*Excessive alias count/],
      ['names: [a\ntrain: {', /can't be read as YAML/],
      [`train: images/train\nnames: ${'['.repeat(99)}`, /nested more than 50 times/],
    ]
    for (const [yaml, reason] of broken) {
      const found = await read({ ...one, 'data.yaml': yaml })
      expect(found.images).toHaveLength(1)
      expect(reasons(found)[0]).toMatch(reason)
    }
    const alias = await read({ ...one, 'data.yaml': 'all: &all [a, b, c, d, e, f]\ntrain: images/train\nnames: *all\n' })
    expect(labelsOf(alias)).toHaveLength(6)
  })
})

describe('where files lie', () => {
  const box = '0 0.5 0.5 0.1 0.1\n'

  it('the last images/ becomes labels/; else the label file is beside the image; only the last ending goes', async () => {
    const found = await read({
      'data.yaml': `train: [images/train, images/more]\n${NAMES}`,
      'images/train/images/x/a.000.png': PICTURE,
      'images/train/labels/x/a.000.txt': box,
      'images/more/b.png': PICTURE,
      'images/more/b.txt': box,
      'images/more/empty.png': PICTURE,
      'labels/more/empty.txt': '',
      'images/more/none.PNG': PICTURE,
    })
    expect(found.images.map(({ path, objects }) => [path, objects.length])).toEqual([
      ['images/train/images/x/a.000.png', 1],
      ['images/more/b.png', 1],
      ['images/more/empty.png', 0],
      ['images/more/none.PNG', 0],
    ])
  })

  it.each([
    ['a folder elsewhere', 'path: /home/me/datasets/pets\ntrain: images/train'],
    ['a folder beside the program', 'path: ../datasets/pets\ntrain: images/train'],
    ['absolute paths', 'train: /content/pets/images/train'],
    ['Windows paths', 'train: D:\\pets\\images\\train'],
    ['paths up', 'train: ../images/train'],
    ['the folder itself', 'path: .\ntrain: ./images/train/'],
    ['one image', 'train: [images/train/a.png]'],
    ['a list', 'train: train.txt'],
  ])('paths written as %s', async (_name, yaml) => {
    const list = { 'train.txt': '\ufeff./images/train/a.png\r\n' }
    const found = await read({
      ...list,
      'data.yaml': `${yaml}\n${NAMES}`,
      'images/train/a.png': PICTURE,
      'labels/train/a.txt': box,
    })
    expect(found.images.map(({ path, split, objects }) => [path, split, objects.length])).toEqual([
      ['images/train/a.png', 'train', 1],
    ])
    expect(found.problems).toEqual([])
  })

  it('nothing out of the folder is read, not even through a link', async () => {
    writeFiles(folder, {
      'secret/images/s.png': PICTURE,
      'secret/labels/s.txt': box,
      'in/images/train/a.png': PICTURE,
      'in/data.yaml': `path: ..\ntrain: secret/images\nval: ../secret/images\ntest: list.txt\n${NAMES}`,
      'in/list.txt': '../../secret/images/s.png\n',
    })
    symlinkSync(join(folder, 'secret'), join(folder, 'in/link'))
    const found = await read({}, {}, 'in')
    expect(found.seen).toBe(0)
    expect(found.images).toEqual([])
    expect(reasons(found).join('\n')).toMatch(
      /the dataset has no "secret\/images" \(train\)[^]*secret\/images\/s\.png was not found/,
    )
  })

  it('named by its data.yaml, without a description, and the other way round of folders', async () => {
    const files = {
      'data.yaml': `train: ../train/images\nval: ../valid/images\n${NAMES}`,
      'train/images/a.png': PICTURE,
      'train/labels/a.txt': box,
      'valid/images/b.png': PICTURE,
      'valid/labels/b.txt': box,
    }
    expect(paths(await read(files, {}, 'data.yaml'))).toEqual(['train/images/a.png train', 'valid/images/b.png val'])
    rmSync(join(folder, 'data.yaml'))
    expect(paths(await read({}))).toEqual(['train/images/a.png train', 'valid/images/b.png val'])
  })

  it('an image in two parts comes once; where both parts are the same there is no split', async () => {
    const images = { 'images/a.png': PICTURE, 'labels/a.txt': box, 'images/b.png': PICTURE }
    const same = await read({ ...images, 'data.yaml': `train: images\nval: images\n${NAMES}` })
    expect(paths(same)).toEqual(['images/a.png null', 'images/b.png null'])
    const twice = await read({ 'data.yaml': `train: images\nval: images/a.png\n${NAMES}` })
    expect(paths(twice)).toEqual(['images/a.png train', 'images/b.png train'])
    expect(reasons(twice)).toEqual(['images/a.png||is in several parts (train, val); the first holds'])
  })

  it('images that are elsewhere are found by the names of label files; without them objects are explained', async () => {
    const found = await read({
      'data.yaml': DATA,
      'labels/train/a.b.txt': box + box,
      'labels/train/gone.txt': box,
      'elsewhere/a.b.png': PICTURE,
      'labels/extra/c.txt': box,
    })
    expect(paths(found)).toEqual(['images/train/a.b.png train'])
    expect(found.seen).toBe(3)
    expect(found.problems).toContainEqual({
      file: 'labels/train/gone.txt',
      place: '',
      objects: 1,
      reason: expect.stringMatching(/gone.jpg was not found/) as string,
    })
    expect(reasons(found).join()).toMatch(/1 label files belong to no part that data.yaml names/)
  })

  it('says what it is recognised by, and leaves other datasets alone', async () => {
    const detect = async (files: FileContents) => {
      rmSync(folder, { recursive: true, force: true })
      writeFiles(folder, files)
      return yoloReader.detect(await DatasetFiles.at(folder))
    }
    expect(await detect({ 'data.yaml': DATA })).toBe('data.yaml names classes and images')
    expect(await detect({ 'labels/a.txt': '0 0.5 0.5 0.1 0.1' })).toBe(
      'labels/a.txt holds lines of a class number and coordinates',
    )
    expect(await detect({ 'classes.txt': 'cat\n', 'a.png': PICTURE, 'a.txt': 'cat 0.5 0.5 0.1 0.1' })).toBe(
      'a.txt holds lines of a class name and coordinates',
    )
    expect(await detect({ 'labels/a.txt': 'Car 0.00 0 -1.57 614.24 181.78 727.31 284.77 1.57 1.73 4.15 1.00 1.75 13.22 1.62' })).toBeNull()
    expect(await detect({ 'train/cat/a.png': PICTURE, 'train/dog/b.png': PICTURE })).toBe(
      'images are sorted into a folder for each class (train/cat)',
    )
    expect(
      await detect({ 'config.yaml': 'a: 1', 'notes.txt': '1 2 3 4 5', 'a.png': PICTURE, 'a.txt': 'a photo of a cat' }),
    ).toBeNull()
    expect(await detect({ 'ImageSets/Main/train.txt': '2007_000001\n', 'Annotations/a.xml': '<annotation/>' })).toBeNull()
  })

  it('two descriptions side by side: one has to be named', async () => {
    await expect(read({ 'pets.yaml': DATA, 'cars.yaml': DATA })).rejects.toThrow(
      /cars.yaml and pets.yaml each describe a dataset. Name the one to read/,
    )
  })
})

const DATASETS = join(import.meta.dirname, '../../../../shared/testdata/datasets/yolo_dataset')

describe.skipIf(!existsSync(DATASETS))("Datumaro's YOLO datasets (skipped without ../shared)", () => {
  /** Objects datumaro reads of each; what has no box or outline is explained. */
  const COUNTS: Record<string, number> = { yolov8_classification: 0, yolov8_pose: 1, yolov8_pose_two_values_per_point: 1 }

  it.each(existsSync(DATASETS) ? readdirSync(DATASETS) : [])('%s', async (name) => {
    const found = await readDataset(yoloReader, join(DATASETS, name))
    expect(found.accounted).toBe(found.seen)
    const objects = found.images.flatMap((image) => image.objects)
    expect(objects).toHaveLength(COUNTS[name] ?? 2)
    if (name === 'yolov8_classification') {
      expect(found.problems.map(({ file, objects: count }) => [file, count])).toEqual([
        ['train/label_0', 2],
        ['train/label_1', 1],
      ])
      expect(found.images.map(({ source }) => source!['class'])).toEqual(['label_0', 'label_0', 'label_1'])
    } else expect(found.problems).toEqual([])
    if (COUNTS[name] === undefined) expect(objects.map(({ label }) => label)).toEqual(['label_2', 'label_4'])
    if (/detection|^yolo$/.test(name))
      expect(objects.map(({ box }) => box)).toEqual([
        { x0: 0, y0: 2, x1: 4, y1: 4 },
        { x0: 3, y0: 3, x1: 5, y1: 6 },
      ])
  })
})
