/** What LabelMe, datumaro and label-studio-converter make of our exports; where they are not installed, what they made of the same files before. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cvat } from '../../../src/core/formats/cvat/index.ts'
import type { Format } from '../../../src/core/formats/dataset.ts'
import { labelStudio } from '../../../src/core/formats/label-studio/index.ts'
import { labelme } from '../../../src/core/formats/labelme/index.ts'
import type { ExportSource } from '../../../src/core/formats/source.ts'
import { DONUT, SOLID, annotation, image, label, maskOf } from '../../helpers/exports.ts'
import { pythonWith } from '../../helpers/python.ts'
import { exportVerified } from '../../helpers/verified.ts'

const GOLDEN = join(import.meta.dirname, '../../golden/formats')
const WRITES = process.env['MARQUEE_GOLDEN'] === 'write'

const TOOLS: readonly (readonly [id: string, format: Format, script: string, module: string])[] = [
  ['labelme', labelme, 'check_labelme.py', 'labelme'],
  ['cvat', cvat, 'check_cvat.py', 'datumaro'],
  ['label-studio', labelStudio, 'check_label_studio.py', 'label_studio_converter'],
]

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tools-'))
  await sharp({ create: { width: 8, height: 6, channels: 3, background: '#336699' } })
    .png({ compressionLevel: 9 })
    .toFile(join(folder, 'in.png'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Ids and z are what they are whichever test made annotations before. */
function project(): ExportSource {
  let serial = 0
  const made = (more: object) =>
    annotation(1, { id: `00000000-0000-4000-8000-${String(++serial).padStart(12, '0')}`, z: serial, ...more })
  const items = [
    [
      made({
        box: { x0: 0.5, y0: 1, x1: 3.25, y1: 2 },
        occluded: true,
        attributes: { n: 2, wet: true, kind: 'a<b', description: 'left one' },
        group: 7,
      }),
      made({ ...maskOf(DONUT), box: { x0: 1, y0: 1, x1: 7, y1: 5 }, labelId: 2 }),
      made({ ...maskOf(SOLID), box: { x0: 0, y0: 1, x1: 8, y1: 6 } }),
      made({ polygon: [[1, 1, 5, 1, 5, 4.5]], box: { x0: 1, y0: 1, x1: 5, y1: 4.5 }, labelId: 2 }),
      made({
        polygon: [
          [0, 0, 2, 0, 2, 2],
          [5, 3, 7, 3, 7, 5],
        ],
        box: { x0: 0, y0: 0, x1: 7, y1: 5 },
        difficult: true,
      }),
    ],
    [],
    [made({ box: { x0: 0, y0: 0, x1: 8, y1: 6 }, labelId: 3, score: 0.5 })],
  ]
  const names = ['a/b c.png', 'empty.png', '图 é.png']
  return {
    labels: [label(1, 'red circle'), label(2, 'a<b & "c"'), label(3, 'ключ')],
    images: () => items.map((annotations, n) => ({ image: image(n + 1, names[n]!), file: join(folder, 'in.png'), annotations })),
  }
}

/** Text files of a folder by path. */
function textsIn(root: string): Record<string, string> {
  const paths = (readdirSync(root, { recursive: true }) as string[])
    .sort()
    .filter((path) => statSync(join(root, path)).isFile() && !path.endsWith('.png'))
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

describe.each(TOOLS)('%s', (id, format, script, module) => {
  const goldenFile = join(GOLDEN, id, 'readers.json')
  const exportFile = join(GOLDEN, id, 'export.json')
  const python = pythonWith(module)
  const written = async () => {
    const out = join(folder, id)
    await exportVerified(format, project(), out)
    return out
  }

  it('is written as the files that the tool was given', async () => {
    const texts = textsIn(await written())
    if (WRITES) {
      mkdirSync(join(GOLDEN, id), { recursive: true })
      writeFileSync(exportFile, `${JSON.stringify(texts, null, 1)}\n`)
    }
    expect(texts).toEqual(JSON.parse(readFileSync(exportFile, 'utf8')))
  })

  it.skipIf(python === null)(
    `is read by the tool as committed (skipped where no Python has ${module}; see MARQUEE_PYTHON)`,
    async () => {
      const read = JSON.parse(execFileSync(python!, [join(GOLDEN, script), await written()], { encoding: 'utf8' })) as unknown
      if (WRITES) writeFileSync(goldenFile, `${JSON.stringify(read, null, 1)}\n`)
      expect(read).toEqual(JSON.parse(readFileSync(goldenFile, 'utf8')))
    },
  )
})

const golden = (id: string) => JSON.parse(readFileSync(join(GOLDEN, id, 'readers.json'), 'utf8')) as never

describe('what they read is what the project holds', () => {
  it('LabelMe: classes painted by its own rule, parts of one object as one instance', () => {
    const { 'images/a/b c.json': first, 'images/图 é.json': last } = golden('labelme') as Record<
      string,
      { classes: string[]; instances: number; shapes: { label: string; pixels: number | null }[] }
    >
    expect(first!.instances).toBe(5)
    expect(first!.shapes.map(({ label: name, pixels }) => [name, pixels])).toEqual([
      ['red circle', null],
      ['a<b & "c"', 14],
      ['red circle', 11],
      ['a<b & "c"', null],
      ['red circle', null],
      ['red circle', null],
    ])
    expect(last!.classes).toEqual(Array(6).fill('1 1 1 1 1 1 1 1'))
  })

  it('datumaro: boxes, masks bit for bit, polygons, attributes by type', () => {
    const { labels, items } = golden('cvat') as {
      labels: string[]
      items: { id: string; annotations: { type: string; points: number[] | null; rows: string[] | null; attributes: object }[] }[]
    }
    expect(labels).toEqual(['red circle', 'a<b & "c"', 'ключ'])
    expect(items.map(({ id, annotations }) => [id, annotations.length])).toEqual([
      ['a/b c', 6],
      ['empty', 0],
      ['图 é', 1],
    ])
    const [box, donut, solid, triangle] = items[0]!.annotations
    expect(box).toMatchObject({
      type: 'bbox',
      points: [0.5, 1, 3.25, 2],
      attributes: { n: 2, wet: true, kind: 'a<b', description: 'left one', occluded: true },
    })
    expect([donut!.rows, solid!.rows, triangle!.points]).toEqual([DONUT, SOLID, [1, 1, 5, 1, 5, 4.5]])
  })

  it('label-studio-converter: the configuration, boxes and polygons as COCO, brush strokes bit for bit', () => {
    const { config, coco, brush } = golden('label-studio') as {
      config: Record<string, { type: string; labels: string[] }>
      coco: {
        images: { width: number; height: number }[]
        annotations: { bbox: number[]; segmentation: number[][] }[]
        categories: { name: string }[]
      }
      brush: Record<string, string[]>
    }
    expect(Object.entries(config).map(([name, { type, labels }]) => [name, type, labels])).toEqual(
      [
        ['box', 'RectangleLabels'],
        ['brush', 'BrushLabels'],
        ['polygon', 'PolygonLabels'],
      ].map(([name, type]) => [name, type, ['red circle', 'a<b & "c"', 'ключ']]),
    )
    expect(coco.annotations[0]!.bbox).toEqual([0.5, 1, 2.75, 1])
    expect(
      coco.annotations.filter(({ segmentation }) => segmentation.length > 0).map(({ segmentation }) => segmentation[0]),
    ).toContainEqual([1, 1, 5, 1, 5, 4.5])
    expect(Object.values(brush)).toEqual([DONUT, SOLID])
  })
})
