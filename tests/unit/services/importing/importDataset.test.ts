import { createWriteStream } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import { addImages } from '../../../../src/core/services/addImages.ts'
import { exportProject } from '../../../../src/core/services/exporting/exportProject.ts'
import { importDataset } from '../../../../src/core/services/importing/importDataset.ts'
import type { ImportWish } from '../../../../src/core/services/importing/importDataset.ts'
import { problemsCsv } from '../../../../src/core/services/importing/problemsCsv.ts'
import { undoImport } from '../../../../src/core/services/importing/undoImport.ts'
import type { Project } from '../../../../src/core/store/project.ts'
import { EMPTY_CHANGES } from '../../../../src/shared/changes.ts'
import { projectFolder } from '../../../helpers/projects.ts'

const projects = projectFolder()
let folder: string
/** A YOLO dataset: images/{a,b}.png with one box each, and a third image without objects. */
let dataset: string

async function picture(file: string, shade: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await sharp({ create: { width: 100, height: 50, channels: 3, background: { r: shade, g: 0, b: 0 } } }).png().toFile(file)
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-import-'))
  dataset = join(folder, 'set')
  await put(join(dataset, 'data.yaml'), 'train: images/train\nnames: [car, person]\n')
  for (const [n, name] of ['a', 'b', 'c'].entries()) await picture(join(dataset, `images/train/${name}.png`), n * 50)
  await put(join(dataset, 'labels/train/a.txt'), '0 0.5 0.5 0.2 0.4\n1 0.2 0.2 0.1 0.2\n')
  await put(join(dataset, 'labels/train/b.txt'), '1 0.5 0.5 1 1\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const wish = (over: Partial<ImportWish> = {}): ImportWish => ({ place: dataset, format: 'auto', options: {}, imageFolders: [], missing: 'skip', labelMap: {}, dryRun: false, ...over })

function objectsOf(project: Project): Record<string, string[]> {
  const names = new Map(project.labels.list().map(({ id, name }) => [id, name]))
  return Object.fromEntries([...project.images.iterate()].map(({ id, path }) => [path, project.annotations.load(id).annotations.map(({ labelId }) => names.get(labelId)!)]))
}

describe('an import', () => {
  it('brings images, labels in their order, and objects as accepted annotations with their origin', async () => {
    const project = await projects.create()
    const report = await importDataset(project, wish())
    expect(report).toMatchObject({
      id: 1,
      format: 'yolo',
      images: { total: 3, known: 0, added: 3, missing: 0 },
      labels: [{ name: 'car', objects: 1, isNew: true }, { name: 'person', objects: 2, isNew: true }],
      objects: { seen: 3, added: 3, known: 0, leftOut: 0 },
    })
    expect(objectsOf(project)).toEqual({ 'images/train/a.png': ['car', 'person'], 'images/train/b.png': ['person'], 'images/train/c.png': [] })
    const [first] = project.annotations.load([...project.images.iterate()][0]!.id).annotations
    expect(first).toMatchObject({ state: 'accepted', origin: 'imported', box: { x0: 40, y0: 15, x1: 60, y1: 35 } })
    expect(project.imports.list()).toMatchObject([{ id: 1, format: 'yolo', state: 'finished' }])
    expect([...project.log.iterate()].map(({ actor, reason }) => `${actor}: ${reason}`)).toEqual(['import: import 1: yolo', 'import: import 1: yolo'])
  })

  it('twice adds nothing, also where objects were changed or removed since', async () => {
    const project = await projects.create()
    await importDataset(project, wish())
    const [image] = [...project.images.iterate()]
    const { annotations, revision } = project.annotations.load(image!.id)
    const moved = { ...annotations[0]!, box: { x0: 0, y0: 0, x1: 5, y1: 5 } }
    project.annotations.apply({ imageId: image!.id, baseRevision: revision, changes: { added: [], updated: [[annotations[0]!, moved]], removed: [annotations[1]!] }, actor: 'person', reason: 'test' })
    expect((await importDataset(project, wish())).objects).toEqual({ seen: 3, added: 0, known: 3, leftOut: 0 })
    expect(project.annotations.count()).toBe(2)
  })

  it('of twins in one file brings both, and again neither', async () => {
    const place = join(folder, 'twins')
    await picture(join(place, 'images/t.png'), 9)
    await put(join(place, 'data.yaml'), 'train: images\nnames: [car]\n')
    await put(join(place, 'labels/t.txt'), '0 0.5 0.5 0.2 0.4\n0 0.5 0.5 0.2 0.4\n')
    const project = await projects.create()
    expect((await importDataset(project, wish({ place }))).objects).toMatchObject({ seen: 2, added: 2 })
    expect((await importDataset(project, wish({ place }))).objects).toMatchObject({ added: 0, known: 2 })
  })

  it('only previewed writes nothing and counts the same', async () => {
    const project = await projects.create()
    const preview = await importDataset(project, wish({ dryRun: true }))
    expect([project.images.count(), project.labels.list(), project.imports.list()]).toEqual([0, [], []])
    expect({ ...(await importDataset(project, wish())), id: null }).toEqual(preview)
  })

  it('taken back removes what it brought, leaves what was changed since, and can come again', async () => {
    const project = await projects.create()
    const { id } = await importDataset(project, wish())
    const [image] = [...project.images.iterate()]
    const { annotations, revision } = project.annotations.load(image!.id)
    const moved = { ...annotations[0]!, box: { x0: 0, y0: 0, x1: 5, y1: 5 } }
    project.annotations.apply({ imageId: image!.id, baseRevision: revision, changes: { ...EMPTY_CHANGES, updated: [[annotations[0]!, moved]] }, actor: 'person', reason: 'test' })
    expect(await undoImport(project, id!)).toEqual({ removed: 2, kept: 1, labels: 1 })
    expect(objectsOf(project)).toEqual({ 'images/train/a.png': ['car'], 'images/train/b.png': [], 'images/train/c.png': [] })
    expect(project.labels.list().map(({ name }) => name)).toEqual(['car'])
    await expect(undoImport(project, id!)).rejects.toThrow('taken back already')
    expect((await importDataset(project, wish())).objects).toMatchObject({ added: 3, known: 0 })
  })

  it('ended by a cancel keeps what came in, and goes on with the rest', async () => {
    const project = await projects.create()
    const abort = new AbortController()
    abort.abort()
    await expect(importDataset(project, wish(), { signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' })
    expect((await importDataset(project, wish())).objects.added).toBe(3)
    expect(project.log.verify()).toMatchObject({ ok: true })
  })
})

describe('labels', () => {
  it('are matched by their exact names; nearly the same is said, and merged only when asked', async () => {
    const project = await projects.create()
    project.labels.ensure('Car')
    const { labels } = await importDataset(project, wish({ dryRun: true }))
    expect(labels.map(({ name, isNew, like }) => [name, isNew, like])).toEqual([['car', true, 'Car'], ['person', true, null]])
    await importDataset(project, wish({ labelMap: { car: 'Car' } }))
    expect(project.labels.list().map(({ name }) => name)).toEqual(['Car', 'person'])
  })
})

describe('images', () => {
  it('of the project are found again by their content, wherever the copies lie and whatever they are called', async () => {
    const photos = join(folder, 'photos')
    await mkdir(photos, { recursive: true })
    await cp(join(dataset, 'images/train/a.png'), join(photos, 'holiday.png'))
    const project = await projects.create()
    await addImages(project, [photos])
    expect((await importDataset(project, wish())).images).toEqual({ total: 3, known: 1, added: 2, missing: 0, found: 0 })
    expect(objectsOf(project)['holiday.png']).toEqual(['car', 'person'])
  })

  it('without a file are those of the project that the path means; others are listed and left out, or kept without a picture', async () => {
    const place = join(folder, 'only-json/annotations')
    const shape = { label: 'car', points: [[1, 1], [9, 9]], shape_type: 'rectangle' }
    const json = (imagePath: string) => JSON.stringify({ version: '5', flags: {}, shapes: [shape], imagePath, imageData: null, imageWidth: 100, imageHeight: 50 })
    await put(join(place, 'a.json'), json('a.png'))
    await put(join(place, 'gone.json'), json('gone.png'))
    const project = await projects.create()
    await addImages(project, [join(dataset, 'images')])
    const skipped = await importDataset(project, wish({ place }))
    expect(skipped).toMatchObject({ images: { total: 2, known: 1, missing: 1 }, objects: { seen: 2, added: 1, leftOut: 1 } })
    expect(skipped.problems[0]!.reason).toContain('name the folder it is in')
    expect(problemsCsv(skipped.problems)).toMatch(/^\ufefffile,place,reason,objects\n/)
    const kept = await importDataset(project, wish({ place, missing: 'keep' }))
    expect(kept.objects).toMatchObject({ added: 1, known: 1, leftOut: 0 })
    expect([...project.images.iterate()].find(({ path }) => path === 'gone.png')).toMatchObject({ status: 'missing', width: 100, height: 50 })
  })

  it('that were removed from the project stay so, and their objects are left out with words', async () => {
    const project = await projects.create()
    await addImages(project, [join(dataset, 'images')])
    const removed = [...project.images.iterate()].find(({ path }) => path.endsWith('a.png'))!
    project.removals.remove([removed.id], 'person')
    const report = await importDataset(project, wish())
    expect(report).toMatchObject({ images: { total: 3, known: 2, added: 0, missing: 1 }, objects: { seen: 3, added: 1, leftOut: 2 } })
    expect(report.problems[0]!.reason).toContain('was removed from the project')
    expect([project.images.count(), project.removals.list()]).toEqual([2, [removed.id]])
  })

  it('are found in another folder that is named', async () => {
    const place = join(folder, 'far/labels-only')
    await put(join(place, 'x.json'), JSON.stringify({ shapes: [{ label: 'car', points: [[1, 1], [9, 9]], shape_type: 'rectangle' }], imagePath: 'x.png', imageData: null, version: '5', flags: {} }))
    const pictures = join(folder, 'elsewhere')
    await picture(join(pictures, 'deep/x.png'), 200)
    const project = await projects.create()
    expect((await importDataset(project, wish({ place }))).objects.leftOut).toBe(1)
    expect((await importDataset(project, wish({ place, imageFolders: [pictures] }))).objects).toMatchObject({ added: 1 })
  })

  it('of the dataset itself are meant before those with the same name elsewhere', async () => {
    const place = join(folder, 'own')
    await picture(join(place, 'images/z.png'), 31)
    await put(join(place, 'images.csv'), '\ufeffimage,width,height,split\nz.png,100,50,\n')
    await put(join(place, 'labels.csv'), '\ufeffnumber,label,color,folder\n1,car,#ff0000,car\n')
    const photos = join(folder, 'photos-of-the-same-names')
    await picture(join(photos, 'z.png'), 32)
    const project = await projects.create()
    await addImages(project, [photos])
    expect((await importDataset(project, wish({ place, format: 'masks', imageFolders: [photos] }))).images).toMatchObject({ total: 1, added: 1, known: 0 })
  })

  it('two that could be meant are none', async () => {
    const place = join(folder, 'two')
    await put(join(place, 'n/y.json'), JSON.stringify({ shapes: [{ label: 'car', points: [[1, 1], [9, 9]], shape_type: 'rectangle' }], imagePath: 'y.png', imageData: null, version: '5', flags: {} }))
    const pictures = join(folder, 'two-pictures')
    await picture(join(pictures, '1/y.png'), 1)
    await picture(join(pictures, '2/y.png'), 2)
    const { problems } = await importDataset(await projects.create(), wish({ place, imageFolders: [pictures] }))
    expect(problems.map(({ reason }) => reason).join()).toMatch(/several pictures could be|not found|no size/i)
  })
})

describe('an archive', () => {
  async function zipped(name: string, entries: readonly (readonly [string, string | Buffer])[]): Promise<string> {
    const zip = new ZipFile()
    for (const [path, content] of entries) zip.addBuffer(Buffer.from(content), path)
    zip.end()
    const file = join(folder, name)
    await pipeline(zip.outputStream, createWriteStream(file))
    return file
  }

  it('is unpacked beside the project once, and its pictures stay', async () => {
    const place = await zipped('set.zip', [
      ['data.yaml', 'train: images\nnames: [car]\n'],
      ['images/a.png', await readFile(join(dataset, 'images/train/a.png'))],
      ['labels/a.txt', '0 0.5 0.5 0.2 0.4\n'],
    ])
    const project = await projects.create()
    expect((await importDataset(project, wish({ place }))).objects.added).toBe(1)
    const [image] = [...project.images.iterate()]
    expect((await stat(project.images.fileOf(image!))).isFile()).toBe(true)
    expect((await importDataset(project, wish({ place }))).objects).toMatchObject({ added: 0, known: 1 })
    expect(project.images.count()).toBe(1)
  })

  it('whose names lead out of it is refused, and nothing is written outside', async () => {
    const place = await zipped('evil.zip', [['data.yaml', 'names: [car]\n'], ['xx/xx/evil.txt', 'x']])
    const bytes = await readFile(place)
    // The library that makes archives refuses such names too: they are put in afterwards.
    await writeFile(place, Buffer.from(bytes.toString('latin1').replaceAll('xx/xx/evil.txt', '../../evil.txt'), 'latin1'))
    const project = await projects.create()
    await expect(importDataset(project, wish({ place }))).rejects.toMatchObject({ code: 'invalid-dataset' })
    await expect(stat(join(dirname(project.file), '../evil.txt'))).rejects.toThrow()
    expect(project.imports.list()).toEqual([])
  })

  it('that is none is refused with words', async () => {
    const place = join(folder, 'no.zip')
    await writeFile(place, 'PK not')
    await expect(importDataset(await projects.create(), wish({ place }))).rejects.toThrow("can't be unpacked: it is cut off, or no zip archive. Copy or download it again.")
  })
})

describe('a format', () => {
  it('that nobody recognises, or that is not known, is said', async () => {
    const place = join(folder, 'notes')
    await put(join(place, 'readme.md'), 'hello')
    const project = await projects.create()
    await expect(importDataset(project, wish({ place }))).rejects.toMatchObject({ code: 'invalid-dataset', message: expect.stringContaining('no annotations in a format Marquee knows') as string })
    await expect(importDataset(project, wish({ format: 'yolo9' }))).rejects.toThrow('There is no format "yolo9"')
    await expect(importDataset(project, wish({ place: join(folder, 'nowhere') }))).rejects.toMatchObject({ code: 'not-found' })
    expect(project.imports.list()).toEqual([])
  })

  it('in UTF-16 is said with the file and what to do', async () => {
    const place = join(folder, 'wide')
    await mkdir(place, { recursive: true })
    await writeFile(join(place, 'set.json'), '\ufeff{"images": [], "annotations": []}', 'utf16le')
    await expect(importDataset(await projects.create(), wish({ place }))).rejects.toMatchObject({ code: 'invalid-dataset', message: 'set.json is written in UTF-16. Save it as UTF-8 and import again.' })
  })

  it('that has not the option named, or not that choice, says which there are', async () => {
    const project = await projects.create()
    const told = (options: Record<string, string>) => importDataset(project, wish({ options })).catch(({ code, message }: { code: string; message: string }) => [code, message])
    expect(await told({ tsak: 'obb' })).toEqual(['invalid-argument', expect.stringMatching(/^YOLO has no option "tsak". Options: task=auto\|/)])
    expect(await told({ task: 'obbb' })).toEqual(['invalid-argument', expect.stringMatching(/^task=obbb is not understood. Options: task=auto\|/)])
    expect(project.imports.list()).toEqual([])
  })
})

describe('a picture that is called the same but for capital letters', () => {
  const named = (file_name: string) => JSON.stringify({ images: [{ id: 1, file_name, width: 100, height: 50 }], annotations: [], categories: [] })

  it('is the one that is meant, where it is the only one', async () => {
    const place = join(folder, 'capitals')
    await put(join(place, 'set.json'), named('dsc_1.jpg'))
    await picture(join(place, 'x/DSC_1.PNG'), 30)
    expect((await importDataset(await projects.create(), wish({ place }))).images).toMatchObject({ added: 1, missing: 0 })
    await picture(join(place, 'y/Dsc_1.png'), 60)
    const two = await importDataset(await projects.create(), wish({ place }))
    expect(two.images).toMatchObject({ added: 0, missing: 1 })
    expect(two.problems[0]!.reason).toContain('several pictures could be "dsc_1.jpg": ')
    await put(join(place, 'set.json'), named('Dsc_1.png'))
    expect((await importDataset(await projects.create(), wish({ place }))).images).toMatchObject({ added: 1, missing: 0 })
  })
})

describe('again', () => {
  const coco = (images: object[], annotations: object[]) => JSON.stringify({ images, annotations, categories: [{ id: 1, name: 'car' }, { id: 2, name: 'cafe\u0301' }] })
  const box = (id: number, image: number, category = 1, x = 10) => ({ id, image_id: image, category_id: category, bbox: [x, 10, 20, 20], area: 400 })

  it('with a folder of pictures, images kept without one get theirs, and no object comes twice', async () => {
    const place = join(folder, 'lost')
    await put(join(place, 'set.json'), coco([{ id: 1, file_name: 'in/a.png', width: 100, height: 50 }, { id: 2, file_name: 'in/b.png', width: 300, height: 50 }], [box(1, 1), box(2, 2)]))
    const project = await projects.create()
    expect((await importDataset(project, wish({ place, missing: 'keep' }))).images).toMatchObject({ total: 2, missing: 2 })
    await picture(join(folder, 'elsewhere/a.png'), 10)
    await picture(join(folder, 'elsewhere/b.png'), 20)
    const again = await importDataset(project, wish({ place, imageFolders: [join(folder, 'elsewhere')] }))
    expect(again).toMatchObject({ images: { total: 2, known: 1, added: 0, missing: 1, found: 1 }, objects: { added: 0, known: 2 } })
    const words = 'the picture b.png was found and has 100 x 50 pixels, but the objects lie on 300 x 50: the image stays without a picture. Put the picture of that size there'
    expect(again.problems).toContainEqual({ file: 'in/b.png', place: '', reason: words, objects: 0 })
    const [a, b] = [...project.images.iterate()]
    expect(project.images.count()).toBe(2)
    expect({ status: a!.status, file: project.images.fileOf(a!) }).toEqual({ status: 'ok', file: join(folder, 'elsewhere/a.png') })
    expect(b).toMatchObject({ status: 'missing', width: 300 })
  })

  it.each(['yolo', 'voc'])('labels of %s that were renamed since do not come back without a new object', async (format) => {
    const place = join(folder, `renamed ${format}`)
    await (format === 'yolo' ? cp(dataset, place, { recursive: true }) : cp(join(import.meta.dirname, '../../../golden/formats/voc'), place, { recursive: true }))
    const project = await projects.create()
    const names = () => project.labels.list().map(({ name }) => name)
    const options = { place, missing: 'keep' as const, ...(format === 'voc' && { options: { base: '1' } }) }
    await importDataset(project, wish(options))
    const [first, second] = project.labels.list()
    project.labels.rename(first!.id, 'renamed')
    const before = names()
    const again = await importDataset(project, wish(options))
    expect({ added: again.objects.added, names: names() }).toEqual({ added: 0, names: before })
    expect(again.labels.map(({ isNew }) => isNew)).not.toContain(true)
    if (format === 'voc') return
    await put(join(place, 'labels/train/b.txt'), '1 0.5 0.5 1 1\n0 0.5 0.5 0.5 0.5\n')
    await put(join(place, 'data.yaml'), 'train: images/train\nnames: [car, person, bus]\n')
    const dry = await importDataset(project, wish({ ...options, dryRun: true }))
    const grown = await importDataset(project, wish(options))
    expect(names()).toEqual(['renamed', second!.name, 'bus', 'car'])
    expect(dry.labels).toEqual(grown.labels)
    expect(grown.labels).toMatchObject([{ name: 'car', objects: 1, isNew: true }, { name: 'person', isNew: false }, { name: 'bus', objects: 0, isNew: true }])
  })

  it('after it died, goes on under its number with the labels it brought, and is taken back as one', async () => {
    const place = join(folder, 'died')
    await cp(dataset, place, { recursive: true })
    const project = await projects.create()
    const interrupted = new AbortController()
    interrupted.abort()
    await expect(importDataset(project, wish({ place }), { signal: interrupted.signal })).rejects.toThrow()
    project.imports.begin('yolo', place)
    const left = project.imports.list()[0]!
    project.imports.setLabels(left.id, [project.labels.ensure('car').id])
    const report = await importDataset(project, wish({ place }))
    expect({ id: report.id, all: project.imports.list().map(({ state }) => state) }).toEqual({ id: left.id, all: ['finished'] })
    expect(await undoImport(project, left.id)).toMatchObject({ removed: 3, labels: 2 })
  })

  it('a picture that two entries mean is one image with the objects of both, with words', async () => {
    const place = join(folder, 'both')
    await picture(join(place, 'x/a.png'), 99)
    await put(join(place, 'set.json'), coco([{ id: 1, file_name: 'x/a.png', width: 100, height: 50 }, { id: 2, file_name: 'old/x/a.png', width: 100, height: 50 }], [box(1, 1), box(2, 2), box(3, 2, 1, 50)]))
    const project = await projects.create()
    const report = await importDataset(project, wish({ place }))
    expect(report).toMatchObject({ images: { total: 2, added: 1, known: 1 }, objects: { seen: 3, added: 2, known: 1 } })
    expect(report.problems.map(({ reason }) => reason)).toEqual(['is the same picture as x/a.png: one image has the objects of both'])
    const counted = await importDataset(await projects.create(), wish({ place, dryRun: true }))
    expect(counted.images).toEqual(report.images)
  })

  it('two pictures of one content in the project get the objects of those called like them', async () => {
    const [place, photos] = [join(folder, 'alike'), join(folder, 'alike photos')]
    for (const name of ['a.png', 'b.png']) for (const where of [place, photos]) await picture(join(where, name), 77)
    await put(join(place, 'set.json'), coco([{ id: 1, file_name: 'a.png', width: 100, height: 50 }, { id: 2, file_name: 'b.png', width: 100, height: 50 }], [box(1, 1), box(2, 2, 2)]))
    const project = await projects.create()
    await addImages(project, [photos])
    await importDataset(project, wish({ place }))
    expect(objectsOf(project)).toEqual({ 'a.png': ['car'], 'b.png': ['caf\u00e9'] })
  })

  it('names of a label map count in either Unicode form; one that nothing has is told', async () => {
    const place = join(folder, 'map')
    await picture(join(place, 'a.png'), 5)
    await put(join(place, 'set.json'), coco([{ id: 1, file_name: 'a.png', width: 100, height: 50 }], [box(1, 1, 2)]))
    const project = await projects.create()
    const report = await importDataset(project, wish({ place, labelMap: { 'caf\u00e9': 'bar', bus: 'car' } }))
    expect(objectsOf(project)).toEqual({ 'a.png': ['bar'] })
    expect(report.problems.map(({ reason }) => reason)).toEqual(['no label of the dataset is called "bus", so nothing was given another'])
  })
})

it('pictures of Pascal VOC are called the same in Pascal VOC', async () => {
  const place = join(folder, 'voc')
  await picture(join(place, 'JPEGImages/2007_1.png'), 61)
  const object = '<object><name>car</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>20</xmax><ymax>20</ymax></bndbox></object>'
  await put(join(place, 'Annotations/2007_1.xml'), `<annotation><filename>2007_1.png</filename><size><width>100</width><height>50</height><depth>3</depth></size>${object}</annotation>`)
  const project = await projects.create()
  await importDataset(project, wish({ place, options: { base: '1' } }))
  const out = { format: 'voc', out: join(folder, 'voc out'), states: ['accepted' as const], labels: null, options: {}, allowIncomplete: false }
  expect((await exportProject(project, out)).renamed).toEqual({})
})

describe('taking back', () => {
  const first = (project: Project) => {
    const [image] = [...project.images.iterate()]
    return { image: image!, ...project.annotations.load(image!.id) }
  }
  const change = (project: Project, n: number, over: object) => {
    const { image, annotations, revision } = first(project)
    const changes = { ...EMPTY_CHANGES, updated: [[annotations[n]!, { ...annotations[n]!, ...over }] as const] }
    project.annotations.apply({ imageId: image.id, baseRevision: revision, changes, actor: 'person', reason: 'test' })
  }

  it('reaches objects whose label was renamed or merged since, and leaves those that were accepted or marked', async () => {
    const project = await projects.create()
    await importDataset(project, wish())
    const [car, person] = project.labels.list()
    project.labels.rename(person!.id, 'human')
    change(project, 0, { labelId: person!.id })
    project.labels.remove(car!.id)
    change(project, 1, { difficult: true })
    expect(await undoImport(project, 1)).toEqual({ removed: 2, kept: 1, labels: 0 })
    expect(objectsOf(project)['images/train/a.png']).toEqual(['human'])
  })

  it('one of two datasets that brought the same object leaves it to the other', async () => {
    const copy = join(folder, 'copy')
    await cp(dataset, copy, { recursive: true })
    const project = await projects.create()
    await importDataset(project, wish())
    expect((await importDataset(project, wish({ place: copy }))).objects).toMatchObject({ added: 0, known: 3 })
    expect(await undoImport(project, 1)).toMatchObject({ removed: 0, kept: 3 })
    expect(await undoImport(project, 2)).toMatchObject({ removed: 3, kept: 0 })
  })
})
