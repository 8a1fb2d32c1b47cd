/** What other tools make of our COCO exports: their answers are kept in tests/golden/formats/coco. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { cocoPanoptic } from '../../../src/core/formats/coco-panoptic/index.ts'
import { cocoResults } from '../../../src/core/formats/coco-results/index.ts'
import { coco } from '../../../src/core/formats/coco/index.ts'
import { DONUT, SOLID, annotation, image, label, maskOf } from '../../helpers/exports.ts'
import { pythonWith } from '../../helpers/python.ts'
import { exportVerified } from '../../helpers/verified.ts'

const GOLDEN = join(import.meta.dirname, '../../golden/formats/coco')
const python = pythonWith('datumaro', 'supervision', 'pycocotools')
let folder: string
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coco-readers-'))
  await sharp({ create: { width: 8, height: 6, channels: 3, background: 'red' } }).png().toFile(at('red.png'))
  const labels = [label(1, 'red circle'), label(2, '图 "q"', { format: 'coco', id: 90, supercategory: 'x', isthing: 0 })]
  const first = [
    annotation(1, { ...maskOf(SOLID), box: { x0: 0, y0: 1, x1: 8, y1: 6 }, labelId: 2, z: 0, iscrowd: true }),
    annotation(1, { ...maskOf(DONUT), box: { x0: 1, y0: 1, x1: 7, y1: 5 }, z: 1, score: 0.75, attributes: { colour: 'red', n: 2 } }),
    annotation(1, { polygon: [[2, 1, 6.5, 1, 4, 5], [0, 0, 1, 0, 1, 1, 0, 1]], box: { x0: 0, y0: 0, x1: 6.5, y1: 5 }, z: 2 }),
  ]
  const second = [annotation(2, { ...maskOf(SOLID), box: { x0: 0, y0: 1, x1: 8, y1: 6 } }), annotation(2, { polygon: [[1, 1, 6, 1, 4, 4]], box: { x0: 1, y0: 1, x1: 6, y1: 4 } })]
  const items = [
    { image: image(1, 'a/é 1.png'), file: at('red.png'), annotations: first, split: 'train' },
    { image: image(2, 'b.png'), file: at('red.png'), annotations: second, split: 'val' },
    { image: image(3, 'a/empty.png'), file: at('red.png'), annotations: [], split: 'train' },
  ]
  const project = { labels, splits: ['train', 'val'], images: () => items }
  await exportVerified(coco, project, at('instances'))
  await exportVerified(cocoResults, project, at('results'))
  await exportVerified(cocoPanoptic, project, at('panoptic'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const FILES = ['instances/annotations/instances_train.json', 'instances/annotations/instances_val.json', 'results/results.json', 'results/image_info.json', 'panoptic/annotations/panoptic_train.json']

it.each(FILES)('%s is written to the byte', (name) => {
  const golden = join(GOLDEN, name)
  if (process.env['MARQUEE_GOLDEN'] === 'write') {
    mkdirSync(join(golden, '..'), { recursive: true })
    writeFileSync(golden, readFileSync(at(name)))
  }
  expect(readFileSync(at(name), 'utf8')).toBe(readFileSync(golden, 'utf8'))
})

it.skipIf(!python)('pycocotools, datumaro, supervision and PIL read them as before (skipped where no Python has them; see MARQUEE_PYTHON)', () => {
  const script = join(import.meta.dirname, '../../golden/formats/check_coco.py')
  const answer = execFileSync(python!, [script, at('instances'), at('results'), at('panoptic')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  const golden = join(GOLDEN, 'readers.json')
  if (process.env['MARQUEE_GOLDEN'] === 'write') writeFileSync(golden, answer)
  expect(JSON.parse(answer)).toEqual(JSON.parse(readFileSync(golden, 'utf8')))
})

it('what they read is what the project holds', () => {
  const { pycocotools, datumaro, supervision, pil } = JSON.parse(readFileSync(join(GOLDEN, 'readers.json'), 'utf8'))
  expect(pycocotools['instances_train.json']['a/é 1.png'].slice(0, 2)).toEqual([['图 "q"', [0, 1, 8, 5], 1, SOLID], ['red circle', [1, 1, 6, 4], 0, DONUT]])
  expect(pycocotools['instances_train.json']['a/empty.png']).toEqual([])
  expect(pycocotools['results']['b.png']).toHaveLength(2)
  expect(datumaro.instances.map(({ subset, shapes }: { subset: string; shapes: unknown[] }) => [subset, shapes.length > 0])).toEqual([['train', false], ['train', true], ['val', true]])
  expect(Object.keys(supervision).sort()).toEqual(['instances_train: a/empty.png', 'instances_train: a/é 1.png', 'instances_val: b.png'])
  expect(pil['panoptic_train/a_é_1.png'][2]).toBe('0 2 0 3 3 3 1 0')
})
