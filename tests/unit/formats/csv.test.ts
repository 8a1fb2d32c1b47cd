import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { textCell, textOfCell } from '../../../src/core/formats/csv/columns.ts'
import { csv } from '../../../src/core/formats/csv/index.ts'
import { DatasetFiles } from '../../../src/core/formats/common/files/datasetFiles.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import type { FileContents } from '../../helpers/datasets.ts'
import { DONUT, annotation, image, label, maskOf, source } from '../../helpers/exports.ts'
import { expectToSurvive } from '../../helpers/mutate.ts'
import { labelNameOf, projects, roundTrip, seenOf } from '../../helpers/roundTrip.ts'
import { expectVerified, exportVerified } from '../../helpers/verified.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csv-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function read(files: FileContents) {
  writeFiles(folder, files)
  const result = await readDataset(csv.reads!, folder)
  expect(result.accounted).toBe(result.seen)
  const objects = result.images.flatMap(({ path, objects: all }) => all.map(({ label: name, box: { x0, y0, x1, y1 } }) => [path, name, x0, y0, x1, y1]))
  return { ...result, objects }
}

describe('writing', () => {
  const evil = [label(1, '=HYPERLINK("http://x")'), label(2, '@a'), label(3, "'quoted"), label(4, 'two\nlines, "q"')]
  const items = [
    { image: image(1, '-1+1.jpg'), file: '/nowhere.jpg', annotations: evil.map(({ id }) => annotation(1, { labelId: id, box: { x0: -2.5, y0: 0, x1: 4, y1: 3 } })), split: 'train' },
    { image: image(2, 'empty.jpg'), file: '/nowhere.jpg', annotations: [] },
  ]

  it('has a mark, a row for each object and for an image without, and nothing a spreadsheet would run', async () => {
    const { report } = await exportVerified(csv, source(evil, items), join(folder, 'out.csv'))
    const text = readFileSync(join(folder, 'out.csv'), 'utf8')
    expect(text.startsWith('\ufeffimage,width,height,split,label,x0,y0,x1,y1,area,')).toBe(true)
    expect(text).toContain('\'-1+1.jpg,8,6,train,"\'=HYPERLINK(""http://x"")",-2.5,0,4,3,19.5,accepted,')
    expect(text.trimEnd().split('\n').at(-1)).toBe('empty.jpg,8,6,,,,,,,,,,,,,,,,,,')
    expect(report.images).toBe(2)
    const back = await readDataset(csv.reads!, join(folder, 'out.csv'))
    expect(back.images.map(({ path, split }) => [path, split])).toEqual([['-1+1.jpg', 'train'], ['empty.jpg', null]])
    expect(back.images[0]!.objects.map(({ label: name }) => name)).toEqual(evil.map(({ name }) => name))
  })

  it('two images of one path have names of their own', async () => {
    const same = [1, 2].map((id) => ({ image: image(id, 'a.jpg'), file: '/nowhere.jpg', annotations: [annotation(id, { box: { x0: id, y0: 0, x1: 5, y1: 5 } })] }))
    await exportVerified(csv, source([label(1, 'a')], same), join(folder, 'out.csv'))
    expect((await readDataset(csv.reads!, folder)).images.map(({ path }) => path)).toEqual(['a.jpg', '2/a.jpg'])
  })

  it('any text survives its cell', () => {
    fc.assert(fc.property(fc.string(), (text) => textOfCell(textCell(text)) === text && !/^[=+\-@]/.test(textCell(text))))
    expect(textOfCell("'tis")).toBe("'tis")
  })
})

describe('any project', () => {
  it('comes back exactly', async () => {
    await fc.assert(
      fc.asyncProperty(projects(), async (project) => {
        await expectVerified(csv, project)
        const { images, problems } = await roundTrip(csv, project, {}, 'out.csv')
        expect(problems).toEqual([])
        for (const [item, back] of images) expect(seenOf(back.objects, labelNameOf)).toEqual(seenOf(item.annotations, labelNameOf))
      }),
      { numRuns: 40 },
    )
  })
})

describe("other tools' tables", () => {
  const HEAD = 'filename,width,height,class,xmin,ymin,xmax,ymax'

  it('of TensorFlow, in any order of images, with parts by file names', async () => {
    const { objects, images } = await read({
      'train_labels.csv': `${HEAD}\na.jpg,8,6,cat,1,2,3,4\nb.jpg,8,6,dog,0,0,8,6\na.jpg,8,6,cat,2,2,5,5\n`,
      'test_labels.csv': `${HEAD}\nsub\\c.jpg,8,6,cat,7,5,3,2\n`,
    })
    expect(objects).toEqual([['sub/c.jpg', 'cat', 3, 2, 7, 5], ['b.jpg', 'dog', 0, 0, 8, 6], ['a.jpg', 'cat', 1, 2, 3, 4], ['a.jpg', 'cat', 2, 2, 5, 5]])
    expect(images.map(({ split }) => split)).toEqual(['test', 'train', 'train'])
  })

  it('of keras-retinanet without a header, with images without objects', async () => {
    writeFiles(folder, { 'a.png': await sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } }).png().toBuffer() })
    const { objects, images, problems } = await read({ 'x.csv': '/data/a.png,1,2,3,4,cow\nb.png,,,,,\n' })
    expect(objects).toEqual([['data/a.png', 'cow', 1, 2, 3, 4]])
    expect(images.map(({ size }) => size)).toEqual([{ width: 20, height: 10 }])
    expect(problems).toEqual([{ file: 'x.csv', place: 'line 2', reason: expect.stringMatching(/b.png was not found/), objects: 0 }])
  })

  it.each([
    ['sizes of boxes', 'image;label;x;y;width;height\na.png;cat;1;2,5;3;4\n', null],
    ['sizes of boxes', 'image\tlabel\tx\ty\twidth\theight\na.png\tcat\t1\t2.5\t3\t4\n', [1, 2.5, 4, 6.5]],
    ['a box in one cell', 'image_id,width,height,bbox,source\na.png,20,10,"[1.0, 2, 3, 4]",usask\n', [1, 2, 4, 6]],
    ['shares of the image', 'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded\na,x,/m/01g317,1,0.25,0.5,0,1,-1\n', [5, 0, 10, 10]],
    ["Kaggle's run lengths", 'ImageId,EncodedPixels\na.png,11 3 21 2\n', [1, 0, 3, 3]],
  ])('with %s', async (_, text, expected) => {
    writeFiles(folder, { 'a.png': await sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } }).png().toBuffer() })
    const { objects, seen, images } = await read({ 'x.csv': `\ufeff${text.replaceAll('\n', '\r\n')}` })
    expect(seen).toBe(1)
    expect(objects.map(([, , ...box]) => box)).toEqual(expected ? [expected] : [])
    if (text.includes('usask')) expect(images[0]!.objects[0]).toMatchObject({ label: 'object', attributes: { source: 'usask' } })
    if (text.includes('/m/')) expect(images[0]!.objects[0]).toMatchObject({ label: '/m/01g317', score: 1, occluded: false })
  })

  it.each([
    ['cat,1,2,,4', /less than four/],
    ['cat,NaN,2,3,4', /x0 is "NaN"/],
    ['cat,1e308,2,3,4', /x0 is "1e308"/],
    [',1,2,3,4', /no label/],
    ['cat,,,,', /no box/],
  ])('%s is explained by its line', async (row, reason) => {
    const { problems, images } = await read({ 'x.csv': `image,label,xmin,ymin,xmax,ymax,width,height\na.jpg,${row},8,6\na.jpg,good,1,2,3,4,8,6\n` })
    expect(problems).toEqual([{ file: 'x.csv', place: 'line 2', reason: expect.stringMatching(reason), objects: 1 }])
    expect(images[0]!.objects).toHaveLength(1)
  })

  it('masks and polygons that are none, a picture that is nowhere, a row without an image, quotes that do not end', async () => {
    const head = 'image,label,rle,polygon,width,height\n'
    const { problems } = await read({
      'x.csv': `${head}a.jpg,a,"{""size"":[6,8],""counts"":""oops""}",,8,6\na.jpg,b,,"[[1,2,3]]",8,6\nb.jpg,c,,"[[1,2,3,4,5,6]]",,\n,d,,"[[1,2,3,4,5,6]]",8,6\na.jpg,e,"{""size"":[3,3],""counts"":[9]}",,8,6\n`,
    })
    expect(problems.map(({ place, reason }) => `${place}: ${reason}`)).toEqual([
      expect.stringMatching(/line 4: the picture b.jpg was not found/),
      expect.stringMatching(/line 5: names no image/),
      expect.stringMatching(/line 2: This mask can't be read/),
      expect.stringMatching(/line 3: its polygon is no list/),
      expect.stringMatching(/line 6: its mask has 3 x 3 pixels, but the image has 8 x 6/),
    ])
    const open = await read({ 'x.csv': `${head}a.jpg,a,,"[[1,2,3,4,5,6]]",8,6\na.jpg,b,,"[[1,2\n` })
    expect(open.problems[0]).toMatchObject({ file: 'x.csv', reason: expect.stringMatching(/Quote/) })
  })

  it('what is no table of objects is not taken for one', async () => {
    writeFiles(folder, { 'a.csv': 'name,price\nx,1\n', 'b.csv': '' })
    expect(await csv.reads!.detect(await DatasetFiles.at(folder))).toBe(null)
    await expect(readDataset(csv.reads!, folder)).rejects.toMatchObject({ code: 'invalid-dataset' })
    expect(existsSync(join(folder, 'a.csv'))).toBe(true)
  })
})

it('damaged tables: no crash, every object accounted for', async () => {
  const objects = [annotation(1, maskOf(DONUT)), annotation(1, { polygon: [[1, 1, 5, 1, 5, 4]], attributes: { a: 1 } }), annotation(1)]
  await exportVerified(csv, source([label(1, 'a "b"')], [{ image: image(1, 'a.jpg'), file: '/x', annotations: objects }]), join(folder, 'x.csv'))
  const valid = readFileSync(join(folder, 'x.csv'))
  expect(await expectToSurvive(csv.reads!, { 'x.csv': valid }, 'x.csv')).toBeGreaterThan(500)
}, 60_000)
