import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cvat } from '../../../src/core/formats/cvat/index.ts'
import type { DatasetObject } from '../../../src/core/formats/dataset.ts'
import { DatasetFiles } from '../../../src/core/formats/common/files/datasetFiles.ts'
import type { ExportImage } from '../../../src/core/formats/source.ts'
import { rleToBitmap } from '../../../src/shared/rleString.ts'
import { annotation, image, label, maskOf, source } from '../../helpers/exports.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import { expectToSurvive } from '../../helpers/mutate.ts'
import { labelNameOf, projectFrom, projects, roundTrip, seenOf } from '../../helpers/roundTrip.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cvat-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const META = `<version>1.1</version>
  <meta><task><id>3</id><name>birds</name><mode>annotation</mode><labels>
    <label><name>duck</name><color>#FF00aa</color><type>any</type><attributes>
      <attribute><name>age</name><mutable>False</mutable><input_type>number</input_type><default_value>1</default_value><values>1;9;1</values></attribute>
      <attribute><name>wet</name><mutable>True</mutable><input_type>checkbox</input_type><default_value>false</default_value><values>false</values></attribute>
      <attribute><name>kind</name><mutable>False</mutable><input_type>select</input_type><default_value>a</default_value><values>a&#10;b</values></attribute>
    </attributes></label>
    <label><name>beak</name><type>points</type><parent>bird</parent></label>
  </labels></task></meta>`
const document = (...images: string[]) =>
  `<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  ${META}\n  ${images.join('\n  ')}\n</annotations>\n`
const picture = (shapes: string, more = 'id="7" name="x/a.jpg"') => `<image ${more} width="8" height="6">\n${shapes}\n</image>`
const SHAPES = {
  box: '<box label="duck" source="manual" occluded="1" xtl="1.50" ytl="1.00" xbr="4.00" ybr="3.25" z_order="2" group_id="5"><attribute name="age">4</attribute><attribute name="wet">true</attribute><attribute name="kind">a &lt;b&gt;</attribute></box>',
  turned:
    '<box label="duck" source="manual" occluded="0" xtl="2.00" ytl="2.00" xbr="6.00" ybr="4.00" rotation="90.00" z_order="0"></box>',
  polygon: '<polygon label="duck" source="auto" occluded="0" points="1.00,1.00;5.00,1.00;5.00,4.50" z_order="1"></polygon>',
  mask: '<mask label="duck" source="semi-auto" occluded="0" rle="0, 2, 1, 1, 1, 1" left="2" top="3" width="3" height="2" z_order="0"></mask>',
  ellipse:
    '<ellipse label="duck" source="manual" occluded="0" cx="4.00" cy="3.00" rx="2.00" ry="1.00" rotation="90.00" z_order="0"></ellipse>',
  polyline: '<polyline label="duck" source="manual" occluded="0" points="1.00,1.00;2.00,2.00" z_order="0"></polyline>',
  skeleton:
    '<skeleton label="bird" source="manual" z_order="0"><points label="beak" source="manual" outside="0" occluded="0" points="1.00,1.00"></points></skeleton>',
  tag: '<tag label="duck" source="manual"></tag>',
}
const read = (files: Record<string, string>) => {
  writeFiles(folder, files)
  return readDataset(cvat.reads!, folder)
}
const objectsOf = async (...shapes: string[]) => {
  const { images, seen, accounted, problems } = await read({ 'annotations.xml': document(picture(shapes.join('\n'))) })
  expect(accounted).toBe(seen)
  return { objects: images[0]!.objects, reasons: problems.map(({ reason }) => reason), image: images[0]! }
}
const pixels = ({ mask }: DatasetObject) => {
  const { width, height, data } = rleToBitmap(mask!)
  return Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)].map((v) => '.#'[v]).join(''))
}

describe('shapes', () => {
  it('boxes with everything said about them', async () => {
    const { objects, image: found } = await objectsOf(SHAPES.box)
    expect(found).toMatchObject({
      path: 'x/a.jpg',
      size: { width: 8, height: 6 },
      split: null,
      source: { format: 'cvat', id: 7 },
    })
    expect(objects).toEqual([
      {
        label: 'duck',
        place: 'box 1 (duck)',
        frame: 0,
        box: { x0: 1.5, y0: 1, x1: 4, y1: 3.25 },
        mask: null,
        polygon: null,
        state: 'accepted',
        score: null,
        occluded: true,
        difficult: false,
        truncated: false,
        iscrowd: false,
        attributes: { age: 4, wet: true, kind: 'a <b>' },
        group: 5,
        z: 2,
        source: expect.objectContaining({
          format: 'cvat',
          values: { tag: 'box', attributes: { source: 'manual', xtl: '1.50', ytl: '1.00', xbr: '4.00', ybr: '3.25' } },
        }) as object,
      },
    ])
  })

  it('turned boxes and ellipses become polygons', async () => {
    const {
      objects: [box, ellipse],
    } = await objectsOf(SHAPES.turned, SHAPES.ellipse)
    const rounded = (ring: readonly number[]) => ring.map((value) => Math.round(value * 1e6) / 1e6)
    expect(rounded(box!.polygon![0]!)).toEqual([5, 1, 5, 5, 3, 5, 3, 1])
    expect(Object.values(ellipse!.box).map((value) => Math.round(value * 10) / 10)).toEqual([3, 1, 5, 5])
  })

  it('of one level lie in the order of the file', async () => {
    const { objects } = await objectsOf(SHAPES.polygon, SHAPES.mask, SHAPES.box, SHAPES.polygon, SHAPES.ellipse)
    expect([...objects].sort((a, b) => b.z - a.z).map(({ place }) => place.split(' ').slice(0, 2).join(' '))).toEqual([
      'box 3',
      'polygon 4',
      'polygon 1',
      'ellipse 5',
      'mask 2',
    ])
  })

  it('masks are row-major runs of a rectangle, background first', async () => {
    const { objects } = await objectsOf(SHAPES.mask, SHAPES.mask.replace('left="2"', 'left="-1"'))
    expect(pixels(objects[0]!)).toEqual(
      ['........', '........', '........', '..##....', '..#.#...', '........'].map((row, y) => (y === 4 ? '..#.#...' : row)),
    )
    expect(pixels(objects[1]!).slice(3, 5)).toEqual(['#.......', '.#......'])
  })

  it('what is no object or broken is explained, one by one', async () => {
    const {
      objects,
      reasons,
      image: found,
    } = await objectsOf(
      SHAPES.polyline,
      SHAPES.skeleton,
      SHAPES.tag,
      '<cuboid label="duck" xtl1="1"></cuboid>',
      '<points label="duck" points="1,1"/>',
      SHAPES.box.replace('1.50', 'NaN'),
      SHAPES.box.replace('label="duck"', ''),
      SHAPES.polygon.replace('5.00,4.50', '5'),
      SHAPES.polygon.replace(';5.00,4.50', ''),
      SHAPES.mask.replace('0, 2', '0, 3'),
      SHAPES.mask.replace('0, 2', '0, x'),
      SHAPES.mask.replace('width="3"', 'width="3000000"'),
      SHAPES.mask.replace('0, 2, 1, 1, 1, 1', '6'),
      SHAPES.ellipse.replace('rx="2.00"', 'rx="0"'),
      '<hexagon label="duck"/>',
    )
    expect(objects).toEqual([])
    expect(reasons).toEqual([
      'is a line and has no area; it is kept for an export as CVAT',
      'is a skeleton of points and has no area; it is kept for an export as CVAT',
      'is a tag on the whole image; it is kept for an export as CVAT',
      'is a cuboid, a box in space; it is kept for an export as CVAT',
      'has points only and no area; it is kept for an export as CVAT',
      'has numbers that are no places on an image',
      'has no label',
      'has numbers that are no places on an image',
      'is a polygon of 2 points, which has no area',
      'is a mask whose run lengths add up to 7, but 3 x 2 is 6 pixels',
      'is a mask whose run lengths are no numbers',
      'is a mask of 3000000 x 2 pixels',
      'is a mask without a pixel on the image',
      'is an ellipse without an area',
      'has the unknown kind <hexagon>',
    ])
    expect(found.source!['shapes']).toHaveLength(5)
  })
})

describe('files', () => {
  it('declare labels with colours and attributes', async () => {
    const { labels, source: kept } = await read({ 'annotations.xml': document() })
    expect(labels).toEqual([
      {
        name: 'duck',
        color: '#ff00aa',
        source: {
          format: 'cvat',
          type: 'any',
          attributes: [
            { name: 'age', mutable: 'False', input_type: 'number', default_value: '1', values: '1;9;1' },
            { name: 'wet', mutable: 'True', input_type: 'checkbox', default_value: 'false', values: 'false' },
            { name: 'kind', mutable: 'False', input_type: 'select', default_value: 'a', values: 'a\nb' },
          ],
        },
      },
    ])
    expect(kept).toEqual({ format: 'cvat', name: 'birds' })
  })

  it('with parts: of a project, and one file each as datumaro has it', async () => {
    const both = document(
      picture('', 'id="0" name="a.jpg" subset="train"'),
      picture('', 'id="0" name="a.jpg" subset="val"'),
      picture('', 'id="1" name="../..\\b.jpg"'),
    )
    expect((await read({ 'annotations.xml': both })).images.map(({ path, split }) => [path, split])).toEqual([
      ['a.jpg', 'train'],
      ['val/a.jpg', 'val'],
      ['b.jpg', null],
    ])
    rmSync(join(folder, 'annotations.xml'))
    const { images } = await read({
      'train.xml': document(picture('')),
      'test.xml': document(picture('', 'id="0" name="t.jpg"')),
    })
    expect(images.map(({ path, split }) => [path, split])).toEqual([
      ['t.jpg', 'test'],
      ['x/a.jpg', 'train'],
    ])
  })

  it('with comments, CDATA, byte order marks, CRLF and UTF-16', async () => {
    const text =
      '\ufeff' +
      document(
        '<!-- <image> > -->',
        picture(
          SHAPES.box.replace('<attribute name="age">4', '<attribute name="age"><![CDATA[</image>]]>'),
          'id="1" name="a>b.jpg"',
        ),
      ).replaceAll('\n', '\r\n')
    for (const content of [Buffer.from(text), Buffer.from(text.replace('utf-8', 'utf-16'), 'utf16le')]) {
      writeFiles(folder, { 'a.xml': content })
      const { images, problems } = await readDataset(cvat.reads!, folder)
      expect(problems).toEqual([])
      expect(images[0]!.path).toBe('a_b.jpg'.replace('_', '>'))
      expect(images[0]!.objects[0]!.attributes['age']).toBe('</image>')
    }
  })

  it('of a video are refused with what to do; single tracks are explained', async () => {
    const track =
      '<track id="0" label="duck"><box frame="0" xtl="1" ytl="1" xbr="2" ybr="2"></box><box frame="1" xtl="1" ytl="1" xbr="2" ybr="2"></box></track>'
    await expect(read({ 'a.xml': document(track) })).rejects.toMatchObject({
      code: 'invalid-dataset',
      message: expect.stringMatching(/a.xml is a track .* as "CVAT for images 1.1"/) as string,
    })
    const { images, problems, seen, accounted } = await read({ 'a.xml': document(picture(SHAPES.box), track) })
    expect([images.length, seen, accounted, problems[0]!.objects]).toEqual([1, 3, 3, 2])
  })

  it('that are broken lose no more than what is broken', async () => {
    const images = [0, 1, 2].map((id) => picture(SHAPES.box + SHAPES.polygon, `id="${id}" name="${id}.jpg"`))
    const unclosed = await read({
      'a.xml': document(images[0]!.replace('</image>', ''), images[1]!, images[2]!.replace('</box>', '</bocks>')),
    })
    expect(unclosed.images.map(({ path }) => path)).toEqual(['1.jpg'])
    expect(unclosed.problems.map(({ place, reason, objects }) => [place, reason, objects])).toEqual([
      ['image 0', '<image> is not closed', 2],
      ['image 2', expect.stringMatching(/^in it, line 2: .*box/), 2],
    ])
    expect(unclosed.seen).toBe(unclosed.accounted)
    const cut = await read({ 'a.xml': document(...images).slice(0, -300) })
    expect([cut.images.length, cut.problems.at(-1)!.reason, cut.seen - cut.accounted]).toEqual([
      2,
      'the file ends within <image>',
      0,
    ])
  })

  it('with entities of their own are refused', async () => {
    const bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    for (const type of [bomb, '<!DOCTYPE annotations SYSTEM "x.dtd">', `<!DOCTYPE annotations [${'<!ENTITY a "b">'.repeat(500)}]>`]) {
      writeFiles(folder, { 'a.xml': document().replace('<annotations>', `${type}<annotations>`) })
      expect(await cvat.reads!.detect(await DatasetFiles.at(folder))).toBe('a.xml has the root <annotations>')
      await expect(readDataset(cvat.reads!, folder)).rejects.toMatchObject({
        code: 'invalid-dataset',
        message: 'a.xml: a document type (<!DOCTYPE>) is not read; delete it from the file and import again.',
      })
    }
  })

  it('are recognised, VOC is not', async () => {
    writeFiles(folder, { 'a.xml': '<annotation><folder/></annotation>' })
    expect(await cvat.reads!.detect(await DatasetFiles.at(folder))).toBeNull()
    await expect(readDataset(cvat.reads!, folder)).rejects.toMatchObject({ code: 'invalid-dataset' })
    writeFiles(folder, { 'b.xml': `<!-- x -->${document()}`.replace(/^(<!-- x -->)(<\?xml[^>]*>)/, '$2$1') })
    expect(await cvat.reads!.detect(await DatasetFiles.at(folder))).toBe('b.xml has the root <annotations>')
  })

  it('are read as far as they are asked for', async () => {
    const many = Array.from({ length: 30_000 }, (_, id) => picture(SHAPES.box, `id="${id}" name="${id}.jpg"`))
    writeFiles(folder, { 'a.xml': document(...many) })
    const files = await DatasetFiles.at(folder)
    let bytes = 0
    const open = files.open.bind(files)
    vi.spyOn(files, 'open').mockImplementation(async (path) => {
      const handle = await open(path)
      const read = handle.read.bind(handle) as (...args: unknown[]) => Promise<{ bytesRead: number }>
      const counted = async (...args: unknown[]) => {
        const result = await read(...args)
        bytes += result.bytesRead
        return result
      }
      return Object.assign(handle, { read: counted }) as typeof handle
    })
    const dataset = await cvat.reads!.open(files, {
      options: {},
      find: () => Promise.resolve(null),
      seen: () => undefined,
      problem: () => undefined,
    })
    for await (const { path } of dataset.images()) if (path === '2000.jpg') break
    expect(statSync(join(folder, 'a.xml')).size).toBeGreaterThan(8 * 2 ** 20)
    expect(bytes).toBeLessThan(4 * 2 ** 20)
  })
})

describe('round trip', () => {
  it.each(['out', 'out.xml'])('of random projects is exact (%s)', (name) =>
    fc.assert(
      fc.asyncProperty(projects(), async (project) => {
        const { report, images, problems } = await roundTrip(cvat, project, {}, name)
        expect(problems).toEqual([])
        expect(report.skipped).toEqual([])
        for (const item of project.images() as Iterable<ExportImage>) {
          expect(seenOf(images.get(item)!.objects, labelNameOf)).toEqual(seenOf(item.annotations, labelNameOf))
        }
      }),
      { numRuns: 100 },
    ),
  )

  it('of what nobody touched is verbatim; a moved one is a polygon', async () => {
    const shapes = [
      SHAPES.turned,
      SHAPES.mask,
      SHAPES.ellipse,
      SHAPES.polygon.replaceAll('.00', '').replace('4.50', '4.5'),
      SHAPES.box,
      SHAPES.polyline,
      SHAPES.skeleton,
      SHAPES.tag,
    ]
    const { images, labels } = await read({
      'annotations.xml': document(picture(shapes.join('\n'), 'id="7" name="x/a.jpg" task_id="3"')),
    })
    const written = async (moved: boolean) => {
      const project = projectFrom(images, (object) =>
        moved ? { ...object, mask: null, polygon: [[0, 0, 1, 0, 1, 1]], box: { x0: 0, y0: 0, x1: 1, y1: 1 } } : object,
      )
      await cvat.writes!.write(
        { ...project, labels: project.labels.map((one) => ({ ...one, source: labels[0]!.source })) },
        join(folder, 'out.xml'),
        {},
      )
      return readFileSync(join(folder, 'out.xml'), 'utf8')
    }
    const text = await written(false)
    const flat = (xml: string) => xml.replace(/>\s+</g, '><').trim()
    for (const shape of shapes) expect(flat(text)).toContain(flat(shape).replaceAll('/>', '></points>'))
    expect(text).toContain('<image id="7" name="x/a.jpg" task_id="3" width="8" height="6" marquee="{&quot;left&quot;:true}">')
    expect(text).toContain('<values>a&#10;b</values>')
    expect(await written(true)).toContain(
      '<polygon label="duck" source="manual" occluded="0" points="0,0;1,0;1,1" z_order="0"></polygon>',
    )
    const again = await roundTrip(cvat, projectFrom(images))
    expect(again.problems).toEqual([])
  })

  it('keeps splits, ids and order', async () => {
    const items = ['b.jpg', 'a.JPG', 'c.jpg'].map((path, n) => ({
      image: image(n + 1, path),
      file: join(folder, 'x'),
      annotations: [],
      split: n === 2 ? 'val' : 'train',
      source: { format: 'cvat', id: [5, 0, 5][n] },
    }))
    writeFiles(folder, { x: 'picture' })
    await cvat.writes!.write({ ...source([label(1, 'a&#10;b "c"')], items), splits: ['train', 'val'] }, join(folder, 'out'), {})
    expect(readdirSync(join(folder, 'out/images'), { recursive: true }).sort()).toEqual([
      'train',
      'train/a.jpg',
      'train/b.jpg',
      'val',
      'val/c.jpg',
    ])
    const { images, labels } = await readDataset(cvat.reads!, join(folder, 'out'))
    expect(images.map(({ path, split, source: kept }) => [path, split, kept!['id']])).toEqual([
      ['b.jpg', 'train', 5],
      ['a.jpg', 'train', 0],
      ['c.jpg', 'val', 1],
    ])
    expect(labels.map(({ name }) => name)).toEqual(['a&#10;b "c"'])
  })

  it("says which objects are a model's", async () => {
    const items = [{ image: image(1, 'a.jpg'), file: '', annotations: [annotation(1), annotation(1, { origin: 'model' })] }]
    await cvat.writes!.write(source([label(1, 'a')], items), join(folder, 'o.xml'), {})
    expect([...readFileSync(join(folder, 'o.xml'), 'utf8').matchAll(/ source="(\w+)"/g)].map(([, by]) => by)).toEqual([
      'manual',
      'auto',
    ])
  })

  it('says what a mask without a pixel becomes', async () => {
    const report = await cvat.writes!.write(
      source(
        [label(1, 'a')],
        [{ image: image(1, 'a.jpg'), file: '', annotations: [annotation(1, maskOf(Array(6).fill('........') as string[]))] }],
      ),
      join(folder, 'o.xml'),
      {},
    )
    expect(report.notes).toEqual([{ image: 'a.jpg', reason: 'a mask without a pixel was written as a box', objects: 0 }])
  })
})

it('1,000 damaged files end in words', async () => {
  const valid = document(picture(Object.values(SHAPES).join('\n')), picture(SHAPES.box, 'id="8" name="b.jpg"'))
  expect(await expectToSurvive(cvat.reads!, { 'a.xml': valid }, 'a.xml')).toBeGreaterThan(800)
})
