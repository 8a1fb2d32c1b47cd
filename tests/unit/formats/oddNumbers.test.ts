/** Numbers that no picture has: NaN and Infinity, as Python writes them, and 1e308. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cocoReader } from '../../../src/core/formats/coco/read.ts'
import { idIn, parseLoose } from '../../../src/core/formats/common/json/looseJson.ts'
import { labelStudioReader } from '../../../src/core/formats/label-studio/read.ts'
import { labelmeReader } from '../../../src/core/formats/labelme/read.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import { PLAIN, SMALL_FILES } from '../../helpers/smallFiles.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'numbers-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const LITERALS = ['NaN', 'Infinity', '-Infinity']
const SQUARE = '[[1,1,4,1,4,4,1,4]]'

/** An instances file with one sound annotation behind one that says this. */
async function coco(values: string) {
  const sound = '{"id": 2, "image_id": 5, "category_id": 3, "bbox": [1, 1, 2, 2]}'
  writeFiles(folder, {
    'a.json': `{"images": [{"id": 5, "file_name": "a.jpg", "width": 10, "height": 6}], "categories": [{"id": 3, "name": "NaN, Infinity"}],
      "annotations": [{"id": 17, "image_id": 5, "category_id": 3, ${values}}, ${sound}]}`,
  })
  const { images, problems, seen, accounted } = await readDataset(cocoReader, join(folder, 'a.json'))
  expect(accounted).toBe(seen)
  expect(problems.every(({ file }) => file === 'a.json')).toBe(true)
  return { objects: images[0]!.objects, told: problems.map(({ place, reason, objects }) => [place, reason, objects]) }
}
const notJson = (literal: string) => ['annotation 17', expect.stringContaining(`${literal} is not JSON`) as string, 0]

describe('COCO', () => {
  it.each(LITERALS)('an annotation whose bbox holds %s is named by its id and left out; the rest comes in', async (literal) => {
    const { objects, told } = await coco(`"bbox": [${literal}, 1, 2, 3]`)
    expect(objects.map(({ place }) => place)).toEqual(['annotation 2'])
    expect(told).toEqual([notJson(literal), ['annotation 17', 'its bbox is not [x, y, width, height] in numbers that a picture has', 1]])
  })

  it('with a sound segmentation the box is that of the segmentation', async () => {
    const { objects, told } = await coco(`"bbox": [NaN, NaN, NaN, NaN], "segmentation": ${SQUARE}`)
    expect(objects[0]?.box).toEqual({ x0: 1, y0: 1, x1: 4, y1: 4 })
    expect(told).toEqual([notJson('NaN'), ['annotation 17', expect.stringMatching(/its box is that of its segmentation$/), 0]])
  })

  it('a segmentation of such numbers leaves the annotation out', async () => {
    const { objects, told } = await coco('"bbox": [1, 1, 2, 2], "segmentation": [[1, NaN, 4, 1, 4, 4]]')
    expect(objects).toHaveLength(1)
    expect(told).toEqual([notJson('NaN'), ['annotation 17', 'its polygon holds something else than numbers that a picture has', 1]])
  })

  it.each(LITERALS)('%s as area, score or attribute is a missing value', async (literal) => {
    const { objects, told } = await coco(`"bbox": [1, 1, 2, 2], "area": ${literal}, "score": ${literal}, "attributes": {"a": ${literal}, "b": 1}`)
    expect(objects[0]).toMatchObject({ score: null, attributes: { b: 1 } })
    expect(Object.keys(objects[0]!.source!['values'] as object)).not.toContain('area')
    expect(told).toEqual([notJson(literal)])
  })

  it.each(['1e308', '1e309', '-1e308'])('%s is no place on an image and no mistake elsewhere', async (number) => {
    const { objects, told } = await coco(`"bbox": [1, 1, ${number}, 2]`)
    expect(objects).toHaveLength(1)
    expect(told).toEqual([['annotation 17', 'its bbox is not [x, y, width, height] in numbers that a picture has', 1]])
    expect((await coco(`"bbox": [1, 1, 2, 2], "segmentation": [[1, ${number}, 4, 1, 4, 4]]`)).objects).toHaveLength(1)
    const elsewhere = await coco(`"bbox": [1, 1, 2, 2], "area": ${number}, "score": ${number}`)
    expect(elsewhere.objects).toHaveLength(2)
    expect(elsewhere.objects[0]?.score).toBeNull()
  })

  it('an annotation that is no JSON at all is named by its id too', async () => {
    expect((await coco('"bbox": [1, , 2, 2]')).told).toEqual([['annotation 17', expect.stringMatching(/^is not valid JSON/), 1]])
  })

  it('an image record that holds NaN is told', async () => {
    writeFiles(folder, { 'a.json': '{"images": [{"id": 5, "file_name": "a.jpg", "width": 10, "height": 6, "gps": NaN}], "annotations": []}' })
    const { images, problems } = await readDataset(cocoReader, join(folder, 'a.json'))
    expect(images).toHaveLength(1)
    expect(problems).toEqual([{ file: 'a.json', place: 'image 5', reason: expect.stringContaining('NaN is not JSON') as string, objects: 0 }])
  })
})

it.each([['labelme', labelmeReader], ['label-studio', labelStudioReader]] as const)('%s: the file is read, the shape with NaN is left out', async (id, reader) => {
  const { files } = SMALL_FILES[id]!
  writeFiles(folder, files({ ...PLAIN, box: ['NaN', '3', '6', '8'] }))
  const { images, problems, seen, accounted } = await readDataset(reader, folder)
  expect([seen, accounted, images[0]?.objects]).toEqual([1, 1, []])
  expect(problems.map(({ objects }) => objects)).toEqual([0, 1])
  expect(problems[0]?.reason).toContain('NaN is not JSON')
})

it('literals in texts stay, and what is no JSON without them is an error', () => {
  const { value, literal } = parseLoose('{"a": "NaN \\" -Infinity", "b": NaN, "c": [-Infinity, 1]}')
  expect([value, literal]).toEqual([{ a: 'NaN " -Infinity', c: [null, 1] }, 'NaN'])
  expect(() => parseLoose('{"a": NaN,, }')).toThrow(SyntaxError)
  expect(() => parseLoose('{"a": nan}')).toThrow(SyntaxError)
  expect([idIn('{"id": 4, '), idIn('{"x": 1, "id":"é"}'), idIn('{"image_id": 4}'), idIn('{"id": [4]}')]).toEqual(['4', 'é', null, null])
})
