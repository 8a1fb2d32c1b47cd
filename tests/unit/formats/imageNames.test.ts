/** A picture keeps its own name and its part on the way through the layouts of several formats. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cocoResults } from '../../../src/core/formats/coco-results/index.ts'
import { coco as cocoFormat } from '../../../src/core/formats/coco/index.ts'
import { nameInLayout, nameSaid } from '../../../src/core/formats/common/files/layoutName.ts'
import { csv } from '../../../src/core/formats/csv/index.ts'
import { cvat } from '../../../src/core/formats/cvat/index.ts'
import { exportProject } from '../../../src/core/services/exporting/exportProject.ts'
import { importDataset } from '../../../src/core/services/importing/importDataset.ts'
import { openProject } from '../../../src/core/store/project.ts'
import { writeFiles } from '../../helpers/datasets.ts'
import type { FileContents } from '../../helpers/datasets.ts'
import { annotation, image, label } from '../../helpers/exports.ts'
import { marquee } from '../../helpers/runCli.ts'
import { importWish } from '../../helpers/serviceTrips.ts'

let folder: string
let pictures: Buffer[]
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'image-names-'))
  pictures = await Promise.all([10, 90, 170].map((level) => sharp({ create: { width: 8, height: 6, channels: 3, background: { r: level, g: 0, b: 0 } } }).jpeg().toBuffer()))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const LINE = '0 0.5 0.5 0.25 0.5\n'
const OUTLINE = '0 0.25 0.25 0.75 0.25 0.75 0.75 0.25 0.75\n'
const DATA_YAML = 'train: images/train\nval: images/val\nnames: [cat]\n'
const XML = '<annotation><size><width>8</width><height>6</height><depth>3</depth></size><object><name>cat</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>5</xmax><ymax>4</ymax></bndbox></object></annotation>'

const yolo = (): FileContents => ({
  'data.yaml': DATA_YAML,
  'images/train/a.jpg': pictures[0]!, 'labels/train/a.txt': LINE,
  'images/train/sub/b.jpg': pictures[1]!, 'labels/train/sub/b.txt': LINE,
  'images/val/c.jpg': pictures[2]!, 'labels/val/c.txt': LINE,
})
const twins = (): FileContents => ({
  'data.yaml': DATA_YAML,
  'images/train/x/a.jpg': pictures[0]!, 'labels/train/x/a.txt': LINE,
  'images/train/y/a.jpg': pictures[1]!, 'labels/train/y/a.txt': LINE,
  'images/val/a.jpg': pictures[2]!, 'labels/val/a.txt': LINE,
})
const roboflow = (): FileContents => ({
  'data.yaml': 'train: ../train/images\nval: ../valid/images\nnc: 1\nnames: [cat]\n',
  'train/images/a.jpg': pictures[0]!, 'train/labels/a.txt': LINE,
  'valid/images/c.jpg': pictures[2]!, 'valid/labels/c.txt': LINE,
})
const voc = (): FileContents => ({
  'VOC2012/Annotations/a.xml': XML, 'VOC2012/JPEGImages/a.jpg': pictures[0]!,
  'VOC2012/Annotations/b.xml': XML, 'VOC2012/JPEGImages/b.jpg': pictures[1]!,
  'VOC2012/ImageSets/Main/train.txt': 'a\n', 'VOC2012/ImageSets/Main/val.txt': 'b\n',
})
const coco = (prefix = ''): FileContents => ({
  'annotations/instances_default.json': JSON.stringify({
    images: ['x/a.jpg', 'y/a.jpg', 'b.jpg'].map((name, index) => ({ id: index + 1, file_name: prefix + name, width: 8, height: 6 })),
    annotations: [1, 2, 3].map((id) => ({ id, image_id: id, category_id: 1, bbox: [1, 1, 3, 2], area: 6, iscrowd: 0, segmentation: [] })),
    categories: [{ id: 1, name: 'cat' }],
  }),
  'images/x/a.jpg': pictures[0]!, 'images/y/a.jpg': pictures[1]!, 'images/b.jpg': pictures[2]!,
})

/** Path of every picture, with the number of the picture that lies there: names alone could have been mixed up. */
function picturesIn(root: string): Record<string, number> {
  const paths = (readdirSync(root, { recursive: true }) as string[]).filter((path) => path.endsWith('.jpg') && statSync(join(root, path)).isFile()).sort()
  return Object.fromEntries(paths.map((path) => [path, pictures.findIndex((one) => one.equals(readFileSync(join(root, path))))]))
}

function fileNamesIn(out: string, part: string): string[] {
  const file = join(out, 'annotations', `instances_${part}.json`)
  if (!existsSync(file)) return []
  const { images } = JSON.parse(readFileSync(file, 'utf8')) as { images: { file_name: string }[] }
  return images.map(({ file_name: name }) => name)
}

const newPlace = () => join(mkdtempSync(join(folder, 'place-')), 'out')

type Step = (from: string, format: string) => Promise<string>
const byConvert: Step = async (from, format) => {
  const out = newPlace()
  const { code, err } = await marquee('convert', from, out, '--to', format)
  expect([code, err.split('\n').filter((line) => /error/i.test(line))]).toEqual([0, []])
  return out
}
const throughProject: Step = async (from, format) => {
  const out = newPlace()
  const project = await openProject(`${out}.marquee`, { create: true })
  try {
    await importDataset(project, importWish(from))
    // Again: what the picture is called must not stand in the way of knowing it.
    expect((await importDataset(project, importWish(from))).objects.added).toBe(0)
    expect([...project.images.iterate()].every((image) => existsSync(join(from, image.path)))).toBe(true)
    await exportProject(project, { format, out, states: ['accepted'], labels: null, options: {}, allowIncomplete: false })
  } finally {
    project.close()
  }
  return out
}

/** The dataset written by each format in turn. */
async function along(step: Step, files: FileContents, ...formats: string[]): Promise<string> {
  let place = mkdtempSync(join(folder, 'in-'))
  writeFiles(place, files)
  for (const format of formats) place = await step(place, format)
  return place
}

describe.each([['convert', byConvert], ['a project', throughProject]] as const)('by %s', (_, step) => {
  it.each(['coco', 'cvat', 'labelme', 'label-studio'])('YOLO -> %s -> YOLO: names, folders and parts are the same', async (format) => {
    const out = await along(step, yolo(), format, 'yolo')
    expect(picturesIn(out)).toEqual({ 'images/train/a.jpg': 0, 'images/train/sub/b.jpg': 1, 'images/val/c.jpg': 2 })
    expect(readFileSync(join(out, 'labels/train/sub/b.txt'), 'utf8')).toMatch(/^0 /)
  })

  it('YOLO -> COCO: file names have no folders of the layout', async () => {
    const out = await along(step, yolo(), 'coco')
    expect([fileNamesIn(out, 'train'), fileNamesIn(out, 'val')]).toEqual([['a.jpg', 'sub/b.jpg'], ['c.jpg']])
    expect(picturesIn(out)).toEqual({ 'images/a.jpg': 0, 'images/c.jpg': 2, 'images/sub/b.jpg': 1 })
  })

  it("Roboflow's YOLO -> VOC -> YOLO: train/images and valid/images become images/train and images/val", async () => {
    expect(picturesIn(await along(step, roboflow(), 'voc', 'yolo'))).toEqual({ 'images/train/a.jpg': 0, 'images/val/c.jpg': 2 })
  })

  it.each(['labelme', 'yolo', 'coco', 'cvat', 'label-studio'])('VOC -> %s -> VOC: stems and parts are the same', async (format) => {
    const out = await along(step, voc(), format, 'voc')
    expect(picturesIn(out)).toEqual({ 'JPEGImages/a.jpg': 0, 'JPEGImages/b.jpg': 1 })
    expect(readdirSync(join(out, 'Annotations')).sort()).toEqual(['a.xml', 'b.xml'])
    expect(['train', 'val'].map((part) => readFileSync(join(out, `ImageSets/Main/${part}.txt`), 'utf8'))).toEqual(['a\n', 'b\n'])
  })

  it.each(['', 'images/'])('COCO with sub-folders (file_name "%sx/a.jpg") -> YOLO -> COCO', async (prefix) => {
    const out = await along(step, coco(prefix), 'yolo', 'coco')
    expect(fileNamesIn(out, 'default')).toEqual(['b.jpg', 'x/a.jpg', 'y/a.jpg'])
    expect(picturesIn(out)).toEqual({ 'images/b.jpg': 2, 'images/x/a.jpg': 0, 'images/y/a.jpg': 1 })
  })

  it('one base name in several folders and parts: each keeps its own in YOLO, and is unique where parts share a folder', async () => {
    const same = { 'images/train/x/a.jpg': 0, 'images/train/y/a.jpg': 1, 'images/val/a.jpg': 2 }
    expect(picturesIn(await along(step, twins(), 'yolo'))).toEqual(same)
    expect(picturesIn(await along(step, twins(), 'coco', 'yolo'))).toEqual(same)
    expect(picturesIn(await along(step, twins(), 'voc'))).toEqual({ 'JPEGImages/a.jpg': 2, 'JPEGImages/x_a.jpg': 0, 'JPEGImages/y_a.jpg': 1 })
  })
})

/** One name in each of two parts, as frames of videos have; other pictures, for a project has one image of each content. */
const frames = (): FileContents => ({
  'data.yaml': DATA_YAML,
  'images/train/a.jpg': pictures[0]!, 'labels/train/a.txt': OUTLINE,
  'images/val/a.jpg': pictures[1]!, 'labels/val/a.txt': OUTLINE,
  'images/val/b.jpg': pictures[2]!, 'labels/val/b.txt': OUTLINE,
})

it.each([
  ['coco', ['images/a.jpg', 'images/val/a.jpg']],
  ['coco-panoptic', ['images/a.jpg', 'images/val/a.jpg']],
  ['cvat', ['images/train/a.jpg', 'images/val/val/a.jpg']],
  ['labelme', ['train/a.jpg', 'val/a.jpg']],
  ['label-studio', ['images/a.jpg', 'images/val/a.jpg']],
])('one name in two parts: in %s each has a place of its own, and its own name again in YOLO', async (format, places) => {
  const between = await along(throughProject, frames(), format)
  expect(Object.keys(picturesIn(between)).filter((path) => path.endsWith('/a.jpg'))).toEqual(places)
  expect(picturesIn(await throughProject(between, 'yolo'))).toEqual({ 'images/train/a.jpg': 0, 'images/val/a.jpg': 1, 'images/val/b.jpg': 2 })
})

it('one name in two parts is numbered where pictures lie in one folder without others', async () => {
  expect(picturesIn(await along(byConvert, frames(), 'voc'))).toEqual({ 'JPEGImages/a.jpg': 0, 'JPEGImages/a_2.jpg': 1, 'JPEGImages/b.jpg': 2 })
})

it.each([
  ['coco', cocoFormat, 'out.json'],
  ['coco-results', cocoResults, 'out'],
  ['cvat', cvat, 'out.xml'],
  ['csv', csv, 'out.csv'],
] as const)('%s without pictures: where two have one name, the second is called by the path it lies at', async (_, format, name) => {
  const items = ['train', 'val'].map((part, n) => ({ image: image(n + 1, `images/${part}/b.jpg`), name: 'b.jpg', file: join(folder, 'none.jpg'), annotations: [annotation(n + 1)] }))
  const names: string[] = []
  await format.writes!.write({ labels: [label(1, 'cat')], images: () => items }, join(newPlace(), name), {}, { verify: (_written, _report, written) => Promise.resolve(void names.push(...written.values())) })
  expect(names).toEqual(['b.jpg', 'images/val/b.jpg'])
})

it('COCO as one file keeps each file_name as it was, though the pictures lie in images/', async () => {
  const place = mkdtempSync(join(folder, 'in-'))
  writeFiles(place, coco())
  const out = `${newPlace()}.json`
  expect((await marquee('convert', place, out, '--to', 'coco')).code).toBe(0)
  const { images } = JSON.parse(readFileSync(out, 'utf8')) as { images: { file_name: string }[] }
  expect(images.map(({ file_name: name }) => name)).toEqual(['x/a.jpg', 'y/a.jpg', 'b.jpg'])
})

it.each([
  ['images/train/x/a.jpg', 'train', 'x/a.jpg'],
  ['valid/images/a.jpg', 'val', 'a.jpg'],
  ['images/train2017/a.jpg', 'train', 'a.jpg'],
  ['obj_train_data/a.jpg', 'train', 'a.jpg'],
  ['JPEGImages/a.jpg', null, 'a.jpg'],
  ['images/val/a.jpg', 'train', 'val/a.jpg'],
  ['train/a.jpg', null, 'train/a.jpg'],
  ['seq/images/a.jpg', null, 'seq/images/a.jpg'],
  ['fold1/a.jpg', 'fold1', 'a.jpg'],
  ['images', null, 'images'],
])('%s in part %s is called %s', (path, split, name) => {
  expect(nameInLayout(path, split)).toBe(name)
  expect(nameInLayout(name, split)).toBe(name)
})

it.each([
  ['x/a.jpg', 'images/x/a.jpg', 'x/a.jpg'],
  ['x/a.png', 'images/x/a.JPG', 'x/a.JPG'],
  ['a.jpg', 'a.jpg', null],
  ['home/bob/images/a.jpg', 'images/a.jpg', null],
  ['b.jpg', 'images/a.jpg', null],
  ['a.jpg', 'images/ba.jpg', null],
  ['e\u0301/a.jpg', 'images/\u00e9/a.jpg', '\u00e9/a.jpg'],
])('what is said as %s and lies at %s is called %s', (said, path, name) => {
  expect(nameSaid(said, path)).toBe(name)
})
