import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cocoWriter as coco } from '../../../src/core/formats/coco/write.ts'
import { exportFormat } from '../../../src/core/formats/index.ts'
import type { ExportSource } from '../../../src/core/formats/source.ts'
import { DONUT, SOLID, annotation, image, label, maskOf, source } from '../../helpers/exports.ts'
import { hasPython } from '../../helpers/python.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'coco-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Written {
  images: object[]
  categories: { id: number; name: string }[]
  annotations: { id: number; segmentation: unknown; [key: string]: unknown }[]
}
const readBack = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Written

const LABELS = [label(1, 'red circle'), label(7, '病灶', { id: 44 })]
const DRAWN = [[1, 1, 6.5, 1, 1, 4]]
function project(): ExportSource {
  return source(LABELS, [
    {
      image: image(12, 'sub/é 1.jpg'),
      file: '/none',
      annotations: [
        annotation(12, { ...maskOf(DONUT), score: 0.75, origin: 'model' }),
        annotation(12, { ...maskOf(SOLID), labelId: 7, iscrowd: true }),
        annotation(12, { polygon: DRAWN, box: { x0: 1, y0: 1, x1: 6.5, y1: 4 } }),
        annotation(12),
      ],
    },
    { image: image(3, 'empty.png', { width: 5, height: 4 }), file: '/none', annotations: [] },
  ])
}

it('writes ids, names, boxes, areas and flags as COCO has them', async () => {
  const out = join(folder, 'deep/er/out.json')
  const report = await coco.write(project(), out, { ids: 'renumber' })
  const written = readBack(out)
  expect(written.images).toEqual([
    { id: 1, file_name: 'sub/é 1.jpg', width: 8, height: 6 },
    { id: 2, file_name: 'empty.png', width: 5, height: 4 },
  ])
  expect(written.categories.map(({ id, name }) => [id, name])).toEqual([[1, 'red circle'], [2, '病灶']])
  const plain = { image_id: 1, category_id: 1, iscrowd: 0 }
  expect(written.annotations).toEqual([
    { ...plain, id: 1, segmentation: { size: [6, 8], counts: expect.any(String) }, area: 14, bbox: [1, 1, 3, 2], score: 0.75 },
    { ...plain, id: 2, category_id: 2, segmentation: [expect.any(Array), expect.any(Array)], area: 11, bbox: [1, 1, 3, 2], iscrowd: 1 },
    { ...plain, id: 3, segmentation: DRAWN, area: 8.25, bbox: [1, 1, 5.5, 3] },
    { ...plain, id: 4, segmentation: [], area: 6, bbox: [1, 1, 3, 2] },
  ])
  expect(report).toEqual({
    path: out, images: 2, annotations: { 'red circle': 3, 病灶: 1 }, holesBridged: 0, skipped: [], notes: [],
  })
})

it('masks are polygons or RLE when asked, and kept ids are kept', async () => {
  const out = join(folder, 'out.json')
  const report = await coco.write(project(), out, { masks: 'polygon', ids: 'keep' })
  expect(report.holesBridged).toBe(2)
  expect(readBack(out).categories.map(({ id, name }) => [id, name])).toEqual([[45, 'red circle'], [44, '病灶']])
  expect(readBack(out).annotations.slice(0, 2).map((one) => Array.isArray(one.segmentation))).toEqual([true, true])
  await coco.write(project(), out, { masks: 'rle' })
  expect(readBack(out).annotations.map((one) => Array.isArray(one.segmentation))).toEqual([false, false, true, true])
})

describe.skipIf(!hasPython('pycocotools'))('pycocotools (skipped where python3 has no pycocotools)', () => {
  it.each(['auto', 'polygon', 'rle'] as const)('reads masks bit for bit, form %s', async (masks) => {
    const out = join(folder, 'out.json')
    await coco.write(project(), out, { masks })
    const script = join(import.meta.dirname, '../../golden/formats/check_coco.py')
    const read = JSON.parse(execFileSync('python3', [script, out], { encoding: 'utf8' })) as { objects: Record<string, unknown[][]>; ap: object }
    const rows = Object.values(read.objects).flat().map((object) => object[3])
    expect(rows.slice(0, 2)).toEqual([DONUT, SOLID])
    expect(rows.filter((mask) => mask !== null)).toHaveLength(3)
    expect(read.ap).toEqual({ bbox: expect.closeTo(1, 9), segm: expect.closeTo(1, 9) })
  })
})

describe('what does not fit is said', () => {
  const write = (annotations: ReturnType<typeof annotation>[], more = {}) =>
    coco.write(source(LABELS, [{ image: image(1, 'a.jpg', more), file: '/none', annotations }]), join(folder, 'o.json'), {})

  it('empty masks, polygons outside, further frames, foreign sizes, unreadable images', async () => {
    const empty = await write([annotation(1, maskOf(['........', ...Array<string>(5).fill('........')]))])
    expect(empty.notes).toEqual([{ image: 'a.jpg', reason: 'a mask without a pixel was written as a box', objects: 0 }])
    const outside = await write([annotation(1, { polygon: [[20, 20, 30, 20, 30, 30]] })])
    expect(outside.notes[0]!.reason).toMatch(/outside the image/)
    const frames = await write([annotation(1, { frame: 2 }), annotation(1)])
    expect(frames.annotations['red circle']).toBe(1)
    expect(frames.skipped[0]!.reason).toMatch(/1 annotations are on further frames/)
    const foreign = await write([annotation(1, maskOf(['#.']))])
    expect(foreign.skipped[0]!.reason).toMatch(/1 masks have another size/)
    const broken = await write([], { width: 0, height: 0, status: 'failed', problem: 'cut off' })
    expect(broken).toMatchObject({ images: 0, skipped: [{ reason: 'the image could not be read: cut off' }] })
  })

  it('a polygon across the border is clipped to the image', async () => {
    const clipped = await write([annotation(1, { polygon: [[-2, -2, 4, -2, 4, 4, -2, 4]], box: { x0: -2, y0: -2, x1: 4, y1: 4 } })])
    expect(clipped.notes[0]!.reason).toMatch(/clipped/)
    expect(readBack(join(folder, 'o.json')).annotations[0]).toMatchObject({ bbox: [0, 0, 4, 4], area: 16 })
  })

  it('an unknown format names those there are', () => {
    expect(exportFormat('coco')).toBe(coco)
    expect(() => exportFormat('yolo9')).toThrow('There is no format "yolo9". Formats: coco, ')
  })
})

describe('whole or not at all', () => {
  it('a failure or a cancel leaves the old file and nothing else', async () => {
    const out = join(folder, 'out.json')
    writeFileSync(out, 'old')
    const items = [...(project().images() as Iterable<never>)]
    const failing = { labels: LABELS, *images() { yield items[0]!; throw new Error('store is gone') } }
    await expect(coco.write(failing, out, {})).rejects.toThrow('store is gone')
    const abort = new AbortController()
    const job = { signal: abort.signal, onImage: () => abort.abort() }
    await expect(coco.write(project(), out, {}, job)).rejects.toMatchObject({ code: 'cancelled' })
    expect(readFileSync(out, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['out.json'])
  })

  it('a place that can not be written is an error in words', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(coco.write(project(), join(folder, 'file/out.json'), {})).rejects.toMatchObject({ code: 'export-failed' })
  })
})
