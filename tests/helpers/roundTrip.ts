/** Random projects, and what is left of one after a format has written and read it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { DatasetImage, DatasetObject, Format, ImportProblem } from '../../src/core/formats/dataset.ts'
import { DatasetFiles } from '../../src/core/formats/common/files/datasetFiles.ts'
import type { ExportImage, ExportReport, ExportSource, WrittenNames } from '../../src/core/formats/source.ts'
import type { Annotation } from '../../src/shared/model.ts'
import { bitmapToRle } from '../../src/shared/rleString.ts'
import { annotation, image, label } from './exports.ts'

const NAMES = [
  'a.jpg',
  'b c.JPG',
  'é/ü.png',
  'e\u0301.png',
  'x/A.jpg',
  'x/a.png',
  '100%25 & <b>.jpg',
  'it\'s "q".webp',
  '图/片 1.jpg',
  'a.b.c.tif',
  'con.png',
  'x/a.jpg',
]
const LABELS = ['red circle', 'a<b & "c"', 'ключ', '__ignore__', '🦆'].map((name, n) => label(n + 1, name))

const coordinate = (most: number) =>
  fc
    .oneof(
      fc.integer({ min: 0, max: most }),
      fc.double({ min: -2, max: most + 3, noNaN: true }),
      fc.constantFrom(0.1, 1 / 3, 5.1, 0.30000000000000004),
    )
    .map((value) => value + 0)

function box(width: number, height: number): fc.Arbitrary<Annotation['box']> {
  return fc.tuple(coordinate(width), coordinate(height), coordinate(width), coordinate(height)).map(([a, b, c, d]) => ({
    x0: Math.min(a, c),
    y0: Math.min(b, d),
    x1: Math.max(a, c),
    y1: Math.max(b, d),
  }))
}

function geometry(width: number, height: number): fc.Arbitrary<Partial<Annotation>> {
  const ring = fc
    .array(fc.tuple(coordinate(width), coordinate(height)), { minLength: 3, maxLength: 6 })
    .map((points) => points.flat())
  const pixels = fc.array(fc.constantFrom(0, 1, 1), { minLength: width * height, maxLength: width * height, size: 'max' })
  const mask = pixels.map((values) => {
    const data = Uint8Array.from(values)
    data[data.length >> 1] = 1
    return { mask: bitmapToRle({ width, height, data }) }
  })
  const polygon = fc.array(ring, { minLength: 1, maxLength: 3 }).map((rings) => ({ polygon: rings }))
  return fc
    .tuple(box(width, height), fc.oneof(fc.constant({}), mask, polygon))
    .map(([frame, shape]) => ({ box: frame, ...shape }))
}

const facts: fc.Arbitrary<Partial<Annotation>> = fc.record({
  labelId: fc.constantFrom(...LABELS.map(({ id }) => id)),
  iscrowd: fc.boolean(),
  difficult: fc.boolean(),
  truncated: fc.boolean(),
  occluded: fc.boolean(),
  score: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
  group: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
  attributes: fc.dictionary(
    fc.constantFrom('color', 'parked', 'description', 'größe "m"'),
    fc.oneof(fc.constantFrom('red', 'a<b & "c"', 'two\nlines'), fc.integer(), fc.boolean()),
    { maxKeys: 3 },
  ),
})

/** Projects of one to four images with boxes, masks with holes, polygons of several parts and all that can be said of them. */
export function projects(): fc.Arbitrary<ExportSource> {
  const side = fc.integer({ min: 1, max: 9 })
  const item = fc
    .tuple(side, side)
    .chain(([width, height]) =>
      fc.array(fc.tuple(geometry(width, height), facts), { maxLength: 4 }).map((objects) => ({ width, height, objects })),
    )
  const names = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 })
  return names.chain((paths) => fc.tuple(...paths.map(() => item)).map((items) => projectOf(paths, items)))
}

interface RandomImage {
  readonly width: number
  readonly height: number
  readonly objects: readonly (readonly [Partial<Annotation>, Partial<Annotation>])[]
}

function projectOf(paths: readonly string[], items: readonly RandomImage[]): ExportSource {
  const images = items.map(({ width, height, objects }, n): ExportImage => ({
    image: image(n + 1, paths[n]!, { width, height }),
    file: '/nowhere.jpg',
    annotations: objects.map(([shape, what], z) => annotation(n + 1, { ...shape, ...what, z })),
  }))
  return { labels: LABELS, images: () => images }
}

export interface Trip {
  readonly report: ExportReport
  readonly images: ReadonlyMap<ExportImage, DatasetImage>
  readonly problems: readonly ImportProblem[]
}

/** Writes the project and reads the complete temporary files as the check of an export does: pictures by the names written. */
export async function roundTrip(
  { reads, writes }: Format,
  source: ExportSource,
  options: Record<string, string> = {},
  outName = 'out',
): Promise<Trip> {
  const folder = mkdtempSync(join(tmpdir(), 'trip-'))
  const items: ExportImage[] = []
  for await (const item of source.images()) items.push(item)
  let trip: Omit<Trip, 'report'> | null = null
  try {
    const verify = async (written: string, _report: ExportReport, names: WrittenNames) => {
      trip = await readBack(reads!, written, items, names)
    }
    const report = await writes!.write(source, join(folder, outName), { images: 'none', ...options }, { verify })
    return { report, ...trip! }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function readBack(
  reads: NonNullable<Format['reads']>,
  written: string,
  items: readonly ExportImage[],
  names: WrittenNames,
): Promise<Omit<Trip, 'report'>> {
  const byName = new Map(items.map((item) => [names.get(item.image.id), item]))
  const problems: ImportProblem[] = []
  const dataset = await reads.open(await DatasetFiles.at(written), {
    options: {},
    find: (path) => {
      const item = byName.get(path)
      return Promise.resolve(item ? { file: item.file, size: { width: item.image.width, height: item.image.height } } : null)
    },
    seen: () => undefined,
    problem: (problem) => problems.push(problem),
  })
  const images = new Map<ExportImage, DatasetImage>()
  try {
    for await (const read of dataset.images()) {
      const item = byName.get(read.path)
      if (!item || images.has(item)) throw new Error(`${read.path} is no image of the project, or is there twice`)
      images.set(item, read)
    }
  } finally {
    await dataset.close?.()
  }
  return { images, problems }
}

/** What a person sees of an object, in order of z. */
export function seenOf(
  objects: readonly (Annotation | DatasetObject)[],
  nameOf: (object: Annotation | DatasetObject) => string,
): object[] {
  return [...objects]
    .sort((a, b) => a.z - b.z)
    .map((object) => {
      const { box, mask, polygon, iscrowd, difficult, truncated, occluded, score, group, attributes } = object
      return { label: nameOf(object), box, mask, polygon, iscrowd, difficult, truncated, occluded, score, group, attributes }
    })
}

export function labelNameOf(object: Annotation | DatasetObject): string {
  return 'label' in object ? object.label : LABELS.find(({ id }) => id === object.labelId)!.name
}

/** The project that an import of these images makes: labels numbered from 1 as they are met. */
export function projectFrom(
  images: readonly DatasetImage[],
  change: (object: DatasetObject) => DatasetObject = (object) => object,
): ExportSource {
  const names = [...new Set(images.flatMap(({ objects }) => objects.map((object) => change(object).label)))]
  const items = images.map(({ path, size, source, split, objects }, n): ExportImage => ({
    image: image(n + 1, path, { ...size }),
    file: '/nowhere.jpg',
    source,
    split,
    annotations: objects.map((object) => annotation(n + 1, annotated(change(object), names))),
  }))
  return { labels: names.map((name, n) => label(n + 1, name)), images: () => items }
}

function annotated(object: DatasetObject, names: readonly string[]): Partial<Annotation> {
  const { label: name, place, ...rest } = object
  if (place === '') throw new Error('an object says where it stands')
  return { ...rest, labelId: names.indexOf(name) + 1 } as Partial<Annotation>
}
