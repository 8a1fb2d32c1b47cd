/** Datasets in stored pixels of pictures that are shown turned. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importFormat } from '../../../src/core/formats/index.ts'
import { turnedGeometry, turnedSize } from '../../../src/core/formats/common/upright.ts'
import { keptValues } from '../../../src/core/formats/kept.ts'
import { pixelsOf } from '../../../src/shared/rasterize.ts'
import { decodeRuns } from '../../../src/shared/rle.ts'
import { bitmapToRle, rleToBitmap } from '../../../src/shared/rleString.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import { PLAIN, SMALL_FILES } from '../../helpers/smallFiles.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'upright-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const STORED = { width: 20, height: 10 }
/** An F: no turn and no mirror makes it itself. */
const POLYGON = [[3, 1, 12, 1, 12, 3, 5, 3, 5, 4, 9, 4, 9, 6, 5, 6, 5, 8, 3, 8]]
const F = pixelsOf({ polygon: POLYGON, mask: null }, STORED)!

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i', (orientation) => {
  it("turns masks, outlines and boxes as sharp turns the picture's pixels", async () => {
    const raw = decodeRuns(F)
    const stored = await sharp(Buffer.from(raw.data.map((on) => on * 255)), { raw: { ...STORED, channels: 1 } }).withMetadata({ orientation }).tiff({ compression: 'lzw' }).toBuffer()
    const { data, info } = await sharp(stored).autoOrient().extractChannel(0).raw().toBuffer({ resolveWithObject: true })
    const size = turnedSize(STORED, orientation)
    expect([info.width, info.height]).toEqual([size.width, size.height])
    const want = bitmapToRle({ width: info.width, height: info.height, data: Uint8Array.from(data, (value) => (value > 127 ? 1 : 0)) })
    const turned = turnedGeometry({ box: { x0: 3, y0: 1, x1: 12, y1: 8 }, mask: bitmapToRle(raw), polygon: POLYGON }, STORED, orientation)
    expect(turned.mask).toEqual(want)
    expect(bitmapToRle(decodeRuns(pixelsOf({ polygon: turned.polygon, mask: null }, size)!))).toEqual(want)
    const on = [...rleToBitmap(want).data].flatMap((value, at) => (value ? [[at % size.width, Math.floor(at / size.width)] as const] : []))
    const [xs, ys] = [on.map(([x]) => x), on.map(([, y]) => y)]
    expect(turned.box).toEqual({ x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs) + 1, y1: Math.max(...ys) + 1 })
  })
})

/** The smallest dataset of a format, of a picture stored with 20 x 10 pixels. */
async function read(format: string, orientation: number, [width, height] = ['20', '10']) {
  const picture = await sharp({ create: { ...STORED, channels: 3, background: 'red' } }).withMetadata({ orientation }).jpeg().toBuffer()
  const box = format === 'label-studio' ? (['10', '30', '20', '50'] as const) : PLAIN.box
  const files = SMALL_FILES[format]!.files({ ...PLAIN, path: 'a.jpg', width: width!, height: height!, box })
  const text = files[SMALL_FILES[format]!.file]!
  // The PNG of a panoptic record is called like the picture, but for its ending.
  const named = typeof text === 'string' ? text.replace('"file_name":"a.jpg","segments_info"', '"file_name":"a.png","segments_info"') : text
  writeFiles(folder, { ...files, [SMALL_FILES[format]!.file]: named, 'a.jpg': picture })
  return readDataset(importFormat(format), folder)
}

const FORMATS = ['coco', 'voc', 'cvat', 'csv', 'labelme', 'label-studio']
/** x0, y0, x1, y1 in stored pixels; COCO has the width and height for the last two, VOC counts from 1. */
const BOXES: Record<string, number[]> = { coco: [2, 3, 8, 11], voc: [1, 2, 6, 8], 'label-studio': [2, 3, 6, 8] }

it.each(FORMATS)('%s: what is in stored pixels comes in upright, with words', async (format) => {
  const { images, problems } = await read(format, 6)
  const [x0, y0, x1, y1] = BOXES[format] ?? [2, 3, 6, 8]
  expect(images[0]!.size).toEqual({ width: 10, height: 20 })
  expect(images[0]!.objects[0]!.box).toEqual({ x0: 10 - y1!, y0: x0, x1: 10 - y0!, y1: x1 })
  expect(problems.filter(({ reason }) => /EXIF orientation 6\); objects were turned with it; key points and parts were not kept$/.test(reason))).toMatchObject([{ objects: 0 }])
  expect(problems.some(({ reason }) => /kept as they are|boxes may lie elsewhere|taken as pixels|taken of the picture/.test(reason))).toBe(false)
  // What the file said in numbers is not what an export may write again.
  const kept = keptValues(images[0]!.objects[0]!, format)
  if (kept) expect(kept.untouched).toBe(false)
})

it.each(FORMATS)('%s: upright sizes are upright', async (format) => {
  const { images, problems } = await read(format, 6, ['10', '20'])
  expect(problems.some(({ reason }) => /EXIF/.test(reason))).toBe(false)
  expect(images[0]!.size).toEqual({ width: 10, height: 20 })
})

it.each([3, 1])('of orientation %i nothing is turned: the size does not tell', async (orientation) => {
  expect((await read('coco', orientation)).images[0]!.objects[0]!.box).toEqual({ x0: 2, y0: 3, x1: 8, y1: 11 })
  const swapped = await read('coco', orientation, ['10', '20'])
  expect(swapped.images[0]!.objects[0]!.box).toEqual({ x0: 2, y0: 3, x1: 8, y1: 11 })
  expect(swapped.problems.map(({ reason }) => reason)).toEqual([expect.stringMatching(/coordinates were kept as they are$/)])
})

it('key points and parts are not kept, where they would lie elsewhere on an upright picture; other values are', async () => {
  const picture = await sharp({ create: { ...STORED, channels: 3, background: 'red' } }).withMetadata({ orientation: 6 }).jpeg().toBuffer()
  const annotation = { id: 7, image_id: 1, category_id: 1, bbox: [2, 3, 6, 8], keypoints: [2, 3, 2], num_keypoints: 1, note: 'x' }
  writeFiles(folder, { 'a.jpg': picture, 'a.json': JSON.stringify({ images: [{ id: 1, file_name: 'a.jpg', ...STORED }], categories: [{ id: 1, name: 'cat' }], annotations: [annotation] }) })
  const coco = await readDataset(importFormat('coco'), folder)
  expect(coco.images[0]!.objects[0]!.source!['values']).toEqual({ id: 7, bbox: [2, 3, 6, 8], note: 'x' })
  rmSync(join(folder, 'a.json'))
  const part = '<part><name>head</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>4</xmax><ymax>5</ymax></bndbox></part><pose>Left</pose>'
  const { 'Annotations/a.xml': xml } = SMALL_FILES['voc']!.files({ ...PLAIN, path: 'a.jpg' })
  writeFiles(folder, { 'Annotations/a.xml': String(xml).replace('</object>', `${part}</object>`) })
  const voc = await readDataset(importFormat('voc'), folder)
  expect(JSON.stringify(voc.images[0]!.objects[0]!.source)).toMatch(/Left/)
  expect(JSON.stringify(voc.images[0]!.objects[0]!.source)).not.toMatch(/head/)
})

it.each(['masks', 'coco-panoptic'])('%s: PNG files in stored pixels are turned', async (format) => {
  const { images, problems } = await read(format, 8)
  expect(images[0]!.size).toEqual({ width: 10, height: 20 })
  expect(images[0]!.objects[0]!.mask!.size).toEqual([20, 10])
  expect(problems.map(({ reason }) => reason)).toEqual([expect.stringMatching(/EXIF orientation 8/)])
})
