import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { encode } from 'fast-png'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatasetImage } from '../../../src/core/formats/dataset.ts'
import { labelme } from '../../../src/core/formats/labelme/index.ts'
import { image, source } from '../../helpers/exports.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import { expectToSurvive } from '../../helpers/mutate.ts'
import { labelNameOf, projectFrom, projects, roundTrip, seenOf } from '../../helpers/roundTrip.ts'
import { rleToBitmap } from '../../../src/shared/rleString.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'labelme-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const PNG = Buffer.from(
  encode({ width: 3, height: 2, data: Uint8Array.of(0, 255, 1, 255, 0, 0), depth: 8, channels: 1 }),
).toString('base64')
const shape = (more: object) => ({
  label: 'cat',
  points: [
    [1, 1],
    [6, 1],
    [6, 4],
  ],
  group_id: null,
  description: '',
  shape_type: 'polygon',
  flags: {},
  mask: null,
  ...more,
})
const file = (shapes: unknown[], more: object = {}) => ({
  version: '5.4.1',
  flags: {},
  shapes,
  imagePath: 'a.jpg',
  imageData: null,
  imageHeight: 6,
  imageWidth: 8,
  ...more,
})
const json = (value: unknown) => JSON.stringify(value)
const read = (files: Record<string, string | Uint8Array>) => {
  writeFiles(folder, files)
  return readDataset(labelme.reads!, folder)
}
const one = async (...shapes: unknown[]) => {
  const { images, problems, seen, accounted } = await read({ 'a.json': json(file(shapes)) })
  expect(accounted).toBe(seen)
  return { objects: images[0]!.objects, reasons: problems.map(({ reason }) => reason), seen, source: images[0]!.source }
}
const pixels = (rle: NonNullable<DatasetImage['objects'][0]['mask']>) => {
  const { width, data } = rleToBitmap(rle)
  return Array.from({ length: data.length / width }, (_, y) =>
    [...data.subarray(y * width, (y + 1) * width)].map((v) => '.#'[v]).join(''),
  )
}

describe('shapes', () => {
  it('polygons, also without shape_type', async () => {
    const { objects } = await one(shape({}), shape({ shape_type: undefined }))
    expect(objects.map(({ polygon, mask }) => ({ polygon, mask }))).toEqual([
      { polygon: [[1, 1, 6, 1, 6, 4]], mask: null },
      { polygon: [[1, 1, 6, 1, 6, 4]], mask: null },
    ])
    expect(objects[0]).toMatchObject({
      label: 'cat',
      box: { x0: 1, y0: 1, x1: 6, y1: 4 },
      place: 'shape 1 (cat)',
      state: 'accepted',
      source: null,
    })
  })

  it('rectangles with corners in any order, also with four points as X-AnyLabeling has them', async () => {
    const rectangle = (...points: number[][]) => shape({ shape_type: 'rectangle', points })
    const { objects } = await one(
      rectangle([6, 1], [1, 4]),
      rectangle([1, 1], [6, 1], [6, 4], [1, 4]),
      rectangle([1, 2], [2, 1], [3, 2], [2, 3]),
    )
    expect(objects.map(({ box, polygon }) => [box, polygon])).toEqual([
      [{ x0: 1, y0: 1, x1: 6, y1: 4 }, null],
      [{ x0: 1, y0: 1, x1: 6, y1: 4 }, null],
      [{ x0: 1, y0: 1, x1: 3, y1: 3 }, [[1, 2, 2, 1, 3, 2, 2, 3]]],
    ])
  })

  it('circles become polygons a tenth of a pixel off; oriented rectangles become polygons', async () => {
    const circle = shape({
      shape_type: 'circle',
      points: [
        [100, 100],
        [140, 130],
      ],
    })
    const { objects } = await one(
      circle,
      shape({
        shape_type: 'oriented_rectangle',
        points: [
          [1, 2],
          [2, 1],
          [3, 2],
          [2, 3],
        ],
      }),
    )
    const ring = objects[0]!.polygon![0]!
    for (let i = 0; i < ring.length; i += 2) {
      const [x, y, nextX, nextY] = [ring[i]!, ring[i + 1]!, ring[(i + 2) % ring.length]!, ring[(i + 3) % ring.length]!]
      expect(Math.hypot(x - 100, y - 100)).toBeCloseTo(50, 9)
      expect(Math.hypot((x + nextX) / 2 - 100, (y + nextY) / 2 - 100)).toBeGreaterThan(49.9 - 1e-9)
    }
    expect(objects[1]!.polygon).toEqual([[1, 2, 2, 1, 3, 2, 2, 3]])
  })

  it('masks lie on their inclusive box, clipped to the image; fractional corners are rounded', async () => {
    const mask = (...points: number[][]) => shape({ shape_type: 'mask', points, mask: PNG })
    const { objects } = await one(
      mask([2, 3], [4, 4]),
      mask([1.6, 2.7], [4.1, 4.2]),
      mask([7, -1], [9, 0]),
      mask([-1, 4], [1, 5]),
    )
    const rows = ['........', '........', '........', '...##...', '..#.....', '........']
    expect(pixels(objects[0]!.mask!)).toEqual(rows)
    expect(pixels(objects[1]!.mask!)).toEqual(rows)
    expect(objects[0]!.box).toEqual({ x0: 2, y0: 3, x1: 5, y1: 5 })
    expect(pixels(objects[2]!.mask!)[0]).toBe('.......#')
    expect(pixels(objects[3]!.mask!).slice(4)).toEqual(['##......', '........'])
  })

  it('what has no area or is broken is explained, one by one', async () => {
    const {
      objects,
      reasons,
      seen,
      source: kept,
    } = await one(
      shape({ shape_type: 'point', points: [[1, 1]] }),
      shape({
        shape_type: 'points',
        points: [
          [1, 1],
          [2, 2],
        ],
      }),
      shape({
        shape_type: 'line',
        points: [
          [1, 1],
          [2, 2],
        ],
      }),
      shape({ shape_type: 'linestrip' }),
      shape({
        points: [
          [1, 1],
          [2, 2],
        ],
      }),
      shape({ label: '__ignore__' }),
      shape({ label: '' }),
      shape({
        points: [
          [1, 1],
          [2, 'x'],
          [3, 3],
        ],
      }),
      shape({
        points: [
          [1, 1],
          [2, 1e308],
          [3, 3],
        ],
      }),
      shape({
        shape_type: 'circle',
        points: [
          [1, 1],
          [1, 1],
        ],
      }),
      shape({ shape_type: 'constructor' }),
      shape({
        shape_type: 'mask',
        points: [
          [0, 0],
          [1, 1],
        ],
        mask: 'bm90IGEgcG5n',
      }),
      null,
    )
    expect(objects).toEqual([])
    expect(seen).toBe(13)
    expect(reasons).toEqual([
      ...['a point', 'points', 'a line', 'a line'].map(
        (kind) => `is ${kind} and has no area; it is kept for an export as LabelMe`,
      ),
      'is a polygon of 2 points, which has no area',
      'is __ignore__: pixels for training to leave out, no object; it is kept for an export as LabelMe',
      'has no label',
      'has points that are no places on an image',
      'has points that are no places on an image',
      'is a circle without a radius',
      'has the unknown kind constructor',
      "is a mask whose picture can't be read",
      'is no shape',
    ])
    expect(kept!['shapes'] as object[]).toHaveLength(5)
  })

  it('of one label and group are objects of their own, or parts of one where that is wished', async () => {
    const [first, second] = [
      shape({ group_id: 4, extra: 1 }),
      shape({
        group_id: 4,
        points: [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      }),
    ]
    writeFiles(folder, {
      'a.json': json(
        file([
          first,
          shape({ group_id: 4, label: 'dog' }),
          second,
          shape({
            group_id: 4,
            shape_type: 'rectangle',
            points: [
              [1, 1],
              [2, 2],
            ],
          }),
        ]),
      ),
    })
    const read2 = (options: Record<string, string>) => readDataset(labelme.reads!, folder, options)
    expect((await read2({})).images[0]!.objects.map(({ group, polygon }) => [group, polygon?.length])).toEqual([
      [4, 1],
      [4, 1],
      [4, 1],
      [4, undefined],
    ])
    const { images, seen } = await read2({ groups: 'parts' })
    expect([seen, images[0]!.objects.map(({ label: name, polygon }) => [name, polygon?.length])]).toEqual([
      3,
      [
        ['cat', 2],
        ['dog', 1],
        ['cat', undefined],
      ],
    ])
    expect(images[0]!.objects[0]).toMatchObject({ box: { x0: 0, y0: 0, x1: 6, y1: 4 }, group: 4 })
    const again = await roundTrip(labelme, projectFrom(images))
    expect([...again.images.values()][0]!.objects.map(({ polygon }) => polygon)).toEqual(
      images[0]!.objects.map(({ polygon }) => polygon),
    )
  })

  it('say what else they say', async () => {
    const { objects } = await one(
      shape({
        group_id: 4,
        description: 'left one',
        flags: { dirty: true, wet: false },
        score: 0.5,
        difficult: true,
        attributes: { color: 'red' },
        kie_linking: [[1, 2]],
      }),
    )
    expect(objects[0]).toMatchObject({
      group: 4,
      attributes: { description: 'left one', dirty: true, wet: false, color: 'red' },
      score: 0.5,
      difficult: true,
      source: { format: 'labelme', values: { kie_linking: [[1, 2]] } },
    })
  })
})

describe('files', () => {
  it('name their picture with backslashes, absolute paths or not at all', async () => {
    const named = (imagePath: unknown) => json(file([shape({})], { imagePath }))
    const { images } = await read({
      'x/a.json': named('..\\photos\\a.jpg'),
      'x/b.json': named('C:\\Users\\me\\b.jpg'),
      'train/c.json': named('c.jpg'),
      'd.json': named(5),
      'e.json': named('../../../../etc/passwd'),
    })
    expect(images.map(({ path, split }) => [path, split])).toEqual([
      ['d', null],
      ['etc/passwd', null],
      ['train/c.jpg', 'train'],
      ['photos/a.jpg', null],
      ['Users/me/b.jpg', null],
    ])
  })

  it('with the picture inside tell its size, and nothing is written', async () => {
    const picture = await sharp({ create: { width: 6, height: 8, channels: 3, background: 'red' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const { images, problems } = await read({
      'a.json': json(file([shape({})], { imageData: picture.toString('base64'), imageHeight: undefined, imageWidth: undefined })),
    })
    expect(images[0]).toMatchObject({ file: null, size: { width: 8, height: 6 } })
    expect(problems).toEqual([])
    expect(readdirSync(folder)).toEqual(['a.json'])
  })

  it('have points on the upright picture', async () => {
    const turned = await sharp({ create: { width: 6, height: 8, channels: 3, background: 'red' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const { images, problems } = await read({ 'a.json': json(file([shape({})])), 'a.jpg': turned })
    expect([images[0]!.size, problems]).toEqual([{ width: 8, height: 6 }, []])
  })

  it('with another size than their picture are told', async () => {
    const picture = await sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const { images, problems } = await read({ 'a.json': json(file([shape({})])), 'a.jpg': picture })
    expect(images[0]).toMatchObject({ file: join(folder, 'a.jpg'), size: { width: 20, height: 10 } })
    expect(problems).toEqual([
      {
        file: 'a.json',
        place: 'imageWidth',
        objects: 0,
        reason: expect.stringMatching(/says 8 x 6 pixels, but a.jpg has 20 x 10/),
      },
    ])
  })

  it('that are none, are broken, or describe one image twice do not stop the others', async () => {
    const { images, problems, seen, accounted } = await read({
      'a.json': '\ufeff' + json(file([shape({})])).replaceAll(',', ',\r\n'),
      'b.json': '{"shapes": [',
      'c.json': '{"images": []}',
      'd.json': json(file([shape({})])),
      'e.json': json(file([shape({})], { imagePath: 'e.jpg', imageWidth: -1 })),
      'labels.txt': '__ignore__\n_background_\ndog\r\ncat\n',
    })
    expect(images).toHaveLength(1)
    expect([seen, accounted]).toEqual([3, 3])
    expect(problems.map(({ file: name, reason }) => `${name} ${reason}`)).toEqual([
      expect.stringMatching(/^b.json the file can't be read: /),
      'c.json is no LabelMe file and was passed over',
      'd.json describes a.jpg, which a.json describes already',
      'e.json e.jpg was not found, and the file does not say how large it is',
    ])
    expect((await readDataset(labelme.reads!, folder)).labels.map(({ name }) => name)).toEqual(['dog', 'cat'])
  })

  it('that are nested without end are refused in words', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    const { images, problems } = await read({
      'a.json': json(file([shape({})])).replace('"polygon"', deep),
      'b.json': json(file([shape({})], { imagePath: 'b.jpg' })),
    })
    expect([images.map(({ path }) => path), problems.map(({ file: name, reason }) => `${name} ${reason}`)]).toEqual([
      ['b.jpg'],
      ["a.json the file can't be read: it is nested too deep."],
    ])
  })

  it('are recognised', async () => {
    const { DatasetFiles } = await import('../../../src/core/formats/common/files/datasetFiles.ts')
    writeFiles(folder, { 'a.json': '{"images": []}' })
    expect(await labelme.reads!.detect(await DatasetFiles.at(folder))).toBeNull()
    writeFiles(folder, { 'b.json': json(file([])) })
    expect(await labelme.reads!.detect(await DatasetFiles.at(folder))).toBe('b.json has "shapes" and "imagePath"')
  })
})

describe('round trip', () => {
  it('of random projects is exact', () =>
    fc.assert(
      fc.asyncProperty(projects(), async (project) => {
        const { report, images, problems } = await roundTrip(labelme, project)
        expect(problems).toEqual([])
        expect(report.skipped).toEqual([])
        for (const item of project.images() as Iterable<typeof images extends ReadonlyMap<infer I, unknown> ? I : never>) {
          expect(seenOf(images.get(item)!.objects, labelNameOf)).toEqual(seenOf(item.annotations, labelNameOf))
        }
      }),
      { numRuns: 150 },
    ))

  it('of what nobody touched is verbatim: circles, corner order, unknown keys, lines; a moved one is a polygon', async () => {
    const shapes = [
      shape({
        shape_type: 'circle',
        points: [
          [4, 3],
          [4, 5],
        ],
        kie_linking: [1],
        flags: { wet: true },
        description: 'x',
      }),
      shape({
        shape_type: 'rectangle',
        points: [
          [6, 1],
          [1, 4],
        ],
      }),
      shape({
        shape_type: 'line',
        points: [
          [1, 1],
          [2, 2],
        ],
        extra: 'kept',
      }),
    ]
    const { images } = await read({ 'a.json': json(file(shapes, { flags: { good: true }, weather: { rain: 1 } })) })
    const project = (moved: boolean) =>
      projectFrom(images, (object) => (moved ? { ...object, polygon: null, box: { x0: 0, y0: 0, x1: 1, y1: 1 } } : object))
    const written = async (moved: boolean) => {
      await labelme.writes!.write(project(moved), join(folder, 'out'), { images: 'none' })
      return JSON.parse(readFileSync(join(folder, 'out/images/a.json'), 'utf8')) as Record<string, unknown>
    }
    expect(await written(false)).toEqual({
      ...file(shapes, { flags: { good: true }, weather: { rain: 1 } }),
      marquee: { path: 'a.jpg', left: true },
    })
    expect(((await written(true))['shapes'] as object[])[0]).toEqual(
      shape({
        shape_type: 'rectangle',
        points: [
          [0, 0],
          [1, 1],
        ],
        kie_linking: [1],
        flags: { wet: true },
        description: 'x',
      }),
    )
    const again = await roundTrip(labelme, project(false))
    expect(again.problems).toEqual([])
    expect([...again.images.values()][0]!.source!['shapes']).toEqual([shapes[2]])
  })

  it('keeps splits, and gives images of one stem files of their own', async () => {
    const items = ['x/a.jpg', 'x/A.png', 'b.jpg'].map((path, n) => ({
      image: image(n + 1, path),
      file: '',
      annotations: [],
      split: n === 2 ? 'val' : 'train',
    }))
    await labelme.writes!.write({ ...source([], items), splits: ['train', 'val'] }, join(folder, 'out'), { images: 'none' })
    expect([readdirSync(join(folder, 'out')), readdirSync(join(folder, 'out/train/x'))]).toEqual([
      ['labels.txt', 'train', 'val'],
      ['A.png.json', 'a.json'],
    ])
    const { images } = await readDataset(labelme.reads!, join(folder, 'out'))
    expect(images.map(({ path, split }) => [path, split])).toEqual([
      ['x/A.png', 'train'],
      ['x/a.jpg', 'train'],
      ['b.jpg', 'val'],
    ])
    await labelme.writes!.write(
      source(
        [],
        items.map((item) => ({ ...item, split: null })),
      ),
      join(folder, 'none'),
      { images: 'none' },
    )
    writeFileSync(join(folder, 'none/mine.txt'), '')
    await expect(labelme.writes!.write(source([], items), join(folder, 'none'), {})).rejects.toThrow(/other files/)
  })
})

it('1,000 damaged files end in words', async () => {
  const shapes = [
    shape({ group_id: 1 }),
    shape({
      shape_type: 'mask',
      points: [
        [2, 3],
        [4, 4],
      ],
      mask: PNG,
    }),
    shape({
      shape_type: 'circle',
      points: [
        [4, 3],
        [4, 5],
      ],
    }),
    shape({
      shape_type: 'rectangle',
      points: [
        [6, 1],
        [1, 4],
      ],
    }),
  ]
  const readable = await expectToSurvive(
    labelme.reads!,
    { 'a.json': json(file(shapes, { marquee: { path: 'a.jpg' } })) },
    'a.json',
  )
  expect(readable).toBeGreaterThan(900)
})
