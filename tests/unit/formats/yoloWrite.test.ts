import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'fast-png'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ExportImage, ExportSource } from '../../../src/core/formats/source.ts'
import { keep } from '../../../src/core/formats/kept.ts'
import { yolo } from '../../../src/core/formats/yolo/index.ts'
import { rotatedBox } from '../../../src/core/formats/yolo/rotatedBox.ts'
import { annotation, image, label, maskOf, source } from '../../helpers/exports.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import { projectFrom } from '../../helpers/roundTrip.ts'
import { pythonWith } from '../../helpers/python.ts'
import { exportVerified } from '../../helpers/verified.ts'

const PICTURE = encode({ width: 20, height: 10, data: new Uint8Array(200), channels: 1 })
const GOLDEN = join(import.meta.dirname, '../../golden/formats')

let folder: string
let out: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yolo-write-'))
  out = join(folder, 'out')
  writeFileSync(join(folder, 'in.png'), PICTURE)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const LABELS = [label(1, 'red circle'), label(7, 'no "1" é 🦆')]
const item = (
  id: number,
  path: string,
  annotations: ReturnType<typeof annotation>[] = [],
  more: Partial<ExportImage> = {},
): ExportImage => ({
  image: image(id, path, { width: 20, height: 10 }),
  file: join(folder, 'in.png'),
  annotations,
  ...more,
})

const ROW = '.'.repeat(20)
const row = (text: string) => (text + ROW).slice(0, 20)
/** Two parts, one with a hole. */
const HOLED = [
  ROW,
  row('.#####..##'),
  row('.#...#..##'),
  row('.#...#..##'),
  row('.#####....'),
  ...Array.from({ length: 5 }, () => ROW),
]
const SOLID = [ROW, row('..###'), row('..##'), ...Array.from({ length: 7 }, () => ROW)]

const boxes = (): ExportSource =>
  source(LABELS, [
    item(1, 'a/b c.PNG', [
      annotation(1, { box: { x0: 1, y0: 2, x1: 5.5, y1: 4 } }),
      annotation(1, { box: { x0: -3, y0: 0, x1: 20, y1: 12 }, labelId: 7 }),
    ]),
    item(2, 'A/b c.jpg'),
  ])
const outlines = (): ExportSource =>
  source(LABELS, [
    item(1, 'x.png', [annotation(1, maskOf(HOLED)), annotation(1, { labelId: 7 })]),
    item(2, 'y.png', [annotation(1, { polygon: [[1, 1, 9.25, 1, 9, 5]] }), annotation(1, maskOf(SOLID))]),
  ])
const turned = (): ExportSource =>
  source(LABELS, [
    item(1, 'x.png', [annotation(1, { polygon: [[6, -0.05, 8, 1.95, 6, 3.95, 4, 1.95]] }), annotation(1, { labelId: 7 })]),
  ])
const posed = (): ExportSource => {
  const shape = { box: { x0: 1, y0: 2, x1: 5, y1: 4 }, mask: null, polygon: null }
  const kept = { keypoints: '0.1 0.25 2 0.2 0.3 1', shape: [2, 3] }
  return source(LABELS, [item(1, 'x.png', [annotation(1, { ...shape, source: keep('yolo', kept, shape) }), annotation(1)])])
}
const files = (of = out): string[] =>
  readdirSync(of, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(of, path)).isFile())
    .sort()
const textOf = (path: string) => readFileSync(join(out, path), 'utf8')

describe('the folder', () => {
  it('has data.yaml, and images and label files of one name; folders stay, and nothing is overwritten', async () => {
    const { report } = await exportVerified(yolo, boxes(), out)
    expect(files()).toEqual([
      'data.yaml',
      'images/train/A/b c_2.jpg',
      'images/train/a/b c.png',
      'labels/train/A/b c_2.txt',
      'labels/train/a/b c.txt',
    ])
    expect(textOf('data.yaml')).toBe(
      '# Without a split of its own val is the same as train.\ntrain: "images/train"\nval: "images/train"\ntask: detect\nnames:\n  0: "red circle"\n  1: "no \\"1\\" é 🦆"\n',
    )
    expect(textOf('labels/train/a/b c.txt')).toBe('0 0.1625 0.3 0.225 0.2\n1 0.5 0.5 1 1\n')
    expect(textOf('labels/train/A/b c_2.txt')).toBe('')
    expect(report.notes.map(({ image: where, reason }) => `${where}: ${reason}`)).toEqual([
      'a/b c.PNG: "no "1" é 🦆": was cut at the edge of the image',
      'data.yaml: Without a split of its own val is the same as train.',
    ])
  })

  it('has a part for each split, lists where pictures are left out, and flat names on request', async () => {
    const split = {
      ...source(LABELS, [
        item(1, 'a.png', [annotation(1)], { split: 'train' }),
        item(2, 'x/images/b.png', [], { split: 'val' }),
        item(3, '.c.png', [], { split: 'test' }),
      ]),
      splits: ['train', 'val', 'test'],
    }
    const { report } = await exportVerified(yolo, split, out, { images: 'none' })
    expect(files()).toEqual([
      'data.yaml',
      'labels/test/_c.txt',
      'labels/train/a.txt',
      'labels/val/x/images_/b.txt',
      'test.txt',
      'train.txt',
      'val.txt',
    ])
    expect(textOf('val.txt')).toBe('./images/val/x/images_/b.png\n')
    expect(report.notes).toEqual([])
    await exportVerified(yolo, split, out, { folders: 'flat' })
    expect(files().filter((path) => path.startsWith('images'))).toEqual([
      'images/test/c.png',
      'images/train/a.png',
      'images/val/x_images_b.png',
    ])
    const back = await readDataset(yolo.reads!, out)
    expect(back.images.map(({ split: part, path }) => [part, path])).toEqual([
      ['train', 'images/train/a.png'],
      ['val', 'images/val/x_images_b.png'],
      ['test', 'images/test/c.png'],
    ])
  })

  it('is never one of somebody else', async () => {
    mkdirSync(out)
    writeFileSync(join(out, 'thesis.doc'), 'mine')
    await expect(yolo.writes!.write(boxes(), out, {})).rejects.toThrow(/holds other files/)
  })
})

describe('classes', () => {
  const labels = [
    label(1, 'b', { format: 'yolo', id: 4 }),
    label(2, 'a', { format: 'yolo', id: 1 }),
    label(3, 'new', { format: 'coco', id: 2 }),
  ]
  const project = () =>
    source(labels, [
      item(
        1,
        'a.png',
        labels.map(({ id }) => annotation(1, { labelId: id })),
      ),
    ])

  it('are numbered in label order, or as they came with names made up for gaps', async () => {
    await exportVerified(yolo, project(), out)
    expect(textOf('data.yaml')).toContain('  0: "b"\n  1: "a"\n  2: "new"\n')
    await exportVerified(yolo, project(), out, { classIds: 'source' })
    expect(textOf('data.yaml')).toContain('  0: "new"\n  1: "a"\n  2: "unused_2"\n  3: "unused_3"\n  4: "b"\n')
    expect(textOf('labels/train/a.txt').replace(/ .*/g, '')).toBe('4\n1\n0\n')
    const far = source([label(1, 'b', { format: 'yolo', id: 123456 })], [])
    await expect(yolo.writes!.write(far, out, { classIds: 'source' })).rejects.toThrow(/class number 123456/)
  })
})

describe('objects', () => {
  it('of one dataset are all outlines where one is', async () => {
    const { report } = await exportVerified(yolo, outlines(), out)
    expect(textOf('data.yaml')).toContain('task: segment')
    expect(report.holesBridged).toBe(1)
    const [first, second] = textOf('labels/train/x.txt').trim().split('\n')
    expect(first!.split(' ').length).toBeGreaterThan(20)
    expect(second).toBe('1 0.05 0.1 0.2 0.1 0.2 0.3 0.05 0.3')
    expect(report.notes.map(({ reason }) => reason)).toContain(
      '1 boxes without an outline were written as outlines of four corners',
    )
  })

  it('with parts have a line for each, or are left out and listed', async () => {
    const split = await exportVerified(yolo, outlines(), out, { holes: 'split' })
    expect(textOf('labels/train/x.txt').trim().split('\n')).toHaveLength(3)
    expect(split.report.annotations).toEqual({ 'red circle': 3, 'no "1" é 🦆': 1 })
    const { report } = await exportVerified(yolo, outlines(), out, { holes: 'report' })
    expect(report.skipped).toEqual([
      { image: 'x.png', reason: '"red circle": 1 holes and 2 parts, which a line of YOLO does not hold', objects: 1 },
    ])
  })

  it('with keypoints leave as they came while nobody touched them', async () => {
    const yaml = 'train: images\nkpt_shape: [2, 3]\nflip_idx: [1, 0]\nnames: [cat]\n'
    const lines = '0 0.5 0.5 0.5 0.5 0.10 0.2 2 0.3 0.4 1\n0 0.5 0.5 0.5 0.4 0.1 0.2 0 0.3 0.4 1\n0 0.25 0.5 0.5 0.4\n'
    writeFiles(folder, { 'in/data.yaml': yaml, 'in/images/a.png': PICTURE, 'in/labels/a.txt': lines })
    const read = await readDataset(yolo.reads!, join(folder, 'in'))
    const project = (change = (object: (typeof read.images)[0]['objects'][0]) => object) => ({
      ...projectFrom(read.images, change),
      source: read.source,
    })
    await exportVerified(yolo, project(), out, { images: 'none' })
    expect(textOf('labels/train/a.txt')).toBe(lines.replace('0.5 0.4\n', '0.5 0.4 0 0 0 0 0 0\n'))
    expect(textOf('data.yaml')).toContain('task: pose\nkpt_shape: [2, 3]\nflip_idx:\n  - 1\n  - 0\n')
    const first = project((object) => (object.z === 2 ? { ...object, polygon: [[1, 1, 9, 1, 9, 5]] } : object))
    const mixed = await exportVerified(yolo, first, out, { images: 'none' })
    expect(mixed.report.notes.map(({ reason }) => reason)).toContain(
      'the keypoints of 2 objects were left out, for others have outlines',
    )
    const { report } = await exportVerified(
      yolo,
      project((object) => ({ ...object, box: { ...object.box, x0: 1 } })),
      out,
      { images: 'none' },
    )
    expect(textOf('data.yaml')).toContain('task: detect')
    expect(report.notes.filter(({ reason }) => /keypoints were left out, for it was changed/.test(reason))).toHaveLength(2)
  })

  it('turned: four corners stay, other outlines get the smallest box around them', async () => {
    const quad = [6, 0, 8, 2, 6, 4, 4, 2]
    await exportVerified(
      yolo,
      source(LABELS, [
        item(1, 'a.png', [annotation(1, { polygon: [quad] }), annotation(1, { polygon: [[6, 0, 8, 2, 6, 4, 4, 2, 5, 1]] })]),
      ]),
      out,
      { task: 'obb' },
    )
    const [first, second] = textOf('labels/train/a.txt')
      .trim()
      .split('\n')
      .map((line) => line.split(' ').slice(1).map(Number))
    expect(first).toEqual([0.3, 0, 0.4, 0.2, 0.3, 0.4, 0.2, 0.2])
    const corners = (numbers: number[]) =>
      [0, 2, 4, 6]
        .map((i) =>
          numbers
            .slice(i, i + 2)
            .map((value) => value.toFixed(6))
            .join(),
        )
        .sort()
    expect(corners(second!)).toEqual(corners(first!))
    expect((await exportVerified(yolo, turned(), out, { task: 'obb' })).report.notes.map(({ reason }) => reason)).toEqual([
      'Without a split of its own val is the same as train.',
    ])
    expect(textOf('labels/train/x.txt')).toMatch(/^0 0.3 -0.005 /)
    expect(rotatedBox([1, 1])).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
    expect(rotatedBox([0, 0, 2, 2, 1, 1]).map((value) => Math.round(value) + 0)).toEqual([0, 0, 2, 2, 2, 2, 0, 0])
  })

  it('outside the image are left out and said', async () => {
    const { report } = await exportVerified(
      yolo,
      source(LABELS, [item(1, 'a.png', [annotation(1, { box: { x0: -5, y0: 1, x1: -1, y1: 2 } })])]),
      out,
    )
    expect(report.skipped).toEqual([{ image: 'a.png', reason: '"red circle": it lies outside the image', objects: 1 }])
  })
})

/** What is written of these projects, and what each tool makes of it: recorded where the tools are, with MARQUEE_GOLDEN=write. */
describe('other tools', () => {
  const place = join(GOLDEN, 'yolo/readers.json')
  const golden = JSON.parse(readFileSync(place, 'utf8')) as Record<string, unknown>
  const expectRecorded = (name: string, value: unknown) => {
    if (process.env['MARQUEE_GOLDEN'] === 'write')
      writeFileSync(place, `${JSON.stringify(Object.assign(golden, { [name]: value }), null, 1)}\n`)
    expect(value).toEqual(golden[name])
  }
  const PROJECTS = { boxes, outlines, turned, posed }
  const written = (name: keyof typeof PROJECTS) =>
    exportVerified(yolo, PROJECTS[name](), out, { folders: 'flat', ...(name === 'turned' && { task: 'obb' }) })

  it.each(['boxes', 'outlines', 'turned', 'posed'] as const)('the export of %s is the one they read', async (name) => {
    await written(name)
    const texts = Object.fromEntries(
      files()
        .filter((path) => !path.startsWith('images'))
        .map((path) => [path, textOf(path)]),
    )
    expectRecorded(name, texts)
  })

  it.each([
    ['ultralytics', 'boxes', 'detect'],
    ['ultralytics', 'outlines', 'segment'],
    ['ultralytics', 'turned', 'obb'],
    ['ultralytics', 'posed', 'pose'],
    ['supervision', 'boxes', ''],
    ['supervision', 'outlines', ''],
    ['datumaro', 'boxes', ''],
  ] as const)(
    '%s reads %s (where Python has no such module what it read earlier has to be there)',
    async (tool, name, task) => {
      const python = pythonWith(tool)
      if (!python) return expect(golden[`${tool} ${name}`]).toBeDefined()
      await written(name)
      const text = execFileSync(python, [join(GOLDEN, 'check_yolo.py'), tool, out, task], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      expectRecorded(`${tool} ${name}`, JSON.parse(text))
    },
    120_000,
  )
})
