/** Damaged files of COCO's formats. */
import { encode } from 'fast-png'
import { expect, it } from 'vitest'
import { cocoPanopticReader } from '../../../src/core/formats/coco-panoptic/read.ts'
import { cocoResultsReader } from '../../../src/core/formats/coco-results/read.ts'
import { cocoReader } from '../../../src/core/formats/coco/read.ts'
import { expectToSurvive } from '../../helpers/mutate.ts'

/** Twenty seconds on an idle machine. */
const PATIENCE = 240_000

const images = [{ id: 5, file_name: 'sub/a.jpg', width: 10, height: 6 }, { id: 6, file_name: 'b.jpg', width: 4, height: 4 }]
const categories = [{ id: 1, name: 'a', supercategory: '' }, { id: 3, name: 'b' }]
const annotations = [
  { id: 1, image_id: 5, category_id: 1, segmentation: [[1, 1, 4.5, 1, 4, 3]], area: 3.5, bbox: [1, 1, 3.5, 2], iscrowd: 0 },
  { id: 2, image_id: 5, category_id: 3, segmentation: { size: [6, 10], counts: [7, 2, 4, 2, 45] }, area: 4, bbox: [1, 1, 2, 2], iscrowd: 1 },
  { id: 3, image_id: 6, category_id: 3, segmentation: { size: [4, 4], counts: '5221203' }, bbox: [1, 1, 2, 2], attributes: { x: 'y' }, score: 0.5 },
]
const instances = JSON.stringify({ info: {}, licenses: [], images, annotations, categories }, null, 1)

it('1000 damaged instances files end with words', async () => {
  expect(await expectToSurvive(cocoReader, { 'instances_val.json': instances }, 'instances_val.json')).toBeGreaterThan(500)
}, PATIENCE)

it('1000 damaged lists of results end with words, and damaged companions', async () => {
  const results = JSON.stringify(annotations.map((one) => ({ ...one, id: undefined, score: 0.25 })), null, 1)
  const files = { 'results.json': results, 'image_info.json': JSON.stringify({ images, categories, annotations: [] }) }
  expect(await expectToSurvive(cocoResultsReader, files, 'results.json')).toBeGreaterThan(500)
  expect(await expectToSurvive(cocoResultsReader, files, 'image_info.json', { count: 100 })).toBeGreaterThan(25)
}, PATIENCE)

it('1000 damaged panoptic files end with words, and damaged PNG files', async () => {
  const data = new Uint8Array(10 * 6 * 3)
  for (let i = 0; i < 60; i++) data[i * 3] = i % 10 < 3 ? 7 : i % 10 < 5 ? 200 : 0
  const segments = [{ id: 7, category_id: 1, area: 18, bbox: [0, 0, 3, 6], iscrowd: 0 }, { id: 200, category_id: 3, area: 12, bbox: [3, 0, 2, 6], iscrowd: 1 }]
  const json = JSON.stringify({ images, categories, annotations: [{ image_id: 5, file_name: 'a.png', segments_info: segments }] }, null, 1)
  const files = { 'panoptic_val.json': json, 'panoptic_val/a.png': encode({ width: 10, height: 6, data, channels: 3, depth: 8 }) }
  expect(await expectToSurvive(cocoPanopticReader, files, 'panoptic_val.json')).toBeGreaterThan(500)
  expect(await expectToSurvive(cocoPanopticReader, files, 'panoptic_val/a.png', { count: 100 })).toBe(100)
}, PATIENCE)
