import { encode } from 'fast-png'
import { expect, it } from 'vitest'
import { yoloReader } from '../../../src/core/formats/yolo/read.ts'
import { expectToSurvive } from '../../helpers/mutate.ts'

const FILES = {
  'data.yaml': 'train: images/train\nnames:\n  0: cat\n  1: dog\nkpt_shape: [2, 3]\n',
  'images/train/a.png': encode({ width: 20, height: 10, data: new Uint8Array(200), channels: 1 }),
  'labels/train/a.txt': '0 0.5 0.5 0.25 0.5 0.1 0.2 2 0.3 0.4 1\n1 0.1 0.1 0.4 0.1 0.4 0.5\n',
  'train.txt': 'images/train/a.png\n',
}

it.each(['data.yaml', 'labels/train/a.txt'])(
  'damage to %s',
  async (damaged) => {
    expect(await expectToSurvive(yoloReader, FILES, damaged, { count: 1000 })).toBeGreaterThan(500)
  },
  120_000,
)

it('damage to a list of images', async () => {
  const listed = { ...FILES, 'data.yaml': FILES['data.yaml'].replace('images/train', 'train.txt') }
  expect(await expectToSurvive(yoloReader, listed, 'train.txt', { count: 300 })).toBeGreaterThan(100)
}, 120_000)
