/** An export that comes back into the project it is from, and other objects that are there already. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addImages } from '../../../../src/core/services/addImages.ts'
import { importDataset } from '../../../../src/core/services/importing/importDataset.ts'
import { undoImport } from '../../../../src/core/services/importing/undoImport.ts'
import type { Project } from '../../../../src/core/store/project.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { EMPTY_CHANGES } from '../../../../src/shared/changes.ts'
import type { Size } from '../../../../src/shared/geometry.ts'
import type { Annotation } from '../../../../src/shared/model.ts'
import { pixelsOf } from '../../../../src/shared/rasterize.ts'
import { runsToRle } from '../../../../src/shared/rleString.ts'
import { annotation } from '../../../helpers/annotations.ts'
import { projectFolder } from '../../../helpers/projects.ts'
import { bringIn, holdsOf, importWish, PLAIN_WAYS, sendOut } from '../../../helpers/serviceTrips.ts'
import type { Way } from '../../../helpers/serviceTrips.ts'
import { storeWild, wildProjects } from '../../../helpers/wildProjects.ts'

// Exports and imports on the disk: a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 })
const RUNS = Number(process.env['MARQUEE_RUNS'] ?? 12)

const projects = projectFolder()
const SIZE = { width: 97, height: 61 }
let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'there-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const ring = [10.25, 8, 40.5, 8, 40.5, 30, 22, 41.75, 10.25, 30]
const blob = runsToRle(pixelsOf({ polygon: [[50, 5, 80, 12, 70, 44, 52, 30]], mask: null }, SIZE)!)

/** Boxes that no format but COCO's kind holds exactly, an outline and a mask, twice a car side by side. */
const OBJECTS: readonly Partial<Annotation>[] = [
  { box: { x0: 1 / 3, y0: 2.7, x1: 20.123456789, y1: 33 + 1 / 7 } },
  { box: { x0: 60.2, y0: 40.4, x1: 90.9, y1: 60.1 } },
  { box: { x0: 63.2, y0: 40.4, x1: 93.9, y1: 60.1 } },
  { box: { x0: 10.25, y0: 8, x1: 40.5, y1: 41.75 }, polygon: [ring] },
  { box: { x0: 50, y0: 5, x1: 80, y1: 44 }, mask: blob },
]

async function drawn(objects = OBJECTS): Promise<Project> {
  const photos = join(folder, 'photos')
  mkdirSync(photos)
  await sharp({ create: { ...SIZE, channels: 3, background: 'teal' } }).png().toFile(join(photos, 'a.png'))
  const project = await projects.create()
  await addImages(project, [photos])
  draw(project, objects)
  return project
}

function draw(project: Project, objects: readonly Partial<Annotation>[]): void {
  const imageId = [...project.images.iterate()][0]!.id
  const labelId = project.labels.ensure('car').id
  const { revision } = project.annotations.load(imageId)
  const added = objects.map((one, n) => ({ ...annotation(0), id: crypto.randomUUID() as Annotation['id'], imageId, labelId, z: n, state: 'accepted' as const, ...one }))
  project.annotations.apply({ imageId, baseRevision: revision, changes: { ...EMPTY_CHANGES, added }, actor: 'person', reason: 'drawn' })
}

/** Formats that join objects, or hold neither boxes nor masks exactly, give others back. */
const WAYS = PLAIN_WAYS.filter((way) => holdsOf(way).objects === 'each')

describe.each(WAYS)('$name', (way) => {
  it('an export that comes back adds nothing, and is explained; again; and taking it back leaves what was drawn', async () => {
    const project = await drawn()
    const written = await sendOut(project, way, folder, { states: ['accepted'] })
    const read = await bringIn(project, written.path, way, project)
    expect(read.objects).toMatchObject({ added: 0, known: read.objects.seen - read.objects.leftOut })
    // COCO panoptic holds those with pixels only.
    expect(read.objects.known).toBe(way.format === 'coco-panoptic' ? 2 : OBJECTS.length)
    expect(read.problems.map(({ reason }) => reason)).toContainEqual(expect.stringMatching(/^\d+ objects are in the project already, as exactly as .* holds them, and were not added again$/))
    expect((await bringIn(project, written.path, way, project)).objects).toMatchObject({ added: 0 })
    expect(await undoImport(project, read.id!)).toMatchObject({ removed: 0 })
    expect(project.annotations.count()).toBe(OBJECTS.length)
  })

  it('of random projects adds nothing either', async () => {
    await fc.assert(
      fc.asyncProperty(wildProjects(3), async (wild) => {
        const place = mkdtempSync(join(folder, 'wild-'))
        const project = await storeWild(wild, place)
        try {
          const written = await sendOut(project, way, place, { states: ['accepted'] }).catch(emptyExport)
          if (!written || written.images === 0) return
          const pixelless = [...project.images.iterate()].reduce((sum, image) => sum + project.annotations.load(image.id).annotations.filter((one) => isWithoutPixels(one, image)).length, 0)
          expect((await bringIn(project, written.path, way, project)).objects.added).toBeLessThanOrEqual(pixelless)
        } finally {
          project.close()
        }
      }),
      { numRuns: RUNS },
    )
  })
})

/** Formats write outlines that cover no pixel of the image in ways of their own. */
function isWithoutPixels({ polygon, mask }: Annotation, size: Size): boolean {
  return (polygon !== null || mask !== null) && pixelsOf({ polygon, mask }, size) === null
}

/** Nothing of the project fits into the format. */
function emptyExport(error: unknown): null {
  if (error instanceof AppError && ['export-incomplete', 'invalid-argument'].includes(error.code)) return null
  throw error
}

const YOLO: Way = { name: 'yolo', format: 'yolo', options: {} }

it('YOLO boxes alone are those of the objects they were written from; one that is gone comes back', async () => {
  const project = await drawn()
  const { path } = await sendOut(project, { ...YOLO, options: { task: 'detect' } }, folder, { states: ['accepted'] })
  const [image] = [...project.images.iterate()]
  const { annotations, revision } = project.annotations.load(image!.id)
  project.annotations.apply({ imageId: image!.id, baseRevision: revision, changes: { ...EMPTY_CHANGES, removed: [annotations[1]!] }, actor: 'person', reason: 'test' })
  expect((await importDataset(project, importWish(path, { dryRun: true }))).objects).toMatchObject({ added: 1, known: 4 })
  expect((await importDataset(project, importWish(path))).objects).toMatchObject({ added: 1, known: 4 })
})

it('each object of the project is meant by one of the dataset at most; others of the same place are further objects', async () => {
  const project = await drawn(OBJECTS.slice(0, 1))
  const { path } = await sendOut(project, YOLO, folder)
  draw(project, OBJECTS.slice(0, 1))
  const both = await sendOut(project, YOLO, folder)
  expect((await importDataset(project, importWish(both.path))).objects).toMatchObject({ added: 0, known: 2 })
  const into = await projects.create()
  await importDataset(into, importWish(path))
  expect((await importDataset(into, importWish(both.path))).objects).toMatchObject({ added: 1, known: 1 })
})

it('another label, another place, a mask where there was a box only, and a proposal are not the same', async () => {
  const box = { x0: 10, y0: 10, x1: 30, y1: 30 }
  const project = await drawn([{ box }])
  const { path } = await sendOut(project, YOLO, folder)
  const [image] = [...project.images.iterate()]
  const change = (to: Partial<Annotation>) => {
    const { annotations: [one], revision } = project.annotations.load(image!.id)
    project.annotations.apply({ imageId: image!.id, baseRevision: revision, changes: { ...EMPTY_CHANGES, updated: [[one!, { ...one!, ...to }]] }, actor: 'person', reason: 'test' })
  }
  const added = async (place: string) => (await importDataset(project, importWish(place, { dryRun: true }))).objects.added
  expect(await added(path)).toBe(0)
  change({ labelId: project.labels.ensure('bus').id })
  expect(await added(path)).toBe(1)
  change({ labelId: project.labels.ensure('car').id, box: { ...box, x0: 10.1 } })
  expect(await added(path)).toBe(1)
  change({ box, state: 'proposed' })
  expect(await added(path)).toBe(1)
  change({ state: 'accepted', polygon: [[10, 10, 30, 10, 20, 30]] })
  const shaped = await sendOut(project, YOLO, folder)
  change({ polygon: null })
  expect(await added(shaped.path)).toBe(1)
})

it('a picture that two entries mean has the objects of both, however alike', async () => {
  const project = await projects.create()
  const photos = join(folder, 'photos')
  mkdirSync(photos)
  await sharp({ create: { ...SIZE, channels: 3, background: 'teal' } }).png().toFile(join(photos, 'a.png'))
  const entry = (id: number) => ({ id, file_name: `${id === 1 ? '' : 'x/'}a.png`, ...SIZE })
  const annotations = [1, 2].map((id) => ({ id, image_id: id, category_id: 1, bbox: [5, 5, 10, 10 + id * 1e-9] }))
  writeFileSync(join(photos, 'a.json'), JSON.stringify({ images: [entry(1), entry(2)], categories: [{ id: 1, name: 'car' }], annotations }))
  expect((await importDataset(project, importWish(photos))).objects).toMatchObject({ added: 2, known: 0 })
})
