import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'fast-png'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DatasetFiles } from '../../../src/core/formats/common/files/datasetFiles.ts'
import { encodeIndexedPng } from '../../../src/core/formats/common/pixels/indexedPng.ts'
import { VOC_PALETTE } from '../../../src/core/formats/common/pixels/palette.ts'
import { vocReader } from '../../../src/core/formats/voc/read.ts'
import { rleToBitmap } from '../../../src/shared/rleString.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import type { FileContents } from '../../helpers/datasets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voc-in-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const box = (xmin: unknown, ymin: unknown, xmax: unknown, ymax: unknown) =>
  `<bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox>`
const object = (name: string, inner = box(2, 3, 4, 5)) => `<object><name>${name}</name>${inner}</object>`
const xml = (inner: string, head = '') => `${head}<annotation>${inner}</annotation>`
const SIZE = '<size><width>8</width><height>6</height><depth>3</depth></size>'
const VOC2012 = '<source><database>The VOC2012 Database</database></source>'

async function read(files: FileContents, options: Record<string, string> = {}) {
  writeFiles(folder, files)
  const result = await readDataset(vocReader, folder, options)
  expect(result.accounted).toBe(result.seen)
  return result
}
const one = async (inner: string, head = '') => read({ 'Annotations/a.xml': xml(SIZE + VOC2012 + inner, head) })
const boxOf = ({ box: { x0, y0, x1, y1 } }: { box: { x0: number; y0: number; x1: number; y1: number } }) => [x0, y0, x1, y1]

/** Rows of digits as an indexed PNG, or with the colours of VOC. */
function png(rows: readonly string[], kind: 'indexed' | 'rgb' | 'grey' = 'indexed', colors = VOC_PALETTE): Uint8Array {
  const [width, height] = [rows[0]!.length, rows.length]
  const numbers = Uint8Array.from([...rows.join('')].map((char) => (char === 'V' ? 255 : Number(char))))
  if (kind === 'indexed') return encodeIndexedPng(numbers, { width, height })
  if (kind === 'grey') return encode({ width, height, data: numbers, channels: 1, depth: 8 })
  return encode({ width, height, data: Uint8Array.from([...numbers].flatMap((number) => [...colors[number]!])), channels: 3, depth: 8 })
}
const rowsOf = (mask: { size: [number, number]; counts: string } | null) => {
  const { width, data } = rleToBitmap(mask!)
  return Array.from({ length: data.length / width }, (_, y) => [...data.subarray(y * width, (y + 1) * width)].map((value) => '.#'[value]).join(''))
}

const CORPUS = join(import.meta.dirname, '../../../../shared/testdata/datasets/voc_dataset')
describe.skipIf(!existsSync(CORPUS))("datumaro's datasets (skipped without ../shared)", () => {
  const open = (name: string) => readDataset(vocReader, join(CORPUS, name))

  it('1: two boxes and a mask of a third object, coloured, in parts of the split', async () => {
    const { images, seen, accounted, labels, problems } = await open('voc_dataset1')
    expect([seen, accounted]).toEqual([3, 3])
    expect(problems.map(({ objects }) => objects)).toEqual([0])
    expect(images.map(({ path, split, size, file }) => [path, split, size, file !== null])).toEqual([
      ['2007_000001.jpg', 'train', { width: 20, height: 10 }, true],
      ['2007_000002.jpg', 'test', { width: 20, height: 10 }, true],
    ])
    expect(images[0]!.objects.map((read) => [read.label, ...boxOf(read), read.truncated, read.mask !== null])).toEqual([
      ['cat', 0, 1, 3, 4, true, false],
      ['person', 3, 4, 6, 7, false, false],
      ['bicycle', 0, 0, 20, 10, false, true],
    ])
    const values = images[0]!.objects[1]!.source!['values'] as { children: object[] }
    expect(JSON.stringify(values.children)).toMatch(/"part".*head.*5\.5.*"actions".*jumping/)
    // Its lists name all of VOC's twenty, also on images that have none; bicycle comes with its mask.
    expect(labels.map(({ name }) => name)).toEqual(['cat', 'person'])
  })

  it('2: no pictures and no sizes: every object is explained; a file @.xml without objects', async () => {
    const { images, seen, problems, labels } = await open('voc_dataset2')
    expect([images.length, seen, problems.reduce((sum, { objects }) => sum + objects, 0)]).toEqual([0, 4, 4])
    expect(problems.at(-1)).toEqual({ file: 'Annotations/d.xml', place: '', reason: expect.stringMatching(/d.jpg was not found.*Point to the folder/), objects: 1 })
    expect(problems.some(({ file }) => file === 'Annotations/@.xml')).toBe(true)
    expect(problems[0]!.reason).toMatch(/fractions are often written from 0/)
    expect(labels.map(({ name }) => name)).not.toContain('ignored')
    expect(labels[14]).toEqual({ name: 'person', color: '#c08080', source: { format: 'voc', id: 15 } })
  })

  it('3: a list with a comment and an empty line', async () => {
    const { images, seen } = await open('voc_dataset3')
    expect(seen).toBe(1)
    expect(images.map(({ path, split, objects }) => [path, split, objects.length])).toEqual([['2007_000001.jpg', 'train', 1]])
  })

  it.each(['voc_dataset1', 'voc_dataset2', 'voc_dataset3'])('%s is recognised', async (name) => {
    expect(await vocReader.detect(await DatasetFiles.at(join(CORPUS, name)))).toMatch(/root <annotation>|mask of Pascal VOC/)
  })
})

describe('boxes', () => {
  it('begin at 1: xmin and ymin go down by one, fractions too; corners in either order', async () => {
    const { images } = await one(object('a', box(1, 1, 8, 6)) + object('b', box('5.5', '2.25', '7.5', '4')) + object('c', box(7, 5, 3, 2)) + object('d', box(-3, 2, 99, 5)))
    expect(images[0]!.objects.map(boxOf)).toEqual([[0, 0, 8, 6], [4.5, 1.25, 7.5, 4], [2, 1, 7, 5], [-4, 1, 99, 5]])
  })

  it('begin at 0 where one does, and it is said; a remark where nothing tells', async () => {
    const zero = { 'Annotations/a.xml': xml(SIZE + object('a')), 'Annotations/b.xml': xml(SIZE + object('b', box(0, 2, 4, 5))) }
    const { images, problems } = await read(zero)
    expect(images.flatMap(({ objects }) => objects.map(boxOf))).toEqual([[2, 3, 4, 5], [0, 2, 4, 5]])
    expect(problems).toEqual([{ file: 'Annotations/b.xml', place: '', reason: expect.stringMatching(/begin at 0 here \(xmin 0\)/), objects: 0 }])
    expect((await read(zero, { base: '1' })).images.flatMap(({ objects }) => objects.map(boxOf))).toEqual([[1, 2, 4, 5], [-1, 1, 4, 5]])
    writeFiles(folder, { 'Annotations/b.xml': xml(SIZE) })
    expect((await readDataset(vocReader, folder)).problems[0]!.reason).toMatch(/from 1, as Pascal VOC counts, and no box says otherwise/)
  })

  it('are asked for where files contradict each other; parts over the edge prove nothing', async () => {
    const part = `<part><name>hand</name>${box(0, 0, 2, 2)}</part>`
    expect((await one(object('a', box(2, 3, 4, 5) + part))).images[0]!.objects.map(boxOf)).toEqual([[1, 2, 4, 5]])
    writeFiles(folder, { 'Annotations/b.xml': xml(SIZE + object('b', box(0, 2, 4, 5))) })
    const asked = readDataset(vocReader, folder)
    await expect(asked).rejects.toMatchObject({ code: 'ambiguous-dataset', details: { option: 'base', choices: 'auto,1,0' } })
    await expect(asked).rejects.toThrow(/b\.xml: xmin 0.*a\.xml is from The VOC2012 Database/)
    expect((await readDataset(vocReader, folder, { base: '0' })).images[0]!.objects.map(boxOf)).toEqual([[2, 3, 4, 5]])
  })

  it.each([
    ['<object/>', /no <name>/],
    ['<object><name> </name></object>', /no <name>/],
    ['<object><name>a</name></object>', /no <bndbox>/],
    [object('a', '<bndbox><xmin>1</xmin></bndbox>'), /no <ymin>/],
    [object('a', box('NaN', 1, 2, 3)), /xmin is "NaN"/],
    [object('a', box('', 1, 2, 3)), /xmin is ""/],
    [object('a', box('1e308', 1, 2, 3)), /xmin is "1e308"/],
    [object('a', '<polygon><x1>1</x1><y1>1</y1></polygon>'), /at least 3 points/],
  ])('%s is explained, and the rest comes in', async (bad, reason) => {
    const { images, problems, seen } = await one(bad + object('good'))
    expect([seen, images[0]!.objects.length]).toEqual([2, 1])
    expect(problems).toEqual([{ file: 'Annotations/a.xml', place: 'object 1', reason: expect.stringMatching(reason), objects: 1 }])
  })

  it('flags, scores, attributes, polygons', async () => {
    const flags = '<difficult>1</difficult><truncated>0</truncated><occluded>true</occluded><score>0.25</score>'
    const attributes = '<attributes><attribute><name>n</name><value type="number">2</value></attribute><attribute><name>t</name><value>2</value></attribute></attributes>'
    const numbered = '<polygon><x1>2</x1><y1>3</y1><x2>4.3</x2><y2>3</y2><x3>4</x3><y3>5</y3></polygon>'
    const points = '<polygon><pt><x>1</x><y>1</y></pt><pt><x>2</x><y>1</y></pt><pt><x>2</x><y>2</y></pt></polygon>'
    const { images } = await one(`<object><name>a</name>${flags}${attributes}${numbered}${points}</object>`)
    expect(images[0]!.objects[0]).toMatchObject({ difficult: true, truncated: false, occluded: true, score: 0.25, attributes: { n: 2, t: '2' }, mask: null })
    expect(images[0]!.objects[0]!.polygon).toEqual([[1, 2, 3.3, 2, 3, 4], [0, 0, 1, 0, 1, 1]])
    expect(boxOf(images[0]!.objects[0]!)).toEqual([0, 0, 3.3, 4])
  })
})

describe('files of any kind', () => {
  const name = 'Käse <1> & 图'
  const text = xml(SIZE + VOC2012 + object('<![CDATA[Käse <1>]]> &amp; &#22270;'))
  it.each([
    ['UTF-8 with a mark and CRLF', Buffer.from(`\ufeff<?xml version="1.0"?>\r\n${text.replaceAll('><', '>\r\n<')}`)],
    ['latin-1', Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, 'latin1')],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['comments and instructions', Buffer.from(`<?xml version="1.0"?><?x y?><!-- <object> -->${text}`)],
  ])('%s', async (_, bytes) => {
    const { images, problems } = await read({ 'Annotations/a.xml': bytes })
    expect(problems).toEqual([])
    expect(images[0]!.objects.map(({ label }) => label)).toEqual([name])
  })

  it.each([
    ['an entity bomb', `<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>${text}`, /line 1: a document type/],
    ['deep nesting', xml('<b>'.repeat(5000) + object('a') + '</b>'.repeat(5000)), /nested/i],
    ['a file cut off', text.slice(0, -20), /line 1: /],
    ['an encoding nobody knows', `<?xml version="1.0" encoding="klingon"?>${text}`, /"klingon" is not known/],
    ['dangerous names', xml(object('a', `<__proto__>1</__proto__>${box(1, 2, 3, 4)}`)), /a\.xml/],
  ])('%s: one problem for all of its objects', async (_, bad, reason) => {
    const { images, problems, seen } = await read({ 'Annotations/a.xml': bad, 'Annotations/b.xml': xml(SIZE + VOC2012 + object('b')) })
    expect(seen).toBe(2)
    expect(problems).toEqual([{ file: 'Annotations/a.xml', place: '', reason: expect.stringMatching(reason), objects: 1 }])
    expect(images.map(({ path }) => path)).toEqual(['b.jpg'])
  })

  it('bytes of no encoding: the objects whose names they are in are explained', async () => {
    const bytes = Buffer.concat([Buffer.from(xml(SIZE + VOC2012 + object('good')).replace('</annotation>', '<object><name>a')), Buffer.from([0xc4]), Buffer.from(`</name>${box(1, 2, 3, 4)}</object></annotation>`)])
    const { images, problems } = await read({ 'Annotations/a.xml': bytes })
    expect(images[0]!.objects.map(({ label }) => label)).toEqual(['good'])
    expect(problems.map(({ objects }) => objects)).toEqual([0, 1])
  })

  it('a large file is read at once', async () => {
    const { seen } = await one(object('a').repeat(20_000))
    expect(seen).toBe(20_000)
  })
})

describe('pictures', () => {
  const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: 'red' } }).png().toBuffer()

  it('by the stem of the file, then as named; Windows paths; folders; Unicode in any form', async () => {
    const files = {
      'Annotations/000001.xml': xml(`<filename>000002.png</filename>${VOC2012}`),
      'Annotations/000003.xml': xml('<filename>C:\\fotos\\other%20one.png</filename>'),
      'Annotations/e\u0301/@.xml': xml(SIZE),
      'JPEGImages/000001.png': await picture(3, 2),
      'JPEGImages/000002.png': await picture(5, 4),
      'other one.png': await picture(7, 6),
      'JPEGImages/é/@.png': await picture(9, 8),
    }
    const { images } = await read(files)
    const found = images.map(({ path, size: { width } }) => `${path.normalize('NFC')} ${width}`)
    expect(found).toEqual(['000001.png 3', '000002.png 5', 'other one.png 7', 'é/@.png 9'])
  })

  it('of another size than the file says: the picture holds, and it is said', async () => {
    const { images, problems } = await read({ 'Annotations/a.xml': xml(SIZE + VOC2012 + object('a')), 'JPEGImages/a.png': await picture(6, 8) })
    expect(images[0]).toMatchObject({ path: 'a.png', size: { width: 6, height: 8 } })
    expect(problems[0]).toMatchObject({ place: 'size', reason: expect.stringMatching(/8 x 6 pixels, but the picture has 6 x 8/), objects: 0 })
  })

  it('named by lists only, without lists, beside XML files, in several VOC folders', async () => {
    const { images } = await read({
      'VOC2007/Annotations/a.xml': xml(SIZE + VOC2012 + object('a')),
      'VOC2007/JPEGImages/a.jpg': await picture(8, 6),
      'VOC2012/ImageSets/Main/val.txt': 'b c\r\n# a comment\r\n\r\n',
      'VOC2012/JPEGImages/b c.jpg': await picture(8, 6),
      'VOC2012/JPEGImages/loose.jpg': await picture(8, 6),
      'valid/x.xml': xml(SIZE + object('x')),
      'valid/x.jpg': await picture(8, 6),
    })
    expect(images.map(({ path, split, objects }) => [path, split, objects.length])).toEqual([
      ['VOC2007/a.jpg', null, 1],
      ['VOC2012/b c.jpg', 'val', 0],
      ['VOC2012/loose.jpg', null, 0],
      ['valid/x.jpg', 'valid', 1],
    ])
  })

  it('a single XML file', async () => {
    writeFiles(folder, { 'a.xml': xml(SIZE + object('a')), 'b.xml': xml(SIZE + object('b')) })
    const { images } = await readDataset(vocReader, join(folder, 'a.xml'))
    expect(images.map(({ path, objects }) => [path, objects.length])).toEqual([['a.jpg', 1]])
  })

  it('paths out of the dataset are refused', async () => {
    const { images, problems } = await read({ 'ImageSets/Main/train.txt': '../../etc/passwd\na', 'Annotations/a.xml': xml(`<filename>../../x.png</filename>${SIZE}${VOC2012}`) })
    expect(images.map(({ path }) => path)).toEqual(['a.png'])
    expect(problems).toEqual([{ file: 'ImageSets/Main/train.txt', place: '../../etc/passwd', reason: expect.stringMatching(/leads out/), objects: 0 }])
  })
})

describe('lists', () => {
  const file = xml(SIZE + VOC2012)
  const split = async (lists: FileContents) => {
    const { images, labels } = await read({ 'Annotations/a.xml': file, 'Annotations/b.xml': file, ...lists })
    return { splits: images.map(({ split }) => split), labels: labels.map(({ name }) => name) }
  }

  it('of Main, with lists of classes; train and trainval of the same images are no parts', async () => {
    const classes = { 'ImageSets/Main/wild_cat_train.txt': 'a  1\nb -1\n', 'ImageSets/Main/dog_train.txt': 'a  0\nb -1\n' }
    const train = { 'ImageSets/Main/train.txt': 'a\nb\n', ...classes }
    expect(await split(train)).toEqual({ splits: ['train', 'train'], labels: ['wild_cat'] })
    expect((await split({ 'ImageSets/Main/trainval.txt': 'a\nb\n' })).splits).toEqual([null, null])
    expect((await split({ 'ImageSets/Main/train.txt': 'a', 'ImageSets/Main/val.txt': 'b' })).splits).toEqual(['train', 'val'])
  })

  it("of VOC's own classes that no object has make no labels; other classes do, and those of labelmap.txt", async () => {
    const lists = { 'ImageSets/Main/train.txt': 'a\nb\n', 'ImageSets/Main/bird_train.txt': 'a 1\nb 1', 'ImageSets/Main/gnu_train.txt': 'a -1\nb -1' }
    const objects = ['sheep', 'cat'].map((name) => `<object><name>${name}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object>`)
    expect((await split({ ...lists, 'Annotations/a.xml': xml(SIZE + VOC2012 + objects.join('')) })).labels).toEqual(['cat', 'sheep', 'gnu'])
    expect((await split({ ...lists, 'labelmap.txt': 'background:0,0,0::\nbird:1,2,3::\n' })).labels).toEqual(['bird'])
  })

  it('of Segmentation, Layout and Action, with numbers of objects', async () => {
    expect((await split({ 'ImageSets/Segmentation/test.txt': 'b' })).splits).toEqual([null, 'test'])
    rmSync(join(folder, 'ImageSets'), { recursive: true })
    expect((await split({ 'ImageSets/Layout/train.txt': 'a 1\na 2', 'ImageSets/Action/val.txt': '"b"  3' })).splits).toEqual(['train', 'val'])
    rmSync(join(folder, 'ImageSets'), { recursive: true })
    expect((await split({ 'ImageSets/Action/jumping_val.txt': 'b  2 -1', 'ImageSets/Action/val.txt': 'b  2' })).splits).toEqual([null, 'val'])
  })
})

describe('masks', () => {
  const CLASS = ['........', '.11..22.', '.1V..22.', '........'].map((row) => row.replaceAll('.', '0'))
  const OBJECT = ['........', '.11..22.', '.1V..22.', '........'].map((row) => row.replaceAll('.', '0'))
  const SMALL = '<size><width>8</width><height>4</height></size>'
  const first = object('aeroplane', box(2, 2, 3, 3))
  const second = object('bicycle', box(6, 2, 7, 3))

  it.each(['indexed', 'rgb', 'grey'] as const)('%s, of objects in the order of the file; 255 is nobody', async (kind) => {
    const { images, problems } = await read({
      'Annotations/a.xml': xml(SMALL + VOC2012 + first + second),
      'SegmentationClass/a.png': png(CLASS, kind),
      'SegmentationObject/a.png': png(OBJECT, kind),
    })
    expect(problems).toEqual([])
    expect(images[0]!.objects.map(({ label, mask }) => [label, rowsOf(mask)])).toEqual([
      ['aeroplane', ['........', '.##.....', '.#......', '........']],
      ['bicycle', ['........', '.....##.', '.....##.', '........']],
    ])
  })

  it('of some objects, by class and overlap; or as the objects say', async () => {
    const others = object('bicycle', box(1, 1, 2, 2)) + second + object('aeroplane', box(5, 1, 8, 4)) + first
    const masks = { 'SegmentationClass/a.png': png(CLASS), 'SegmentationObject/a.png': png(OBJECT) }
    const byOverlap = await read({ 'Annotations/a.xml': xml(SMALL + VOC2012 + others), ...masks })
    expect(byOverlap.images[0]!.objects.map(({ mask }) => mask !== null)).toEqual([false, true, false, true])
    const said = others.replace('<object>', '<object segment="2">')
    const asSaid = await read({ 'Annotations/a.xml': xml(SMALL + VOC2012 + said), ...masks })
    expect(asSaid.images[0]!.objects.map(({ label, mask }) => [label, mask !== null])).toEqual([
      ['bicycle', true], ['bicycle', false], ['aeroplane', false], ['aeroplane', false], ['aeroplane', true],
    ])
  })

  it('without Annotations: size from the mask, labels from labelmap.txt, undeclared colours explained', async () => {
    const colors = [[0, 0, 0], [255, 0, 0], [1, 2, 3]] as const
    const { images, problems, labels, seen } = await read({
      'labelmap.txt': '# label:color_rgb:parts:actions\nvoid:0,0,0::\ncar: b:255,0,0:wheel,door:\nbad:1,2::\ncar: b:9,9,9::\n',
      'SegmentationClass/a.png': png(['0112', '0000'], 'rgb', colors),
    })
    expect(labels).toEqual([{ name: 'car: b', color: '#ff0000', source: { format: 'voc', id: 1, parts: ['wheel', 'door'] } }])
    expect(images.map(({ path, file, size }) => [path, file, size])).toEqual([['a.jpg', null, { width: 4, height: 2 }]])
    expect(images[0]!.objects.map((found) => [found.label, ...boxOf(found)])).toEqual([['car: b', 1, 0, 3, 1]])
    expect(seen).toBe(2)
    expect(problems.map(({ file, place, objects }) => [file, place, objects])).toEqual([
      ['labelmap.txt', 'line 4', 0],
      ['labelmap.txt', 'line 5', 0],
      ['SegmentationClass/a.png', 'colour 1,2,3', 1],
    ])
  })

  it('of a class only: its single object takes them, several can not divide them', async () => {
    const { images, problems } = await read({ 'Annotations/a.xml': xml(SMALL + VOC2012 + first + second + second), 'SegmentationClass/a.png': png(CLASS) })
    expect(images[0]!.objects.map(({ mask }) => mask !== null)).toEqual([true, false, false])
    expect(problems).toEqual([{ file: 'SegmentationClass/a.png', place: 'number 2', reason: expect.stringMatching(/"bicycle" can't be divided/), objects: 0 }])
  })

  it('of labelme: class_names.txt numbers the classes', async () => {
    const { images, labels } = await read({ 'class_names.txt': '__ignore__\n_background_\ncat\ndog\n', 'SegmentationClass/a.npy': '', 'SegmentationClassPNG/a.png': png(CLASS) })
    expect(labels.map(({ name }) => name)).toEqual(['cat', 'dog'])
    expect(images[0]!.objects.map(({ label }) => label)).toEqual(['cat', 'dog'])
  })

  it('of another size, damaged, or a picture: explained, and boxes come in', async () => {
    const noise = encode({ width: 400, height: 400, channels: 3, depth: 8, data: Uint8Array.from({ length: 480_000 }, (_, i) => (i * 7919) % 251) })
    const files = {
      'Annotations/a.xml': xml(SIZE + VOC2012 + first),
      'JPEGImages/a.png': await sharp({ create: { width: 8, height: 6, channels: 3, background: 'red' } }).png().toBuffer(),
      'SegmentationObject/a.png': png(OBJECT),
      'Annotations/b.xml': xml(SIZE + VOC2012 + first),
      'SegmentationClass/b.png': png(CLASS).slice(0, -30),
      'Annotations/c.xml': xml(SIZE + VOC2012 + first),
      'SegmentationClass/c.png': noise,
    }
    const { images, problems } = await read(files)
    expect(images.map(({ objects }) => objects.length)).toEqual([1, 1, 1])
    expect(problems[0]).toMatchObject({ file: 'SegmentationObject/a.png', reason: expect.stringMatching(/8 x 4 pixels, but the image has 8 x 6/), objects: 2 })
    expect(problems[1]).toMatchObject({ file: 'SegmentationClass/b.png', objects: 0, reason: expect.stringMatching(/can't be read as a PNG mask/) })
  })

  it('a mask that would unpack to far more than its size is refused', async () => {
    const bomb = Buffer.from(encodeIndexedPng(new Uint8Array(4000 * 4000), { width: 4000, height: 4000 }))
    bomb.writeUInt32BE(8, 16)
    bomb.writeUInt32BE(4, 20)
    const { problems } = await read({ 'Annotations/a.xml': xml(SMALL + VOC2012 + first), 'SegmentationClass/a.png': bomb })
    expect(problems[0]).toMatchObject({ file: 'SegmentationClass/a.png', objects: 0 })
  })
})

it('what is no VOC at all is said', async () => {
  writeFiles(folder, { 'a.txt': 'x', 'b.json': '{}' })
  expect(await vocReader.detect(await DatasetFiles.at(folder))).toBe(null)
  await expect(readDataset(vocReader, folder)).rejects.toMatchObject({ code: 'invalid-dataset' })
  const other = await read({ 'annotations.xml': '<annotations><version>1.1</version></annotations>' })
  expect(other.problems[0]!.reason).toMatch(/no <annotation>/)
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('x')
})
