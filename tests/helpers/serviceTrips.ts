/** Projects out to a format and into a new project, by the services alone; and what has to be the same then. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { join, parse } from 'node:path'
import { expect } from 'vitest'
import type { DatasetObject, ImportFormat } from '../../src/core/formats/dataset.ts'
import { EXPORT_FORMATS, exportFormat } from '../../src/core/formats/index.ts'
import type { Holds } from '../../src/core/formats/source.ts'
import { exportProject } from '../../src/core/services/exporting/exportProject.ts'
import type { ExportWish, ProjectExport } from '../../src/core/services/exporting/exportProject.ts'
import { verifyExport } from '../../src/core/services/exporting/verifyExport.ts'
import { importDataset } from '../../src/core/services/importing/importDataset.ts'
import type { ImportWish } from '../../src/core/services/importing/importDataset.ts'
import type { ImportReport } from '../../src/core/services/importing/importReport.ts'
import type { StoredImage } from '../../src/core/store/images.ts'
import { openProject } from '../../src/core/store/project.ts'
import type { Project } from '../../src/core/store/project.ts'
import { AppError } from '../../src/shared/errors.ts'
import type { ImageId } from '../../src/shared/model.ts'

/** A format with the options it is written with. */
export interface Way {
  readonly name: string
  readonly format: string
  readonly options: Readonly<Record<string, string>>
}

/** Every format as it is written unless something else is said. */
export const PLAIN_WAYS: readonly Way[] = EXPORT_FORMATS.map(({ id }) => ({ name: id, format: id, options: {} }))

export interface Trip {
  readonly project: Project
  readonly written: ProjectExport
  readonly read: ImportReport
  readonly out: string
}

type Sending = Partial<Pick<ExportWish, 'states' | 'allowIncomplete'> & Pick<ImportWish, 'missing'>>

/** All options of a format, with those of the way. */
function optionsOf({ format, options }: Way): Record<string, string> {
  return { ...Object.fromEntries(exportFormat(format).options.map((option) => [option.id, option.default])), ...options }
}

export function holdsOf(way: Way): Holds {
  return exportFormat(way.format).holds(optionsOf(way))
}

export function importWish(place: string, over: Partial<ImportWish> = {}): ImportWish {
  return { place, format: 'auto', options: {}, imageFolders: [], missing: 'skip', labelMap: {}, dryRun: false, ...over }
}

/** Out into a new folder below `folder`. */
export async function sendOut(project: Project, way: Way, folder: string, { states = ['accepted', 'proposed'], allowIncomplete = true }: Sending = {}): Promise<ProjectExport> {
  const out = join(mkdtempSync(join(folder, `${way.format}-`)), exportFormat(way.format).output === 'file' ? 'out.csv' : 'out')
  return exportProject(project, { format: way.format, out, states, labels: null, options: way.options, allowIncomplete })
}

/** By its content, or where that fits two formats by name, as a person would say; `from` knows where pictures are that the format leaves where they are. */
export async function bringIn(project: Project, place: string, way: Way, from: Project, missing: ImportWish['missing'] = 'skip'): Promise<ImportReport> {
  const imageFolders = from.sources.list().map(({ root }) => root)
  const wish = importWish(place, { options: exportFormat(way.format).readOptions?.(optionsOf(way)) ?? {}, imageFolders, missing })
  try {
    return await importDataset(project, wish)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'ambiguous-dataset') throw error
    expect(String(error.details?.['choices']).split(',')).toContain(way.format)
    return importDataset(project, { ...wish, format: way.format })
  }
}

/** null where the export holds no image: then there is nothing to read. */
export async function trip(project: Project, way: Way, folder: string, sending: Sending = {}): Promise<Trip | null> {
  const written = await sendOut(project, way, folder, sending)
  if (written.images === 0) return null
  const into = await openProject(join(mkdtempSync(join(folder, 'project-')), 'p.marquee'), { create: true })
  try {
    return { project: into, written, read: await bringIn(into, written.path, way, project, sending.missing), out: written.path }
  } catch (error) {
    into.close()
    throw error
  }
}

/** How an image is known again under whatever name. */
type KeyOf = (image: StoredImage, project: Project) => string
const byPicture: KeyOf = (image, project) => readFileSync(project.images.fileOf(image), 'latin1')
/** Where the last words of all names differ, and pictures may be missing or the same: folders may become part of a name. */
export const byLastWord: KeyOf = ({ path }) => parse(path).name.split('_').at(-1)!

function imagesOf(project: Project, keyOf: KeyOf): Map<string, StoredImage> {
  return new Map([...project.images.iterate()].map((image) => [keyOf(image, project), image]))
}

/**
 * Every object that was asked for is in the other project as far as the format holds it, or is explained; nothing else is.
 * It is the check of an export, with the new project in the place of the reader.
 */
export async function expectHeld(before: Project, way: Way, { project: after, written, read }: Trip, keyOf: KeyOf = byPicture): Promise<void> {
  const skipped = written.skipped.reduce((sum, { objects }) => sum + objects, 0)
  const count = Object.values(written.annotations).reduce((sum, objects) => sum + objects, 0)
  expect({ asked: written.asked, left: read.objects.leftOut }).toEqual({ asked: count + skipped, left: 0 })
  expect(read.problems.filter(({ objects }) => objects > 0)).toEqual([])
  expect(read.format).toBe(way.format)
  const found = imagesOf(after, keyOf)
  const names = new Map<ImageId, string>([...imagesOf(before, keyOf)].flatMap(([key, { id }]) => (found.has(key) ? [[id, found.get(key)!.path]] : [])))
  expect(names.size).toBe(written.images)
  const labels = new Map(before.labels.list().map(({ id, name }) => [id, name]))
  await verifyExport(written.path, {
    format: readerOf(after),
    readOptions: {},
    holds: holdsOf(way),
    names,
    report: written,
    original: (id) => ({ image: before.images.get(id), file: '', annotations: () => before.annotations.load(id).annotations }),
    labelOf: ({ labelId }) => labels.get(labelId)!,
  })
}

/** Gives the objects of a project as a reader gives those of a file. */
function readerOf(project: Project): ImportFormat {
  const images = [...project.images.iterate()].map(({ id, path, width, height }) => ({ path, file: null, size: { width, height }, split: null, source: null, objects: objectsOf(project, id) }))
  return { id: 'project', name: 'A project', options: [], detect: () => Promise.resolve(null), open: () => Promise.resolve({ labels: [], source: null, images: () => images }) }
}

export function objectsOf(project: Project, id: ImageId): DatasetObject[] {
  const names = new Map(project.labels.list().map((label) => [label.id, label.name]))
  return project.annotations.load(id).annotations.map((one) => ({ ...one, label: names.get(one.labelId)!, place: one.id }))
}

/** Objects in an order that only what they are decides. */
const inAnyOrder = (a: DatasetObject, b: DatasetObject) => (orderKey(a) < orderKey(b) ? -1 : 1)
const orderKey = ({ label, box, attributes }: DatasetObject) => JSON.stringify([label, Object.values(box).map((edge) => edge.toFixed(3)), attributes])

/** All that can be said of the objects of each picture; numbers as `edge` gives them. */
export function saidOf(project: Project, edge: (pixels: number) => unknown = (pixels) => pixels): Map<string, object[]> {
  const said = ({ box, mask, polygon, label, iscrowd, difficult, truncated, occluded, score, group, attributes }: DatasetObject) => ({
    box: [box.x0, box.y0, box.x1, box.y1].map(edge), mask, polygon: polygon && polygon.map((ring) => ring.map(edge)), label, iscrowd, difficult, truncated, occluded, score, group, attributes,
  })
  return new Map([...imagesOf(project, byPicture)].map(([picture, { id }]) => [picture, objectsOf(project, id).sort(inAnyOrder).map(said)]))
}

/** As YOLO's eight decimals move an edge from one trip to the next. */
export const nearly = (pixels: number): unknown => expect.closeTo(pixels, 5)
