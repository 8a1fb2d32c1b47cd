import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { boxCiou, boxGiou } from '../../../src/core/score/boxMeasures.ts'
import { scoreCoco } from '../../../src/core/score/index.ts'
import type { AveragePrecision } from '../../../src/core/score/averagePrecision.ts'

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../golden/score/${name}.json`, import.meta.url), 'utf8'))

describe('as COCOeval, to 1e-9', () => {
  const score = scoreCoco(read('results'), read('truth'))
  const golden = read('scores') as Record<'bbox' | 'segm', Record<string, AveragePrecision>>

  it.each(['bbox', 'segm'] as const)('%s', (kind) => {
    const all = Object.fromEntries([['overall', score.overall], ...score.labels.map((label) => [label.label, label] as const)])
    expect(Object.keys(all).sort()).toEqual(Object.keys(golden[kind]).sort())
    for (const [name, expected] of Object.entries(golden[kind])) {
      for (const key of ['ap', 'ap50', 'ap75'] as const) expect(Math.abs(all[name]![kind]![key] - expected[key])).toBeLessThan(1e-9)
    }
  })
})

const SIZE = { width: 100, height: 100 }
type Found = { label: string; bbox: number[]; image?: number; score?: number; iscrowd?: number; segmentation?: number[][] }

function cocoFile(labels: string[], objects: Found[], files = ['a.jpg']): object {
  return {
    images: files.map((file_name, id) => ({ id, file_name, ...SIZE })),
    categories: labels.map((name, id) => ({ id, name })),
    annotations: objects.map(({ label, image = 0, ...rest }, id) => ({ id, image_id: image, category_id: labels.indexOf(label), ...rest })),
  }
}

describe("the paper's measures", () => {
  it('are means over true objects; missing ones count 0, excess lowers precision', () => {
    const truth = cocoFile(['car'], [{ label: 'car', bbox: [0, 0, 10, 10] }, { label: 'car', bbox: [50, 50, 10, 10] }])
    const results = cocoFile(['car'], [
      { label: 'car', bbox: [0, 0, 10, 5] },
      { label: 'car', bbox: [0, 0, 10, 6] },
      { label: 'car', bbox: [80, 80, 5, 5] },
    ])
    const { overall } = scoreCoco(results, truth)
    expect(overall).toMatchObject({ truths: 2, found: 3, hits: 1, iou: 0.3, giou: 0.3, recall: 0.5, f1: 0.4, maskIou: null, segm: null })
    expect(overall.precision).toBeCloseTo(1 / 3, 12)
    expect(overall.ciou).toBeCloseTo(boxCiou({ x0: 0, y0: 0, x1: 10, y1: 6 }, { x0: 0, y0: 0, x1: 10, y1: 10 }) / 2, 12)
  })

  it('pair one to one, greatest overlap first', () => {
    const truth = cocoFile(['car'], [{ label: 'car', bbox: [0, 0, 10, 10] }, { label: 'car', bbox: [2, 0, 10, 10] }])
    const results = cocoFile(['car'], [{ label: 'car', bbox: [2, 0, 10, 10] }, { label: 'car', bbox: [2, 0, 10, 10] }])
    expect(scoreCoco(results, truth).overall.iou).toBeCloseTo((1 + 8 / 12) / 2, 12)
  })

  it('compare masks where there are any, and count a mask that is not found', () => {
    const triangle = { label: 'car', bbox: [0, 0, 10, 10], segmentation: [[0, 0, 10, 0, 0, 10]] }
    const square = { label: 'car', bbox: [0, 0, 10, 10], segmentation: [[0, 0, 10, 0, 10, 10, 0, 10]] }
    expect(scoreCoco(cocoFile(['car'], [square]), cocoFile(['car'], [triangle])).overall.maskIou).toBeCloseTo(0.45, 12)
    expect(scoreCoco(cocoFile(['car'], []), cocoFile(['car'], [triangle])).overall).toMatchObject({ maskIou: 0, f1: 0, precision: null })
  })

  it('leave crowds out', () => {
    const truth = cocoFile(['car'], [{ label: 'car', bbox: [0, 0, 10, 10] }, { label: 'car', bbox: [50, 50, 40, 40], iscrowd: 1 }])
    expect(scoreCoco(cocoFile(['car'], [{ label: 'car', bbox: [0, 0, 10, 10] }]), truth).overall).toMatchObject({ truths: 1, iou: 1, f1: 1 })
  })
})

it('GIoU and CIoU by hand', () => {
  const a = { x0: 0, y0: 0, x1: 10, y1: 10 }
  const b = { x0: 20, y0: 0, x1: 30, y1: 10 }
  expect(boxGiou(a, a)).toBe(1)
  expect(boxGiou(a, b)).toBeCloseTo(-1 / 3, 12)
  expect(boxCiou(a, a)).toBe(1)
  expect(boxCiou(a, b)).toBeCloseTo(-400 / 1000, 12)
  const flat = { x0: 0, y0: 0, x1: 20, y1: 10 }
  const v = (4 / Math.PI ** 2) * (Math.PI / 4 - Math.atan(2)) ** 2
  expect(boxCiou(flat, a)).toBeCloseTo(0.5 - 25 / 500 - v ** 2 / (0.5 + v), 12)
})

describe('labels', () => {
  const truth = cocoFile(
    ['red circle', 'blue circle', 'dark lesion', 'box'],
    ['red circle', 'blue circle', 'dark lesion', 'box'].map((label) => ({ label, bbox: [0, 0, 10, 10] })),
  )

  it('of the results alone are scored; one without a twin stands for the longer names that end in it', () => {
    const results = cocoFile(['Circle', 'dark_lesion', 'tree'], [{ label: 'Circle', bbox: [0, 0, 10, 10] }])
    const score = scoreCoco(results, truth)
    expect(score.labels.map(({ label, truthLabels, how }) => [label, truthLabels, how])).toEqual([
      ['Circle', ['red circle', 'blue circle'], 'suffix'],
      ['dark_lesion', ['dark lesion'], 'name'],
    ])
    expect(score.overall.truths).toBe(3)
    expect(score.notes).toEqual([
      '"Circle" is scored against red circle, blue circle.',
      'Not scored, because the truth has no such label: tree.',
      'Truth left out, because the results have no such label: box.',
      'No masks to compare: results or truth have boxes only.',
    ])
  })

  it('follow a map, and a map to nothing is an error', () => {
    const results = cocoFile(['tumour'], [{ label: 'tumour', bbox: [0, 0, 10, 10] }])
    const score = scoreCoco(results, truth, { labelMap: { tumour: ['dark lesion'] } })
    expect(score.labels[0]).toMatchObject({ how: 'map', truthLabels: ['dark lesion'], iou: 1 })
    expect(() => scoreCoco(results, truth, { labelMap: { tumour: ['growth'] } })).toThrow(/no label "growth". It has: red circle/)
    expect(() => scoreCoco(results, truth)).toThrow(/No label is in both files. Results: tumour/)
  })
})

describe('images', () => {
  it('are matched by file_name; others are named', () => {
    const truth = cocoFile(['car'], [{ label: 'car', bbox: [0, 0, 10, 10], image: 1 }], ['x.jpg', 'sub/e\u0301.jpg'])
    const results = cocoFile(['car'], [{ label: 'car', bbox: [0, 0, 10, 10] }], ['sub\\\u00e9.jpg', 'z.jpg'])
    const score = scoreCoco(results, truth)
    expect(score).toMatchObject({ images: 1, overall: { iou: 1 } })
    expect(score.notes).toContain('1 images of the truth are not in the results and are not scored.')
    expect(score.notes).toContain('1 images of the results are not in the truth and are not scored.')
    expect(() => scoreCoco(cocoFile(['car'], [], ['q.jpg']), truth)).toThrow(/matched by file_name, for example results q.jpg, truth x.jpg/)
  })

  it('where no path is in both, names without folders decide, unless one is there twice', () => {
    const truth = cocoFile(['car'], [], ['a.jpg', 'b.jpg'])
    expect(scoreCoco(cocoFile(['car'], [], ['images/train/a.jpg', 'images/val/b.jpg']), truth).images).toBe(2)
    expect(() => scoreCoco(cocoFile(['car'], [], ['train/a.jpg', 'val/a.jpg']), truth)).toThrow(/No image is in both files/)
    expect(scoreCoco(cocoFile(['car'], [], ['a.jpg', 'images/b.jpg']), truth).images).toBe(1)
  })

  it('what is no COCO file is refused by name', () => {
    expect(() => scoreCoco({ images: [] }, {})).toThrow(/The results file is no COCO file .* categories/)
    expect(() => scoreCoco(cocoFile([], []), [])).toThrow(/The truth file is no COCO file/)
  })
})
