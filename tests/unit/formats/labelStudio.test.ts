import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeBinary, encodeBinary } from '@thi.ng/rle-pack'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatasetObject } from '../../../src/core/formats/dataset.ts'
import { DatasetFiles } from '../../../src/core/formats/common/files/datasetFiles.ts'
import { cropToMask } from '../../../src/core/formats/common/pixels/cropToMask.ts'
import { pathOfAddress } from '../../../src/core/formats/label-studio/address.ts'
import { unpackBrush } from '../../../src/core/formats/label-studio/brushRead.ts'
import { packBrush } from '../../../src/core/formats/label-studio/brushWrite.ts'
import { labelStudio } from '../../../src/core/formats/label-studio/index.ts'
import { maskToCrop } from '../../../src/core/formats/common/pixels/maskToCrop.ts'
import type { ExportImage } from '../../../src/core/formats/source.ts'
import { bitmapToRle, rleToBitmap } from '../../../src/shared/rleString.ts'
import { bitmaps } from '../../helpers/bitmaps.ts'
import { annotation, image, label, source } from '../../helpers/exports.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import { expectToSurvive } from '../../helpers/mutate.ts'
import { labelNameOf, projectFrom, projects, roundTrip, seenOf } from '../../helpers/roundTrip.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'label-studio-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const SIZE = { width: 8, height: 5 }
const frame = { original_width: 8, original_height: 5, image_rotation: 0, to_name: 'img' }
const rectangle = (more: object = {}, value: object = {}) => ({
  id: 'r1',
  type: 'rectanglelabels',
  from_name: 'label',
  origin: 'manual',
  ...frame,
  value: { x: 12.5, y: 20, width: 50, height: 40, rotation: 0, rectanglelabels: ['cat'], ...value },
  ...more,
})
const polygon = {
  id: 'p1',
  type: 'polygonlabels',
  from_name: 'poly',
  ...frame,
  value: {
    points: [
      [12.5, 20],
      [62.5, 20],
      [62.5, 80],
    ],
    closed: true,
    polygonlabels: ['dog'],
  },
}
const ellipse = {
  id: 'e1',
  type: 'ellipselabels',
  from_name: 'oval',
  ...frame,
  value: { x: 50, y: 50, radiusX: 25, radiusY: 20, rotation: 90, ellipselabels: ['cat'] },
}
const PIXELS = ['........', '..##....', '..#.#...', '........', '........']
/** What Label Studio's own codec makes of painted pixels, antialiased ones too. */
const rgba = (rows: readonly string[]) =>
  Uint8Array.from(
    rows
      .join('')
      .split('')
      .flatMap((char) => (char === '#' ? [10, 20, 30, 180] : [0, 0, 0, 0])),
  )
const brush = {
  id: 'b1',
  type: 'brushlabels',
  from_name: 'brush',
  ...frame,
  value: { format: 'rle', rle: [...encodeBinary(rgba(PIXELS), 160)], brushlabels: ['dog'] },
}
const keypoint = {
  id: 'k1',
  type: 'keypointlabels',
  from_name: 'kp',
  ...frame,
  value: { x: 1, y: 2, width: 0.5, keypointlabels: ['cat'] },
}
const relation = { type: 'relation', from_id: 'r1', to_id: 'p1', direction: 'right' }
const annotated = (result: unknown[], more: object = {}) => ({
  id: 1,
  result,
  was_cancelled: false,
  ground_truth: false,
  created_at: '2023-01-31T07:40:19Z',
  ...more,
})
const task = (annotations: unknown[], more: object = {}, data: object = { image: '/data/upload/3/e97d4735-a%20b.jpg' }) => ({
  id: 5,
  annotations,
  predictions: [],
  data,
  meta: { k: 1 },
  ...more,
})
const read = (tasks: unknown, more: Record<string, string | Uint8Array> = {}, options: Record<string, string> = {}) => {
  writeFiles(folder, { 'tasks.json': typeof tasks === 'string' ? tasks : JSON.stringify(tasks), ...more })
  return readDataset(labelStudio.reads!, folder, options)
}
const objectsOf = async (...result: unknown[]) => {
  const { images, problems, seen, accounted } = await read([task([annotated(result)])])
  expect(accounted).toBe(seen)
  return { objects: images[0]?.objects ?? [], reasons: problems.map(({ reason }) => reason), image: images[0], seen }
}
const pixels = ({ mask }: DatasetObject) => {
  const { width, height, data } = rleToBitmap(mask!)
  return Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)].map((v) => '.#'[v]).join(''))
}

describe('regions', () => {
  it('rectangles, polygons, ellipses and brush strokes, from percent to pixels', async () => {
    const { objects, image: found } = await objectsOf(rectangle({ score: 0.5 }), polygon, ellipse, brush)
    expect(found).toMatchObject({ path: 'a b.jpg', size: SIZE, file: null, split: null })
    expect(
      objects.map(({ label: name, box, state }) => [name, state, Object.values(box).map((v) => Math.round(v * 10) / 10)]),
    ).toEqual([
      ['cat', 'accepted', [1, 1, 5, 3]],
      ['dog', 'accepted', [1, 1, 5, 4]],
      ['cat', 'accepted', [3, 0.5, 5, 4.5]],
      ['dog', 'accepted', [2, 1, 5, 3]],
    ])
    expect(objects[0]).toMatchObject({ mask: null, polygon: null, score: 0.5, place: 'region r1 (cat)' })
    expect(objects[1]!.polygon).toEqual([[1, 1, 5, 1, 5, 4]])
    expect(pixels(objects[3]!)).toEqual(PIXELS)
  })

  it('turned rectangles turn about their upper left corner, in pixels', async () => {
    const { objects } = await objectsOf(rectangle({}, { rotation: 90 }))
    expect(objects[0]!.polygon![0]!.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([1, 1, 1, 5, -1, 5, -1, 1])
  })

  it('with controls of their own: labels apart, choices, texts, numbers', async () => {
    const same = (type: string, from_name: string, value: object) => ({
      ...rectangle({ type, from_name }),
      value: { x: 12.5, y: 20, width: 50, height: 40, rotation: 0, ...value },
    })
    const { objects, reasons } = await objectsOf(
      same('rectangle', 'rect', {}),
      same('labels', 'labels', { labels: ['cat', 'pet'] }),
      same('choices', 'how', { choices: ['far', 'dark'] }),
      same('textarea', 'note', { text: ['one', 'two'] }),
      same('rating', 'stars', { rating: 4 }),
      { id: 'w', type: 'choices', from_name: 'whole', to_name: 'img', value: { choices: ['good'] } },
      relation,
    )
    expect(reasons).toEqual([])
    expect(objects).toHaveLength(1)
    expect(objects[0]).toMatchObject({ label: 'cat', attributes: { how: 'far, dark', note: 'one\ntwo', stars: 4 } })
  })

  it('that are no objects or are broken are explained, one by one', async () => {
    const {
      objects,
      reasons,
      seen,
      image: found,
    } = await objectsOf(
      keypoint,
      rectangle({ id: 'n' }, { rectanglelabels: [] }),
      rectangle({ id: 'x' }, { x: 'NaN' }),
      rectangle({ id: 't', image_rotation: 90 }),
      {
        ...polygon,
        id: 'p2',
        value: {
          points: [
            [1, 1],
            [2, 2],
          ],
          polygonlabels: ['dog'],
        },
      },
      { ...brush, id: 'b2', original_width: 9 },
      { ...brush, id: 'b3', value: { ...brush.value, rle: brush.value.rle.slice(0, 20) } },
      { ...brush, id: 'b4', value: { ...brush.value, rle: [...encodeBinary(new Uint8Array(160), 160)] } },
      { ...ellipse, id: 'e2', value: { ...ellipse.value, radiusX: 0 } },
      { ...rectangle(), id: 'v', type: 'vectorlabels', value: { vertices: [], vectorlabels: ['cat'] } },
      5,
    )
    expect([objects.length, seen]).toEqual([0, 11])
    expect(reasons).toEqual([
      'has entries that are no results',
      'is a point and has no area; it is kept for an export to Label Studio',
      'has no label',
      'has numbers that are no places on an image',
      'was drawn on a picture turned in Label Studio; turn it back there and export again',
      'is a polygon of 2 points, which has no area',
      'is a brush stroke on a picture of 9 x 5 pixels, but this one has 8 x 5',
      'is a brush stroke whose run lengths are cut off or no bytes',
      'is a mask without a pixel on the image',
      'is an ellipse without an area',
      'has the kind "vectorlabels", which is not read',
    ])
    expect(found!.source!['results']).toEqual([keypoint])
  })
})

describe('brush strokes', () => {
  it('are packed as @thi.ng/rle-pack reads them, and read as it packs them', () =>
    fc.assert(
      fc.property(bitmaps(), (bitmap) => {
        bitmap.data[0] = 1
        const crop = maskToCrop(bitmapToRle(bitmap))!
        const packed = packBrush(crop, bitmap)
        const channels = Uint8Array.from([...bitmap.data].flatMap((value) => [255, 255, 255, 255].map((full) => value * full)))
        expect(decodeBinary(Uint8Array.from(packed))).toEqual(channels)
        const painted = Uint8Array.from([...bitmap.data].flatMap((value, i) => [i % 256, 7, i % 5, value * (1 + (i % 255))]))
        for (const bytes of [packed, [...encodeBinary(painted, painted.length)]]) {
          const back = unpackBrush(bytes, bitmap)
          if (typeof back === 'string' || back === null) throw new Error(String(back))
          expect(cropToMask(back, back.left, back.top, bitmap)).toEqual(bitmapToRle(bitmap))
        }
      }),
      { numRuns: 300 },
    ))

  it('longer than the longest run', () => {
    for (const width of [16_384, 16_385, 40_000]) {
      const data = new Uint8Array(width * 3).fill(1, width, 2 * width)
      const bitmap = { width, height: 3, data }
      const packed = packBrush(maskToCrop(bitmapToRle(bitmap))!, bitmap)
      const alpha = decodeBinary(Uint8Array.from(packed)).filter((_: number, i: number) => i % 4 === 3)
      expect(alpha.every((value: number, i: number) => value === data[i]! * 255)).toBe(true)
      expect(unpackBrush(packed, bitmap)).toMatchObject({ left: 0, top: 1, width, height: 1 })
    }
  })
})

describe('tasks', () => {
  it('with several annotations: the ground truth or else the newest, or all; cancelled ones never', async () => {
    const [old, newer, cancelled] = [
      annotated([rectangle()], { id: 1 }),
      annotated([polygon], { id: 2, updated_at: '2024-01-01T00:00:00Z' }),
      annotated([rectangle(), polygon], { id: 3, was_cancelled: true, updated_at: '2025-01-01T00:00:00Z' }),
    ]
    const newest = await read([task([newer, old, cancelled])])
    expect(newest.images[0]!.objects.map(({ label: name }) => name)).toEqual(['dog'])
    expect(newest.problems.map(({ place, reason, objects }) => [place, reason, objects])).toEqual([
      ['task 1', 'of 3 annotations the newest came in; another one stays out', 1],
      ['task 1', 'an annotation that was cancelled stays out', 2],
    ])
    const truth = await read([task([newer, { ...old, ground_truth: true }])])
    expect([truth.images[0]!.objects[0]!.label, truth.problems[0]!.reason]).toEqual([
      'cat',
      'of 2 annotations the ground truth came in; another one stays out',
    ])
    const all = await read([task([newer, old, cancelled])], {}, { annotations: 'all' })
    expect([all.images[0]!.objects.length, all.seen, all.accounted]).toEqual([2, 4, 4])
    const none = await read([task([cancelled])])
    expect([none.images[0]?.objects.length, none.seen, none.accounted]).toEqual([0, 2, 2])
  })

  it('with predictions, which are proposals', async () => {
    const predictions = [{ id: 1, score: 0.7, model_version: 'v1', result: [rectangle(), { ...polygon, score: 0.2 }] }]
    const alone = await read([task([], { predictions })])
    expect(alone.images[0]!.objects.map(({ state, score }) => [state, score])).toEqual([
      ['proposed', 0.7],
      ['proposed', 0.2],
    ])
    const beside = await read([task([annotated([rectangle()])], { predictions })])
    expect([beside.images[0]!.objects.length, beside.problems[0]]).toEqual([
      1,
      { file: 'tasks.json', place: 'task 1', reason: 'a prediction stays out because the task is annotated', objects: 2 },
    ])
    expect(
      (await read([task([annotated([rectangle()])], { predictions })], {}, { predictions: 'all' })).images[0]!.objects,
    ).toHaveLength(3)
    expect((await read([task([], { predictions })], {}, { predictions: 'none' })).images[0]!.objects).toHaveLength(0)
  })

  it('name pictures by address', () => {
    expect(
      [
        '/data/local-files/?d=a%20b/%D1%8F.jpg',
        'https://host/x/data/local-files/?a=1&d=c/d.jpg',
        's3://bucket/f/100%25.jpg',
        'https://host/x/y.png?sig=1#z',
        'C:\\p\\q.jpg',
        '/data/upload/3/abc-é.jpg',
        '100%.jpg',
        '../../up.jpg',
      ].map(pathOfAddress),
    ).toEqual(['a b/я.jpg', 'c/d.jpg', 'f/100%.jpg', 'x/y.png', 'p/q.jpg', 'data/upload/3/abc-é.jpg', '100%.jpg', 'up.jpg'])
  })

  it('find pictures with and without the prefix of an upload', async () => {
    const one = (address: string) => task([annotated([rectangle()])], {}, { image: address })
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
      'base64',
    )
    const { images, problems } = await read(
      [
        one('/data/upload/1/11111111-x.png'),
        one('/data/upload/1/22222222-x.png'),
        one('/data/upload/1/33333333-y.png'),
        one('/data/upload/1/33333333-y.png'),
      ],
      { '33333333-y.png': png },
    )
    expect(images.map(({ path, size }) => [path, size.width])).toEqual([
      ['x.png', 8],
      ['data/upload/1/22222222-x.png', 8],
      ['data/upload/1/33333333-y.png', 2],
    ])
    expect(problems.map(({ reason }) => reason)).toEqual([
      'was drawn on 8 x 5 pixels, but data/upload/1/33333333-y.png has 2 x 1; percentages are taken of the picture',
      'data/upload/1/33333333-y.png is there twice; the first task came in',
    ])
  })

  it('as JSON-MIN, as a single task, as the completions of old versions', async () => {
    const min = [
      {
        image: '/data/upload/1/aaaaaaaa-x.jpg',
        id: 1,
        annotation_id: 4,
        annotator: 2,
        label: [
          { x: 12.5, y: 20, width: 50, height: 40, rotation: 0, rectanglelabels: ['cat'], original_width: 8, original_height: 5 },
        ],
        brush: [{ ...brush.value, original_width: 8, original_height: 5 }],
      },
    ]
    const { images } = await read(min)
    expect(images[0]!.path).toBe('x.jpg')
    expect(images[0]!.objects.map(({ label: name, box }) => [name, box.x1])).toEqual([
      ['cat', 5],
      ['dog', 5],
    ])
    expect((await read(task([annotated([rectangle()])]))).images[0]!.objects).toHaveLength(1)
    expect(
      (await read([{ id: 1, data: { image: 'x.jpg' }, completions: [annotated([rectangle()])] }])).images[0]!.objects,
    ).toHaveLength(1)
  })

  it('that are broken do not stop the others', async () => {
    const { images, problems, seen, accounted } = await read([
      5,
      task([annotated([rectangle()])], {}, { text: 'no picture' }),
      task([annotated('x' as unknown as unknown[])]),
      task([annotated([rectangle()])], {}, { photo: 'z.jpg' }),
    ])
    expect(problems.map(({ place, reason }) => `${place} ${reason}`)).toEqual([
      'task 1 is no task',
      'task 2 names no picture',
      'task 3 a b.jpg was not found, and no region says how large it is',
    ])
    expect([images.map(({ path }) => path), seen - accounted]).toEqual([['z.jpg'], 0])
    const cut = await read(
      JSON.stringify([task([annotated([rectangle()])]), task([annotated([rectangle()])], {}, { image: 'b.jpg' })]).slice(0, -40),
    )
    expect([cut.images.length, cut.problems.length]).toEqual([1, 1])
  })

  it('that are nested without end are refused in words', async () => {
    const deep = (list: unknown) => JSON.stringify(list).replace('"r1"', `${'['.repeat(20_000)}${']'.repeat(20_000)}`)
    const [bad, good] = [task([annotated([rectangle()])]), task([annotated([rectangle()])], {}, { image: 'b.jpg' })]
    const { images, problems } = await read(deep([bad, good]))
    expect([images.map(({ path }) => path), problems.map(({ place, reason }) => `${place} ${reason}`)]).toEqual([
      ['b.jpg'],
      ['task 1 is nested too deep'],
    ])
    expect((await read(deep(bad))).problems.map(({ reason }) => reason)).toEqual(['is nested too deep'])
  })

  it('are recognised; labels come from the labeling configuration', async () => {
    writeFiles(folder, { 'coco.json': '{"images": [], "annotations": [], "categories": []}' })
    expect(await labelStudio.reads!.detect(await DatasetFiles.at(folder))).toBeNull()
    const config =
      '<View><Image name="img" value="$photo"/><RectangleLabels name="label" toName="img"><Label value="cat" background="#FFA39E"/><Label value="dog" alias="hound" background="rgba(1, 2, 255, 1)"/><Label value="x" background="blue"/></RectangleLabels></View>'
    const { labels, images } = await read([task([annotated([rectangle()])], {}, { image: 'wrong.jpg', photo: 'right.jpg' })], {
      'label_config.xml': config,
    })
    expect(labels.map(({ name, color }) => [name, color])).toEqual([
      ['cat', '#ffa39e'],
      ['hound', '#0102ff'],
      ['x', undefined],
    ])
    expect(images[0]!.path).toBe('right.jpg')
    expect(await labelStudio.reads!.detect(await DatasetFiles.at(folder))).toBe('tasks.json is a list of tasks with annotations')
  })
})

describe('round trip', () => {
  it('of random projects is exact', () =>
    fc.assert(
      fc.asyncProperty(projects(), async (project) => {
        const { report, images, problems } = await roundTrip(labelStudio, project)
        expect(problems).toEqual([])
        expect(report.skipped).toEqual([])
        for (const item of project.images() as Iterable<ExportImage>) {
          expect(seenOf(images.get(item)!.objects, labelNameOf)).toEqual(seenOf(item.annotations, labelNameOf))
        }
      }),
      { numRuns: 150 },
    ))

  it('of what nobody touched is verbatim; a moved region loses its numbers only', async () => {
    const results = [rectangle({ meta: { text: ['why'] }, score: 0.5 }), polygon, ellipse, brush, keypoint, relation]
    const { images } = await read([task([annotated(results)], { inner_id: 3 })])
    const written = async (moved: boolean) => {
      await labelStudio.writes!.write(
        projectFrom(images, (object) =>
          moved ? { ...object, mask: null, polygon: null, box: { x0: 0, y0: 0, x1: 4, y1: 5 } } : object,
        ),
        join(folder, 'out'),
        { images: 'none' },
      )
      return JSON.parse(readFileSync(join(folder, 'out/tasks.json'), 'utf8')) as Record<string, unknown>[]
    }
    const [out] = await written(false)
    const packed = { ...brush, value: { ...brush.value, rle: packBrush(maskToCrop(images[0]!.objects[3]!.mask!)!, SIZE) } }
    expect(out).toEqual({
      id: 5,
      meta: { k: 1 },
      inner_id: 3,
      data: { image: '/data/upload/3/e97d4735-a%20b.jpg', marquee_path: 'a b.jpg' },
      predictions: [],
      annotations: [{ id: 5, result: results.map((result) => (result === brush ? packed : result)), marquee: { left: true } }],
    })
    const [moved] = await written(true)
    expect((moved!['annotations'] as { result: object[] }[])[0]!.result[0]).toMatchObject({
      type: 'rectanglelabels',
      value: { x: 0, y: 0, width: 50, height: 100, rotation: 0, rectanglelabels: ['cat'] },
    })
    const again = await roundTrip(labelStudio, projectFrom(images))
    expect(again.problems).toEqual([])
    expect([...again.images.values()][0]!.source!['results']).toEqual([keypoint, relation])
  })

  it('keeps splits and proposals; new labels and attributes are put into what is otherwise verbatim', async () => {
    const attributed = {
      ...rectangle({ type: 'choices', from_name: 'how' }),
      value: { x: 12.5, y: 20, width: 50, height: 40, rotation: 0, choices: ['far'] },
    }
    const { images } = await read([task([annotated([rectangle(), attributed])], {}, { image: 'a.jpg' })])
    const [item] = projectFrom(images, (object) => ({
      ...object,
      label: 'tiger',
      attributes: { how: 'near' },
    })).images() as ExportImage[]
    const proposal = annotation(1, { state: 'proposed', score: 0.3, labelId: 1, box: { x0: 1, y0: 1, x1: 2, y1: 2 } })
    const project = {
      ...source([label(1, 'tiger')], [{ ...item!, annotations: [...item!.annotations, proposal], split: 'val' }]),
      splits: ['train', 'val'],
    }
    const { images: back, problems } = await roundTrip(labelStudio, project)
    const read2 = [...back.values()][0]!
    expect(problems).toEqual([])
    expect(read2.split).toBe('val')
    expect(read2.objects.map(({ label: name, attributes, state, score }) => [name, attributes, state, score])).toEqual([
      ['tiger', { how: 'near' }, 'accepted', null],
      ['tiger', {}, 'proposed', 0.3],
    ])
  })

  it('has a configuration with every control that results speak of', async () => {
    const { images } = await read([
      task([
        annotated([
          rectangle(),
          ellipse,
          { id: 'w', type: 'choices', from_name: 'whole', to_name: 'img', value: { choices: ['a & b'] } },
        ]),
      ]),
    ])
    await labelStudio.writes!.write(projectFrom(images), join(folder, 'out'), { images: 'none' })
    expect(readFileSync(join(folder, 'out/labeling_config.xml'), 'utf8')).toBe(`<View>
  <Image name="image" value="$image"></Image>
  <Image name="img" value="$image"></Image>
  <RectangleLabels name="box" toName="image">
    <Label value="cat" background="#ff0000"></Label>
  </RectangleLabels>
  <PolygonLabels name="polygon" toName="image">
    <Label value="cat" background="#ff0000"></Label>
  </PolygonLabels>
  <BrushLabels name="brush" toName="image">
    <Label value="cat" background="#ff0000"></Label>
  </BrushLabels>
  <Choices name="whole" toName="img">
    <Choice value="a &amp; b"></Choice>
  </Choices>
  <RectangleLabels name="label" toName="img">
    <Label value="cat" background="#ff0000"></Label>
  </RectangleLabels>
  <EllipseLabels name="oval" toName="img">
    <Label value="cat" background="#ff0000"></Label>
  </EllipseLabels>
</View>
`)
  })

  it('says how pictures are to be found', async () => {
    await labelStudio.writes!.write(
      source([], [{ image: image(1, 'x/é b.JPG'), file: '', annotations: [] }]),
      join(folder, 'out'),
      { images: 'none' },
    )
    expect(JSON.parse(readFileSync(join(folder, 'out/tasks.json'), 'utf8'))).toEqual([
      {
        id: 1,
        data: { image: '/data/local-files/?d=images/x/%C3%A9%20b.jpg', marquee_path: 'x/é b.JPG' },
        annotations: [],
        predictions: [],
      },
    ])
  })
})

it('1,000 damaged files end in words', async () => {
  const tasks = JSON.stringify([
    task([annotated([rectangle(), polygon, ellipse, brush, keypoint])]),
    task([annotated([rectangle()])], {}, { image: 'b.jpg' }),
  ])
  expect(await expectToSurvive(labelStudio.reads!, { 'tasks.json': tasks }, 'tasks.json')).toBeGreaterThan(800)
})
