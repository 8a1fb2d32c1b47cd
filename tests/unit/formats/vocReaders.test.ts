/** What other tools make of our Pascal VOC: their answers are kept in tests/golden/formats/voc. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { voc } from '../../../src/core/formats/voc/index.ts'
import { DONUT, SOLID, annotation, image, label, maskOf } from '../../helpers/exports.ts'
import { pythonWith } from '../../helpers/python.ts'
import { exportVerified } from '../../helpers/verified.ts'

const GOLDEN = join(import.meta.dirname, '../../golden/formats/voc')
const python = pythonWith('datumaro', 'supervision')
let folder: string
let out: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voc-readers-'))
  out = join(folder, 'out')
  await sharp({ create: { width: 8, height: 6, channels: 3, background: 'red' } }).jpeg().toFile(join(folder, 'colour.jpg'))
  await sharp(Buffer.alloc(48), { raw: { width: 8, height: 6, channels: 1 } }).toColourspace('b-w').png().toFile(join(folder, 'grey.png'))
  const labels = [label(1, 'red circle'), label(2, 'a<b & c'), label(3, '图 "q"', { format: 'voc', parts: ['head'] })]
  const triangle = { box: { x0: 2, y0: 1, x1: 6.5, y1: 5 }, polygon: [[2, 1, 6.5, 1, 4, 5]], mask: null }
  const first = [
    annotation(1, { ...maskOf(SOLID), box: { x0: 0, y0: 1, x1: 8, y1: 6 }, labelId: 2, z: 0, difficult: true }),
    annotation(1, { ...maskOf(DONUT), box: { x0: 1, y0: 1, x1: 7, y1: 5 }, z: 1, truncated: true, attributes: { colour: 'red', n: 2, wet: true } }),
    annotation(1, { box: { x0: 0.5, y0: 1, x1: 3, y1: 2.2 }, labelId: 3, z: 2, occluded: true, score: 0.5 }),
  ]
  const items = [
    { image: image(1, 'a/colour.jpg'), file: join(folder, 'colour.jpg'), annotations: first, split: 'train' },
    { image: image(2, 'grey 1.png'), file: join(folder, 'grey.png'), annotations: [annotation(2, triangle)], split: 'val' },
    { image: image(3, 'empty.jpg'), file: join(folder, 'colour.jpg'), annotations: [], split: 'train' },
  ]
  await exportVerified(voc, { labels, splits: ['train', 'val'], images: () => items }, out)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const FILES = ['Annotations/a_colour.xml', 'Annotations/grey_1.xml', 'SegmentationClass/a_colour.png', 'SegmentationObject/a_colour.png', 'labelmap.txt', 'ImageSets/Main/trainval.txt', 'ImageSets/Main/a_b_&_c_train.txt', 'ImageSets/Segmentation/val.txt']

it.each(FILES)('%s is written to the byte', (name) => {
  const golden = join(GOLDEN, name)
  if (process.env['MARQUEE_GOLDEN'] === 'write') {
    mkdirSync(join(golden, '..'), { recursive: true })
    writeFileSync(golden, readFileSync(join(out, name)))
  }
  expect(readFileSync(join(out, name)).equals(readFileSync(golden))).toBe(true)
})

it.skipIf(!python)('PIL, datumaro and supervision read it as before (skipped where no Python has them; see MARQUEE_PYTHON)', () => {
  const script = join(import.meta.dirname, '../../golden/formats/check_voc.py')
  const answer = execFileSync(python!, [script, out, 'pil', 'datumaro', 'supervision'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const golden = join(GOLDEN, 'readers.json')
  if (process.env['MARQUEE_GOLDEN'] === 'write') writeFileSync(golden, answer)
  expect(JSON.parse(answer)).toEqual(JSON.parse(readFileSync(golden, 'utf8')))
})

it('what they read is what the project holds', () => {
  expect(existsSync(join(GOLDEN, 'readers.json'))).toBe(true)
  const { pil, datumaro, supervision } = JSON.parse(readFileSync(join(GOLDEN, 'readers.json'), 'utf8'))
  expect(pil['SegmentationObject/a_colour.png']).toMatchObject({ colours: 256, palette: [[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0], [192, 128, 128], [224, 224, 192]] })
  expect(pil['SegmentationObject/a_colour.png'].rows[2]).toBe('0 2 0 2 1 2 1 0')
  expect(pil['SegmentationClass/a_colour.png'].rows[2]).toBe('0 1 0 1 2 1 2 0')
  const [colour] = datumaro.items.filter(({ id }: { id: string }) => id === 'a_colour')
  expect(colour.boxes.map((box: unknown[]) => box.slice(0, 5))).toEqual([['a<b & c', 0, 1, 8, 6], ['red circle', 1, 1, 7, 5], ['图 "q"', 0, 1, 3, 3]])
  expect(colour.boxes[1][5]).toMatchObject({ colour: 'red', truncated: true })
  expect(supervision['a_colour.jpg'].boxes.map((box: unknown[]) => box.slice(1))).toEqual([[0, 1, 8, 6], [1, 1, 7, 5], [0, 1, 3, 3]])
})
