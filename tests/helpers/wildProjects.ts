/** Random projects in a store, with pictures on disk: odd names and sizes, and every kind of object. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { encode } from 'fast-png'
import { addImages } from '../../src/core/services/addImages.ts'
import { openProject } from '../../src/core/store/project.ts'
import type { Project } from '../../src/core/store/project.ts'
import { EMPTY_CHANGES } from '../../src/shared/changes.ts'
import type { Box } from '../../src/shared/geometry.ts'
import type { Annotation, Polygon } from '../../src/shared/model.ts'
import { polygonBox } from '../../src/shared/polygons.ts'
import { polygonOf } from '../../src/shared/rings.ts'
import type { Bitmap } from '../../src/shared/rle.ts'
import { encodeBitmap } from '../../src/shared/rle.ts'
import { runsBox } from '../../src/shared/rleMath.ts'
import { bitmapToRle } from '../../src/shared/rleString.ts'
import { annotation } from './annotations.ts'

/** Twins by stem, by case, by Unicode form and by name in two folders are among them. */
const PATHS = [
  ...['a.png', 'a.jpg', 'x/a.png', 'y z/a.png', 'x/y/ä b.png', 'x/y/a\u0308 b.PNG', 'Ключ/图 1.png', 'q"uote\'s <b> & 100%25.png'],
  ...['a:b|c?.png', 'con.png', '=1+2.png', '-x.png', 'a.b.c.png', 'labels/images/train/1.png', 'images/x.png', 'x,y;z.png', '#1.png'],
  ...['tab\tname.png', '000001.png', '1.png'],
]
const LABELS = [
  ...['car', 'Car', 'é', 'e\u0301 2', '  two  words', '"q" \'s\'', 'a:b', 'a/b\\c', '<b>&amp;', '=1+2', '-', '1', 'ключ 图 🦆'],
  ...['true', 'a,b;c', '#x', '{n}', '__ignore__'],
]

interface WildObject extends Partial<Annotation> {
  readonly label: number
}
interface WildImage {
  readonly path: string
  readonly width: number
  readonly height: number
  readonly objects: readonly WildObject[]
}
export interface WildProject {
  readonly labels: readonly string[]
  readonly images: readonly WildImage[]
}

type Side = readonly [width: number, height: number]

const sizes: fc.Arbitrary<Side> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<Side>([1, 1], [1, 17], [23, 1], [2, 2]) },
  { weight: 4, arbitrary: fc.tuple(fc.integer({ min: 3, max: 21 }), fc.integer({ min: 3, max: 21 })) },
)

/** JSON has one zero. */
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((value) => value + 0)

/** Whole pixels, thirds, and anything between; often the border itself, now and then beyond it. */
function along(side: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: side }) },
    { weight: 2, arbitrary: fc.constantFrom(0, side) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 * side }).map((third) => third / 3) },
    { weight: 2, arbitrary: number(0, side) },
    { weight: 1, arbitrary: fc.constantFrom(-1.5, side + 2) },
  )
}

function boxes([width, height]: Side): fc.Arbitrary<Box> {
  return fc.tuple(along(width), along(height), along(width), along(height)).map(([a, b, c, d]) => ({
    x0: Math.min(a, c),
    y0: Math.min(b, d),
    x1: Math.max(a, c),
    y1: Math.max(b, d),
  }))
}

/** Solid, full, single pixels, frames around holes, and noise of many parts; never empty. */
function masks([width, height]: Side): fc.Arbitrary<Bitmap> {
  const spot = fc.tuple(fc.nat(width - 1), fc.nat(height - 1))
  const painted = (isIn: (x: number, y: number) => boolean): Bitmap => {
    const data = Uint8Array.from({ length: width * height }, (_, i) => Number(isIn(i % width, Math.floor(i / width))))
    return { width, height, data }
  }
  const frames = fc.tuple(spot, spot).map(([[a, b], [c, d]]) => {
    const [x0, y0, x1, y1] = [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]
    const isIn = (x: number, y: number) => x >= x0 && x <= x1 && y >= y0 && y <= y1
    return { isIn, isEdge: (x: number, y: number) => isIn(x, y) && (x === x0 || x === x1 || y === y0 || y === y1) }
  })
  const noise = fc.array(fc.boolean(), { minLength: width * height, maxLength: width * height, size: 'max' })
  return fc.oneof(
    fc.constant(painted(() => true)),
    spot.map(([px, py]) => painted((x, y) => x === px && y === py)),
    frames.map(({ isIn }) => painted(isIn)),
    frames.map(({ isEdge }) => painted(isEdge)),
    fc.tuple(noise, spot).map(([on, [px, py]]) => painted((x, y) => on[y * width + x]! || (x === px && y === py))),
  )
}

/** Of one to three parts, which may lie on each other; some with a hole on a bridge. */
function polygons([width, height]: Side): fc.Arbitrary<Polygon> {
  const ring = fc.array(fc.tuple(along(width), along(height)), { minLength: 3, maxLength: 6 }).map((points) => points.flat())
  const holed = fc.tuple(along(width), along(height)).map(([x, y]) => {
    const [right, bottom] = [Math.max(width, x) + 0, Math.max(height, y) + 0]
    const outer = [0, 0, right, 0, right, bottom, 0, bottom]
    const hole = [right / 4, bottom / 4, right / 2, bottom / 4, right / 2, bottom / 2, right / 4, bottom / 2]
    return polygonOf([{ outer, holes: [hole] }])[0]! as number[]
  })
  return fc.array(fc.oneof({ weight: 2, arbitrary: ring }, { weight: 1, arbitrary: holed }), { minLength: 1, maxLength: 3 })
}

/** Boxes of masks and polygons are mostly drawn tight around them, as the program draws them. */
function shapes(side: Side): fc.Arbitrary<Partial<Annotation>> {
  const loosely = (tight: fc.Arbitrary<Partial<Annotation>>): fc.Arbitrary<Partial<Annotation>> =>
    fc.tuple(tight, boxes(side), fc.nat(5)).map(([shape, box, n]) => (n === 0 ? { ...shape, box } : shape))
  return fc.oneof(
    boxes(side).map((box) => ({ box })),
    loosely(masks(side).map((mask) => ({ mask: bitmapToRle(mask), box: runsBox(encodeBitmap(mask)) }))),
    loosely(polygons(side).map((polygon) => ({ polygon, box: polygonBox(polygon) }))),
  )
}

const texts = fc.constantFrom('red', '', ' x ', 'a<b & "c"', 'two\nlines', '=1+2', 'true', '12', 'é图')
const values = fc.oneof(texts, fc.integer(), number(-1e6, 1e6), fc.boolean())
const facts = (labels: number) =>
  fc.record({
    label: fc.nat(labels - 1),
    state: fc.constantFrom('accepted' as const, 'accepted' as const, 'proposed' as const),
    iscrowd: fc.boolean(),
    difficult: fc.boolean(),
    truncated: fc.boolean(),
    occluded: fc.boolean(),
    score: fc.option(fc.oneof(fc.constantFrom(0, 1, 0.5), number(0, 1)), { nil: null }),
    group: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
    attributes: fc.dictionary(fc.constantFrom('color', 'parked', 'description', 'größe "m" <x>', 'a:b/c', '=1'), values, { maxKeys: 3 }),
  })

/** `most`: images, and objects of each. */
export function wildProjects(most = 4): fc.Arbitrary<WildProject> {
  const image = (path: string, labels: number): fc.Arbitrary<WildImage> =>
    sizes.chain((side) =>
      fc
        .array(fc.tuple(shapes(side), facts(labels)), { maxLength: most })
        .map((objects) => objects.map(([shape, fact], z) => ({ ...shape, ...fact, z: z + 1 })))
        .map((objects) => ({ path, width: side[0], height: side[1], objects })),
    )
  const names = fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 5 })
  const paths = fc.uniqueArray(fc.constantFrom(...PATHS), { minLength: 1, maxLength: most })
  return fc
    .tuple(names, paths)
    .chain(([labels, found]) => fc.tuple(...found.map((path) => image(path, labels.length))).map((images) => ({ labels, images })))
}

let serial = 0

/** Puts it into a new project below `folder`, its pictures into `folder`/photos: each has other bytes. */
export async function storeWild({ labels, images }: WildProject, folder: string): Promise<Project> {
  images.forEach(({ path, width, height }, n) => {
    const file = join(folder, 'photos', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, encode({ width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(n + 1) }))
  })
  const project = await openProject(join(folder, 'first.marquee'), { create: true })
  await addImages(project, [join(folder, 'photos')])
  const labelIds = labels.map((name) => project.labels.ensure(name).id)
  const stored = new Map([...project.images.iterate()].map((image) => [image.path, image]))
  for (const { path, objects } of images) {
    const image = stored.get(path)!
    const added = objects.map(({ label, ...object }) => annotation(++serial, { ...object, imageId: image.id, labelId: labelIds[label]! }))
    const changes = { ...EMPTY_CHANGES, added }
    project.annotations.apply({ imageId: image.id, baseRevision: image.revision, changes, actor: 'test', reason: 'test' })
  }
  return project
}
