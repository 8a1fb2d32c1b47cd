import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ExportImage } from '../../../src/core/formats/source.ts'
import { UniqueStems } from '../../../src/core/formats/common/files/uniqueStems.ts'
import { vocWriter as voc } from '../../../src/core/formats/voc/write.ts'
import { VOC_PALETTE } from '../../../src/core/formats/common/pixels/palette.ts'
import { vocBox } from '../../../src/core/formats/voc/xml.ts'
import { DONUT, SOLID, annotation, image, label, maskOf, source } from '../../helpers/exports.ts'
import { hasPython } from '../../helpers/python.ts'

let folder: string
let out: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voc-'))
  out = join(folder, 'out')
  writeFileSync(join(folder, 'in.jpg'), 'bytes of a picture')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const LABELS = [label(1, 'red circle'), label(7, 'a<b & c')]
const read = (name: string) => readFileSync(join(out, name), 'utf8')
const item = (id: number, path: string, annotations: ReturnType<typeof annotation>[] = [], more = {}): ExportImage => ({
  image: image(id, path, more),
  file: join(folder, 'in.jpg'),
  annotations,
})
const project = () =>
  source(LABELS, [
    item(1, 'a/b c.JPG', [
      annotation(1, { box: { x0: 0.5, y0: 1, x1: 3, y1: 2.2 }, difficult: true }),
      annotation(1, { ...maskOf(DONUT), z: -1 }),
      annotation(1, { ...maskOf(SOLID), z: -2, labelId: 7 }),
    ]),
    item(2, 'A_B c.jpg'),
  ])

it('writes XML, masks, lists, labelmap and images', async () => {
  const report = await voc.write(project(), out, {})
  expect(report).toMatchObject({ images: 2, annotations: { 'red circle': 2, 'a<b & c': 1 }, skipped: [] })
  expect(report.notes).toEqual([{ image: 'a/b c.JPG', reason: '1 masks are written without the pixels that lie under objects above them', objects: 0 }])
  expect(readdirSync(join(out, 'JPEGImages'))).toEqual(['A_B_c_2.jpg', 'a_b_c.jpg'])
  expect(read('JPEGImages/a_b_c.jpg')).toBe('bytes of a picture')
  expect(read('ImageSets/Main/trainval.txt')).toBe('a_b_c\nA_B_c_2\n')
  expect(read('ImageSets/Segmentation/train.txt')).toBe('a_b_c\n')
  expect(read('ImageSets/Main/red_circle_trainval.txt')).toBe('a_b_c  1\nA_B_c_2 -1\n')
  expect(read('labelmap.txt')).toBe('# label:color_rgb:parts:actions\nbackground:0,0,0::\nred circle:128,0,0::\na<b & c:0,128,0::\n')
  expect(read('Annotations/a_b_c.xml')).toContain('<name>a&lt;b &amp; c</name>')
  const objects = decode(readFileSync(join(out, 'SegmentationObject/a_b_c.png')))
  const expected = DONUT.flatMap((row, y) => [...row].map((char, x) => (char === '#' ? 2 : SOLID[y]![x] === '#' ? 1 : 0)))
  expect([...objects.data]).toEqual(expected)
  expect(objects.palette).toHaveLength(256)
})

it.skipIf(!hasPython('numpy', 'PIL'))("reads back as the devkit's readers do (skipped where python3 has no numpy and PIL)", async () => {
  await voc.write(project(), out, { images: 'none' })
  const script = join(import.meta.dirname, '../../golden/formats/check_voc.py')
  const back = JSON.parse(execFileSync('python3', [script, out, 'devkit', 'pil'], { encoding: 'utf8' })) as { devkit: object; pil: Record<string, { rows: string[] }> }
  expect(back.devkit).toEqual({
    a_b_c: { filename: 'a_b_c.jpg', segmented: '1', objects: [['a<b & c', 2, 2, 4, 3], ['red circle', 2, 2, 4, 3], ['red circle', 1, 2, 3, 3]] },
    A_B_c_2: { filename: 'A_B_c_2.jpg', segmented: '0', objects: [] },
  })
  expect(Object.keys(back.pil)).toEqual(['SegmentationClass/a_b_c.png', 'SegmentationObject/a_b_c.png'])
  expect(back.pil['SegmentationClass/a_b_c.png']!.rows[2]).toBe('0 1 0 1 2 1 2 0')
  expect(readdirSync(join(out, 'JPEGImages'))).toEqual([])
})

it('has the colours of the devkit', () => {
  expect([0, 1, 2, 3, 8, 15, 20, 255].map((index) => VOC_PALETTE[index])).toEqual([
    [0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0], [64, 0, 0], [192, 128, 128], [0, 64, 128], [224, 224, 192],
  ])
})

it('boxes are inclusive and 1-based, and stay on the image', () => {
  const size = { width: 8, height: 6 }
  expect(vocBox({ x0: 1, y0: 2, x1: 4, y1: 5 }, size)).toEqual({ xmin: 2, ymin: 3, xmax: 4, ymax: 5 })
  expect(vocBox({ x0: 0.2, y0: 0.9, x1: 7.1, y1: 5.01 }, size)).toEqual({ xmin: 1, ymin: 1, xmax: 8, ymax: 6 })
  expect(vocBox({ x0: -5, y0: 6, x1: 20, y1: 6 }, size)).toEqual({ xmin: 1, ymin: 6, xmax: 8, ymax: 6 })
})

it('stems are unique, plain and safe', () => {
  const stems = new UniqueStems()
  const given = ['x/Ä.png', 'x/a\u0308.png', 'x/\u00e4.jpg', 'CON.png', '..\\..\\up.jpg', '图 片.jpg', '.hidden', 'a:b?.jpg']
  expect(given.map((path) => stems.stemOf(path))).toEqual(['x_Ä', 'x_ä_2', 'x_ä_3', '_CON', 'up', '图_片', 'hidden', 'a_b_'])
})

describe('limits', () => {
  it('more than 254 objects are refused by name; their boxes can be written', async () => {
    const many = source(LABELS, [item(1, 'a.jpg', Array.from({ length: 255 }, () => annotation(1, maskOf(SOLID))))])
    await expect(voc.write(many, out, {})).rejects.toThrow(/a.jpg has 255 objects with masks, but a mask file of Pascal VOC holds 254/)
    const report = await voc.write(many, out, { masks: 'none' })
    expect(report.notes[0]!.reason).toBe('255 masks were left out, as asked for')
    expect(existsSync(join(out, 'SegmentationClass/a.png'))).toBe(false)
    expect(read('Annotations/a.xml').match(/<object>/g)).toHaveLength(255)
  })

  it('more than 254 labels are refused', async () => {
    const labels = Array.from({ length: 255 }, (_, i) => label(i, `l${i}`))
    await expect(voc.write(source(labels, []), out, {})).rejects.toThrow(/holds 254 classes, but the project has 255/)
  })
})

describe('the folder', () => {
  it('is replaced when it is an older export, and refused when it holds other files', async () => {
    await voc.write(source(LABELS, [item(1, 'old.jpg')]), out, {})
    await voc.write(source(LABELS, [item(1, 'new.jpg')]), out, {})
    expect(readdirSync(join(out, 'Annotations'))).toEqual(['new.xml'])
    writeFileSync(join(out, 'thesis.doc'), 'mine')
    await expect(voc.write(project(), out, {})).rejects.toThrow(/holds other files \(thesis.doc\)/)
    expect(read('thesis.doc')).toBe('mine')
    await expect(voc.write(project(), join(folder, 'in.jpg'), {})).rejects.toThrow(/is a file. Name a folder/)
  })

  it('stays as it was after a cancel', async () => {
    mkdirSync(join(out, 'Annotations'), { recursive: true })
    const abort = new AbortController()
    const job = { signal: abort.signal, onImage: () => abort.abort() }
    await expect(voc.write(project(), out, {}, job)).rejects.toMatchObject({ code: 'cancelled' })
    expect(readdirSync(out)).toEqual(['Annotations'])
    expect(readdirSync(folder).sort()).toEqual(['in.jpg', 'out'])
  })
})

describe('images', () => {
  it('stored turned are saved upright', async () => {
    const turned = join(folder, 'turned.jpg')
    await sharp({ create: { width: 6, height: 8, channels: 3, background: 'red' } }).withMetadata({ orientation: 6 }).jpeg().toFile(turned)
    const report = await voc.write(source(LABELS, [{ ...item(1, 't.jpg', [], { orientation: 6 }), file: turned }]), out, {})
    const saved = await sharp(join(out, 'JPEGImages/t.jpg')).metadata()
    expect([saved.width, saved.height, saved.orientation ?? 1]).toEqual([8, 6, 1])
    expect(report.notes).toEqual([{ image: 't.jpg', reason: 'was stored turned (EXIF) and was saved upright', objects: 0 }])
  })

  it('can be linked; one that is gone is said', async () => {
    const gone = { ...item(2, 'gone.jpg'), file: join(folder, 'gone.jpg') }
    const report = await voc.write(source(LABELS, [item(1, 'a.jpg'), gone]), out, { images: 'link' })
    expect(statSync(join(out, 'JPEGImages/a.jpg')).ino).toBe(statSync(join(folder, 'in.jpg')).ino)
    expect(report.skipped).toEqual([{ image: 'gone.jpg', reason: expect.stringMatching(/could not be copied/), objects: 0 }])
  })
})
