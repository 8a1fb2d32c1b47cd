/** What comes from Pascal VOC goes back as it came; splits, void borders, and files that are damaged. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatasetImage } from '../../../src/core/formats/dataset.ts'
import { encodeIndexedPng } from '../../../src/core/formats/common/pixels/indexedPng.ts'
import { voc } from '../../../src/core/formats/voc/index.ts'
import { vocReader } from '../../../src/core/formats/voc/read.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import { annotation, image, label, source } from '../../helpers/exports.ts'
import { expectToSurvive } from '../../helpers/mutate.ts'
import { projectFrom } from '../../helpers/roundTrip.ts'
import { exportVerified } from '../../helpers/verified.ts'

let folder: string
let out: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voc-kept-'))
  out = join(folder, 'out')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const read = (name: string) => readFileSync(join(out, name), 'utf8')

const PERSON = `<object>
  <name>person</name><pose>Frontal</pose><truncated>1</truncated><difficult>0</difficult>
  <bndbox><xmin>2.5</xmin><ymin>2</ymin><xmax>6.25</xmax><ymax>5</ymax></bndbox>
  <part><name>head</name><bndbox><xmin>3.5</xmin><ymin>1</ymin><xmax>5</xmax><ymax>2</ymax></bndbox></part>
  <part><name>hand</name><bndbox><xmin>4</xmin><ymin>3</ymin><xmax>5</xmax><ymax>4</ymax></bndbox></part>
  <actions><jumping>0</jumping><reading>1</reading></actions>
  <note kind="odd &quot;one&quot;">a &lt;b&gt; &amp; <![CDATA[<c>]]></note>
</object>`
const FILE = `<annotation verified="yes"><folder>VOC2012</folder><filename>other.jpg</filename>
<source><database>The VOC2012 Database</database><image>flickr</image><flickrid>341012865</flickrid></source>
<owner><name>Fried Camels</name></owner><size><width>8</width><height>6</height><depth>3</depth></size>${PERSON}</annotation>`

async function thereAndBack(files: Record<string, string | Uint8Array>, change?: Parameters<typeof projectFrom>[1]): Promise<readonly DatasetImage[]> {
  writeFiles(join(folder, 'in'), files)
  const { images } = await readDataset(vocReader, join(folder, 'in'))
  await exportVerified(voc, projectFrom(images, change), out)
  return images
}

describe('kept values', () => {
  it('of objects and images go back as they came', async () => {
    const before = await thereAndBack({ 'Annotations/a.xml': FILE })
    const { images } = await readDataset(vocReader, out)
    expect(images.map(({ objects, source: kept }) => ({ objects, kept }))).toEqual(before.map(({ objects, source: kept }) => ({ objects, kept })))
    const text = read('Annotations/a.xml')
    for (const piece of ['<folder>VOC2012</folder>', '<flickrid>341012865</flickrid>', '<name>Fried Camels</name>', '<pose>Frontal</pose>', '<xmin>2.5</xmin>', '<xmax>6.25</xmax>', '<reading>1</reading>', '<note kind="odd &quot;one&quot;">a &lt;b&gt; &amp; &lt;c&gt;</note>']) {
      expect(text).toContain(piece)
    }
    expect(text.match(/<part>/g)).toHaveLength(2)
    expect(read('labelmap.txt')).toContain('\nperson:128,0,0:head,hand:jumping,reading\n')
  })

  it('an edited box is written anew, what has nothing to do with it is kept', async () => {
    await thereAndBack({ 'Annotations/a.xml': FILE }, (object) => ({ ...object, box: { ...object.box, x1: 7.5 } }))
    expect(read('Annotations/a.xml')).toMatch(/<xmin>2<\/xmin>\s*<ymin>2<\/ymin>\s*<xmax>8<\/xmax>/)
    expect(read('Annotations/a.xml')).toContain('<reading>1</reading>')
  })

  it('of a file that counts from 0 are counted from 1, parts too', async () => {
    const zero = FILE.replace(/<source>.*<\/source>/, '').replace('<xmin>2.5<', '<xmin>0<')
    await thereAndBack({ 'Annotations/a.xml': zero })
    expect(read('Annotations/a.xml')).toMatch(/<bndbox>\s*<xmin>1<\/xmin>\s*<ymin>3<\/ymin>\s*<xmax>7</)
    expect(read('Annotations/a.xml')).toMatch(/<name>head<\/name>\s*<bndbox>\s*<xmin>4.5<\/xmin>\s*<ymin>2<\/ymin>\s*<xmax>5</)
  })

  it('a box over the edge does not go back, or the whole file would be taken to count from 0', async () => {
    const over = FILE.replace('<xmin>2.5<', '<xmin>-4<')
    await thereAndBack({ 'Annotations/a.xml': over })
    expect(read('Annotations/a.xml')).toMatch(/<xmin>1<\/xmin>/)
  })

  it('names, parts and actions of labelmap.txt', async () => {
    const labels = [label(1, '50%: a', { format: 'voc', parts: ['head', 'hand'], actions: ['run'] }), label(2, '#b'), label(3, 'background'), label(4, 'x%3Ay')]
    const all = labels.map(({ id }) => annotation(1, { labelId: id, box: { x0: id, y0: 0, x1: id + 1, y1: 1 }, polygon: [[id, 0, id + 1, 0, id + 1, 1, id, 1]] }))
    const { report } = await exportVerified(voc, source(labels, [{ image: image(1, 'a.jpg'), file: '/nowhere.jpg', annotations: all }]), out, { images: 'none' })
    expect(report.notes.map(({ image: where }) => where)).toEqual(['labelmap.txt'])
    expect(read('labelmap.txt').split('\n').slice(1, 5)).toEqual(['_background_:0,0,0::', '50%%3A a:128,0,0:head,hand:run', '%23b:0,128,0::', 'background:128,128,0::'])
    const back = await readDataset(vocReader, out)
    expect(back.labels.map(({ name }) => name)).toEqual(labels.map(({ name }) => name))
    expect(back.labels[0]!.source).toEqual({ format: 'voc', id: 1, parts: ['head', 'hand'], actions: ['run'] })
  })
})

describe('splits', () => {
  const items = ['train', 'val', 'test', null].map((split, n) => ({
    image: image(n + 1, `${n}.jpg`),
    file: '/nowhere.jpg',
    annotations: n === 1 ? [annotation(2, { difficult: true })] : [annotation(n + 1, { polygon: [[1, 1, 4, 1, 4, 3]] })],
    split,
  }))

  it('have lists of images and classes each, and trainval; images of no part are told', async () => {
    const project = { labels: [label(1, 'cat')], splits: ['train', 'val', 'test'], images: () => items }
    const { report } = await exportVerified(voc, project, out, { images: 'none' })
    expect(readdirSync(join(out, 'ImageSets/Main')).sort()).toEqual(['cat_test.txt', 'cat_train.txt', 'cat_trainval.txt', 'cat_val.txt', 'test.txt', 'train.txt', 'trainval.txt', 'val.txt'])
    expect([read('ImageSets/Main/trainval.txt'), read('ImageSets/Main/cat_val.txt'), read('ImageSets/Segmentation/trainval.txt')]).toEqual(['0\n1\n', '1  0\n', '0\n'])
    expect(report.notes).toEqual([{ image: '3.jpg', reason: expect.stringMatching(/no part of the split/), objects: 0 }])
    expect((await readDataset(vocReader, out)).images.map(({ split }) => split)).toEqual(['train', 'val', 'test', null])
  })
})

describe('masks', () => {
  const square = (x: number, z: number) => annotation(1, { box: { x0: x, y0: 4, x1: x + 12, y1: 16 }, polygon: [[x, 4, x + 12, 4, x + 12, 16, x, 16]], z })
  const two = () => source([label(1, 'cat')], [{ image: image(1, 'a.jpg', { width: 40, height: 20 }), file: '/nowhere.jpg', annotations: [square(4, 0), square(14, 1)] }])

  it('get a void border of 5 pixels on request, and nothing but it', async () => {
    const { report } = await exportVerified(voc, two(), out, { images: 'none', void: '5' })
    const { data } = decode(readFileSync(join(out, 'SegmentationObject/a.png')))
    const row = [...data.slice(10 * 40, 11 * 40)].map((value) => (value === 255 ? 'v' : String(value))).join('')
    expect(row).toBe('00vvvvv1111vvvvvv222222vvvvv'.padEnd(40, '0'))
    expect(report.notes[0]!.reason).toMatch(/2 masks are written without the pixels that lie under other masks or the void border/)
    expect((await readDataset(vocReader, out)).labels.map(({ name }) => name)).toEqual(['cat'])
  })

  it('the depth is that of the picture', async () => {
    const file = join(folder, 'grey.png')
    await sharp(Buffer.alloc(48), { raw: { width: 8, height: 6, channels: 1 } }).toColourspace('b-w').png().toFile(file)
    await exportVerified(voc, source([], [{ image: image(1, 'grey.png'), file, annotations: [] }]), out)
    expect(read('Annotations/grey.xml')).toContain('<depth>1</depth>')
  })

  it('labels that XML can not hold are refused', async () => {
    await expect(voc.writes!.write(source([label(1, 'a\u0001b')], []), out, {})).rejects.toThrow(/"a\\u0001b" holds characters that XML can't hold/)
    await expect(voc.writes!.write(source([label(1, 'half \ud83e')], []), out, {})).rejects.toMatchObject({ code: 'invalid-argument' })
    await voc.writes!.write(source([label(1, 'whole 🦆')], []), join(folder, 'fine'), {})
    expect(existsSync(out)).toBe(false)
  })
})

describe('damaged files', () => {
  const numbers = Uint8Array.from({ length: 48 }, (_, i) => (i % 8 > 4 ? 2 : i % 8 > 1 ? 1 : 0))
  const png = encodeIndexedPng(numbers, { width: 8, height: 6 })
  const files = {
    'Annotations/a.xml': FILE,
    'ImageSets/Main/train.txt': 'a\nb\n',
    'ImageSets/Main/person_train.txt': 'a  1\nb -1\n',
    'SegmentationClass/a.png': png,
    'SegmentationObject/a.png': png,
    'labelmap.txt': 'background:0,0,0::\nperson:128,0,0:head:run\ncat:0,128,0::\n',
  }

  it.each([['Annotations/a.xml', 1000], ['SegmentationClass/a.png', 500], ['SegmentationObject/a.png', 500], ['labelmap.txt', 150], ['ImageSets/Main/train.txt', 100]])(
    '%s, %i versions: no crash, every object accounted for',
    async (damaged, count) => {
      expect(await expectToSurvive(vocReader, files, damaged, { count })).toBeGreaterThan(count / 2)
    },
    60_000,
  )
})
