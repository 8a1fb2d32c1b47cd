import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode, encode } from 'fast-png'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DatasetFiles } from '../../../src/core/formats/common/files/datasetFiles.ts'
import { encodeIndexedPng } from '../../../src/core/formats/common/pixels/indexedPng.ts'
import { masks } from '../../../src/core/formats/masks/index.ts'
import { rleToBitmap } from '../../../src/shared/rleString.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import type { FileContents } from '../../helpers/datasets.ts'
import { DONUT, SOLID, annotation, image, label, maskOf, source } from '../../helpers/exports.ts'
import { expectToSurvive } from '../../helpers/mutate.ts'
import { labelNameOf, projects, roundTrip, seenOf } from '../../helpers/roundTrip.ts'
import { expectVerified, exportVerified } from '../../helpers/verified.ts'

let folder: string
let out: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masks-'))
  out = join(folder, 'out')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const LABELS = [label(1, 'red circle'), label(2, '../=b.c'), label(3, 'unused')]
const project = () => {
  const annotations = [annotation(1, { ...maskOf(SOLID), z: 0, labelId: 2 }), annotation(1, { ...maskOf(DONUT), z: 1 }), annotation(1, { ...maskOf(SOLID), z: 2 }), annotation(1, { z: 3 })]
  return source(LABELS, [
    { image: image(1, 'x/a_mask.jpg'), file: '/nowhere.jpg', annotations, split: 'val' },
    { image: image(2, 'empty.png'), file: '/nowhere.jpg', annotations: [] },
  ])
}
const rowsOf = (mask: { size: [number, number]; counts: string } | null) => {
  const { width, data } = rleToBitmap(mask!)
  return Array.from({ length: data.length / width }, (_, y) => [...data.subarray(y * width, (y + 1) * width)].map((value) => '.#'[value]).join(''))
}
const tree = () => (readdirSync(out, { recursive: true, encoding: 'utf8' })).filter((path) => /\.(png|csv)$/.test(path)).sort()

/** Grey, or of the palette of VOC. */
const grey = (rows: readonly string[], factor = 1) => encode({ width: rows[0]!.length, height: rows.length, data: Uint8Array.from([...rows.join('')].map((char) => Number(char) * factor)), channels: 1, depth: 8 })
const indexed = (rows: readonly string[]) => encodeIndexedPng(Uint8Array.from([...rows.join('')].map(Number)), { width: rows[0]!.length, height: rows.length })
const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: 'red' } }).jpeg().toBuffer()

async function read(files: FileContents, options: Record<string, string> = {}) {
  writeFiles(folder, files)
  const result = await readDataset(masks.reads!, folder, options)
  expect(result.accounted).toBe(result.seen)
  const objects = result.images.map(({ path, objects: all }) => [path, ...all.map(({ label: name, mask }) => `${name} ${rowsOf(mask).join('|')}`)])
  return { ...result, objects }
}

it('tables name files and folders as they are, also where a cell that begins so would be run by a spreadsheet', async () => {
  await sharp({ create: { width: 8, height: 6, channels: 3, background: 'red' } }).png().toFile(join(folder, 'in.png'))
  const drawn = source([label(1, '=x'), label(2, '@y')], [{ image: image(1, '=1.png'), file: join(folder, 'in.png'), annotations: [annotation(1, maskOf(SOLID)), annotation(1, { ...maskOf(DONUT), labelId: 2 })] }])
  await exportVerified(masks, drawn, out, { kind: 'labels' })
  const rows = (file: string) => readFileSync(join(out, file), 'utf8').trim().split('\n').slice(1).map((line) => line.split(','))
  expect(rows('labels.csv').map(([, , , name]) => readdirSync(join(out, 'masks', name!)))).toEqual([['_=1.png'], ['_=1.png']])
  expect(rows('images.csv').map(([name]) => name)).toEqual(readdirSync(join(out, 'images')))
})

describe('an object a file', () => {
  it('with a table of all objects; boxes have no file', async () => {
    await exportVerified(masks, project(), out, { images: 'none' })
    expect(tree()).toEqual(['masks/x_a_mask/001__=b_c.png', 'masks/x_a_mask/002_red_circle.png', 'masks/x_a_mask/003_red_circle.png', 'objects.csv'])
    const { data, channels, depth } = decode(readFileSync(join(out, 'masks/x_a_mask/001__=b_c.png')))
    expect([channels, depth, [...new Set(data)]]).toEqual([1, 8, [0, 255]])
    const { images } = await readDataset(masks.reads!, out)
    expect(images.map(({ path, split, objects }) => [path, split, objects.length])).toEqual([['x_a_mask.jpg', 'val', 4], ['empty.png', null, 0]])
    expect(images[0]!.objects.map((object) => [object.label, object.mask && rowsOf(object.mask)])).toEqual([['../=b.c', SOLID], ['red circle', DONUT], ['red circle', SOLID], ['red circle', null]])
  })

  it('any project comes back exactly', async () => {
    await fc.assert(
      fc.asyncProperty(projects(), async (any) => {
        await expectVerified(masks, any)
        const { images, problems } = await roundTrip(masks, any)
        expect(problems).toEqual([])
        const plain = (objects: ReturnType<typeof seenOf>) => objects.map((object) => ({ ...object, ...('polygon' in object && object.polygon ? { mask: null } : {}) }))
        for (const [item, back] of images) expect(plain(seenOf(back.objects, labelNameOf))).toEqual(plain(seenOf(item.annotations, labelNameOf)))
      }),
      { numRuns: 25 },
    )
  })
})

describe('a label a file, and numbers of labels', () => {
  it('unions, with a table of labels; boxes are told', async () => {
    const { report } = await exportVerified(masks, project(), out, { images: 'none', kind: 'labels' })
    expect(tree()).toEqual(['images.csv', 'labels.csv', 'masks/_=b_c/x_a_mask.png', 'masks/red_circle/x_a_mask.png'])
    expect(report.annotations).toEqual({ 'red circle': 2, '../=b.c': 1, unused: 0 })
    expect(report.skipped).toEqual([{ image: 'x/a_mask.jpg', reason: '1 objects are boxes without a mask', objects: 1 }])
    const { images, labels } = await readDataset(masks.reads!, out)
    expect(labels.map(({ name }) => name)).toEqual(LABELS.map(({ name }) => name))
    expect(images.map(({ path, split, objects }) => [path, split, objects.length])).toEqual([['x_a_mask.jpg', 'val', 2], ['empty.png', null, 0]])
  })

  it('index maps: what lies higher covers, and it is said', async () => {
    const { report } = await exportVerified(masks, project(), out, { images: 'none', kind: 'index' })
    expect(tree()).toEqual(['images.csv', 'labels.csv', 'masks/empty.png', 'masks/x_a_mask.png'])
    expect(readFileSync(join(out, 'labels.csv'), 'utf8')).toBe('\ufeffnumber,label,color,folder\n1,red circle,#800000,\n2,../=b.c,#008000,\n3,unused,#808000,\n')
    expect(report.notes).toEqual([{ image: 'x/a_mask.jpg', reason: '1 masks are written without the pixels that lie under objects above them', objects: 0 }])
    const many = Array.from({ length: 255 }, (_, n) => label(n + 1, `l${n}`))
    await expect(masks.writes!.write(source(many, []), out, { kind: 'index' })).rejects.toThrow(/holds 254 labels, but the project has 255/)
  })

  it.each(['labels', 'index'])('%s: any project comes back as far as it is held', async (kind) => {
    await fc.assert(fc.asyncProperty(projects(), async (any) => void (await expectVerified(masks, any, { kind }))), { numRuns: 20 })
  })
})

describe("other tools' masks", () => {
  const ONE = ['0000', '0110']
  const TWO = ['0200', '0110']

  it('in black and white are one object; names may say mask', async () => {
    const { objects, images, problems } = await read({
      'images/a.jpg': await picture(4, 2),
      'images/b.jpg': await picture(4, 2),
      'images/none.jpg': await picture(4, 2),
      'masks/a_mask.png': grey(ONE, 255),
      'masks/b.png': grey(ONE),
    })
    expect(objects).toEqual([['images/a.jpg', 'object ....|.##.'], ['images/b.jpg', 'object ....|.##.'], ['images/none.jpg']])
    expect(images.every(({ file }) => file?.includes('/images/'))).toBe(true)
    expect(problems).toEqual([])
  })

  it('with several numbers and no table: it is asked what they are', async () => {
    const files = { 'masks/a.png': grey(TWO), 'images/a.jpg': await picture(4, 2) }
    await expect(read(files)).rejects.toMatchObject({ code: 'ambiguous-dataset', details: { option: 'meaning' } })
    expect((await read(files, { meaning: 'objects' })).objects).toEqual([['images/a.jpg', 'object ....|.##.', 'object .#..|....']])
    expect((await read(files, { meaning: 'classes' })).objects).toEqual([['images/a.jpg', 'class 1 ....|.##.', 'class 2 .#..|....']])
  })

  it.each([
    ['labelmap.txt', 'background:0,0,0::\ncat:128,0,0::\n'],
    ['classes.txt', '_background_\ncat\n'],
    ['dataset_meta.json', '{"label_map": {"0": "background", "1": "cat"}, "segmentation_colors": [[0, 0, 0], [128, 0, 0]]}'],
  ])('with %s: numbers have names, others are explained', async (name, text) => {
    const { objects, problems, labels, seen } = await read({ [name]: text, 'train/masks/a.png': indexed(TWO) })
    expect(labels.map(({ name: one }) => one)).toEqual(['cat'])
    expect(objects).toEqual([['a.jpg', 'cat ....|.##.']])
    expect(seen).toBe(2)
    expect(problems).toEqual([{ file: 'train/masks/a.png', place: 'number 2', reason: expect.stringMatching(/no class/), objects: 1 }])
  })

  it('a folder a label, a folder an image; steps of grey are cut in the middle', async () => {
    const byLabel = await read({ 'masks/cat/a.png': grey(ONE, 255), 'masks/dog/a.png': grey(['0900', '0110'], 20), 'images/val/a.jpg': await picture(4, 2) })
    expect(byLabel.objects).toEqual([['images/val/a.jpg', 'cat ....|.##.', 'dog .#..|....']])
    rmSync(join(folder, 'masks'), { recursive: true })
    const byImage = await read({ 'masks/a/001_cat.png': grey(ONE, 255), 'masks/a/dog_2.png': grey(ONE), 'masks/a/3f2a9c4e5b6d7f80.png': grey(ONE) })
    expect(byImage.objects).toEqual([['images/val/a.jpg', 'cat ....|.##.', 'object ....|.##.', 'dog ....|.##.']])
  })

  it('of another size, or damaged: explained', async () => {
    const { problems, seen } = await read({ 'images/a.jpg': await picture(5, 5), 'masks/cat/a.png': grey(ONE, 255), 'masks/dog/a.png': grey(ONE).slice(0, 40) })
    expect(seen).toBe(2)
    expect(problems.map(({ file, objects }) => [file, objects])).toEqual([['masks/cat/a.png', 1], ['masks/dog/a.png', 1]])
    expect(problems[0]!.reason).toMatch(/4 x 2 pixels, but the image has 5 x 5/)
  })

  it('a table with paths out of the dataset reads nothing there', async () => {
    const { problems } = await read({ 'objects.csv': 'image,label,x0,y0,x1,y1,width,height,mask\na.jpg,cat,0,0,1,1,4,2,../../etc/passwd\n' })
    expect(problems).toEqual([{ file: 'objects.csv', place: 'line 2', reason: expect.stringMatching(/leads out/), objects: 1 }])
  })

  it('what has no masks is said', async () => {
    writeFiles(folder, { 'a.jpg': await picture(4, 2), 'labels/a.txt': '0 0 0 1 1' })
    expect(await masks.reads!.detect(await DatasetFiles.at(folder))).toBe(null)
    await expect(readDataset(masks.reads!, folder)).rejects.toMatchObject({ code: 'invalid-dataset' })
  })
})

describe('1,000 damaged files: no crash, every object accounted for', () => {
  it.each(['objects', 'labels', 'index'])('a third of them %s', async (kind) => {
    await exportVerified(masks, project(), out, { images: 'none', kind })
    const files = Object.fromEntries(tree().map((path) => [path, readFileSync(join(out, path))]))
    const chosen = Object.keys(files).filter((path) => !path.includes('empty') && !path.includes('003'))
    const count = Math.ceil(1000 / 3 / chosen.length)
    for (const [n, damaged] of chosen.entries()) {
      expect(await expectToSurvive(masks.reads!, files, damaged, { count, seed: n + 1 })).toBeGreaterThan(count / 2)
    }
  }, 60_000)
})
