/** Brings another tool's dataset into a project: one act with a number, that can be told, repeated and taken back. */
import * as crypto from 'node:crypto'
import { basename, dirname, join, resolve } from 'node:path'
import { throwIfAborted } from '../../../shared/errors.ts'
import { EMPTY_CHANGES } from '../../../shared/changes.ts'
import { boxArea } from '../../../shared/geometry.ts'
import type { Size } from '../../../shared/geometry.ts'
import type { Annotation, AnnotationId, ImageId, Label, LabelId } from '../../../shared/model.ts'
import type { Dataset, DatasetImage, DatasetObject, ImportFormat, ReadContext } from '../../formats/dataset.ts'
import type { DatasetFiles } from '../../formats/common/files/datasetFiles.ts'
import { nameSaid } from '../../formats/common/files/layoutName.ts'
import { givenOptions } from '../../formats/common/givenOptions.ts'
import { EXPORT_FORMATS } from '../../formats/index.ts'
import { geometryHash, keptGeometry } from '../../formats/kept.ts'
import type { Holds } from '../../formats/source.ts'
import type { StoredImage } from '../../store/images.ts'
import type { KnownObject } from '../../store/imports.ts'
import type { Project } from '../../store/project.ts'
import { alreadyThere } from './alreadyThere.ts'
import { ImageFinder } from './imageFinder.ts'
import { ImageMatcher } from './imageMatcher.ts'
import type { Match } from './imageMatcher.ts'
import { ImportCounts } from './importReport.ts'
import type { ImportReport } from './importReport.ts'
import { knownIds } from './knownIds.ts'
import { likeName } from './likeNames.ts'
import { openPlace } from './place.ts'
import { recognise } from './recognise.ts'
import { broughtBefore } from './renamedLabels.ts'

export interface ImportWish {
  /** A file or folder. */
  readonly place: string
  /** Id of a format, or 'auto'. */
  readonly format: string
  /** Options of the format, as it names them. */
  readonly options: Readonly<Record<string, string>>
  /** Further folders to look for pictures in. */
  readonly imageFolders: readonly string[]
  /** Images whose file is not found: left out with their objects, or stored without a picture. */
  readonly missing: 'skip' | 'keep'
  /** Names of the dataset and the label they become. */
  readonly labelMap: Readonly<Record<string, string>>
  /** Reads and counts, and writes nothing. */
  readonly dryRun: boolean
}

export interface ImportJob {
  readonly signal?: AbortSignal
  /** Called now and then with the images done. */
  readonly onImages?: (done: number) => void
}

/** Images that are looked at side by side. */
const SIDE_BY_SIDE = 64
/** Images stored in one transaction: each has to wait for the disk. */
const STORED_AT_ONCE = 16 * SIDE_BY_SIDE

/**
 * @throws AppError not-found, invalid-argument (an option the format has not), invalid-dataset, ambiguous-dataset (details.option and .choices say what to ask), and
 * cancelled, disk-full: what came in until then stays, and the same import again adds only the rest
 */
export async function importDataset(project: Project, wish: ImportWish, job: ImportJob = {}): Promise<ImportReport> {
  const { files, release } = await openPlace(wish.place, wish.dryRun ? null : project.file, job.signal)
  try {
    return await importFiles(project, files, wish, job)
  } finally {
    await release()
  }
}

async function importFiles(project: Project, files: DatasetFiles, wish: ImportWish, { signal, onImages }: ImportJob): Promise<ImportReport> {
  const format = await recognise(files, wish.format)
  const finder = await ImageFinder.over([picturesRoot(files), ...wish.imageFolders], project, signal)
  const counts = new ImportCounts()
  const { problem, see: seen } = counts
  const find = (path: string) => finder.find(path)
  const setAside = (paths: readonly string[]) => finder.setAside(paths.map((path) => join(files.root, path)))
  const context: ReadContext = { options: givenOptions(format, wish.options), find, setAside, seen, problem, known: knownIds(project), ...(signal && { signal }) }
  const dataset = await format.open(files, context)
  const work = new ImportWork(project, wish, counts, new ImageMatcher(project, finder, wish.missing === 'keep' ? files.root : null))
  try {
    work.begin(format)
    work.declare(dataset)
    for await (const batch of inBatches(dataset.images())) {
      throwIfAborted(signal)
      await work.take(batch)
      onImages?.(counts.images.total)
    }
    counts.explainAlike(format.name)
    counts.explainRest(format.name)
    return work.end(dataset)
  } finally {
    await dataset.close?.()
  }
}

/** Annotation files that lie in a folder of their own have their pictures beside it. */
function picturesRoot(files: DatasetFiles): string {
  const isBeside = files.named !== null && /^(annotations?|labels?|json)$/i.test(basename(files.root))
  return isBeside ? dirname(files.root) : files.root
}

async function* inBatches(images: AsyncIterable<DatasetImage> | Iterable<DatasetImage>): AsyncGenerator<DatasetImage[]> {
  let batch: DatasetImage[] = []
  for await (const image of images) {
    if (batch.push(image) < STORED_AT_ONCE) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

class ImportWork {
  readonly #project: Project
  readonly #wish: ImportWish
  readonly #counts: ImportCounts
  readonly #matcher: ImageMatcher
  /** Label id by name in the project; 0 for one that a dry run would make. */
  readonly #labels: Map<string, LabelId>
  readonly #before: ReadonlySet<string>
  readonly #made: LabelId[] = []
  /** Labels that an earlier import brought and that are not there under this name: made again only for a new object. */
  readonly #renamed = new Map<string, Pick<Label, 'name' | 'source'>>()
  readonly #map: ReadonlyMap<string, string>
  readonly #unmapped: Set<string>
  /** The dataset's path of each picture that is in, by its file or the id of its image. */
  readonly #taken = new Map<string | number, string>()
  #id: number | null = null
  #format = ''
  /** What an export in this format gives back; null where none is written. */
  #holds: Holds | null = null

  constructor(project: Project, wish: ImportWish, counts: ImportCounts, matcher: ImageMatcher) {
    this.#project = project
    this.#wish = wish
    this.#counts = counts
    this.#matcher = matcher
    this.#labels = new Map(project.labels.list().map(({ id, name }) => [name, id]))
    this.#before = new Set(this.#labels.keys())
    this.#map = new Map(Object.entries(wish.labelMap).map(([from, to]) => [plainName(from), plainName(to)]))
    this.#unmapped = new Set(this.#map.keys())
  }

  begin({ id: format }: ImportFormat): void {
    this.#format = format
    this.#holds = EXPORT_FORMATS.find((one) => one.id === format)?.holds({}) ?? null
    if (this.#wish.dryRun) return
    const { id, labels } = this.#project.imports.begin(format, resolve(this.#wish.place))
    this.#id = id
    this.#made.push(...labels)
  }

  /** Labels the dataset names come first and in its order, also those without objects. */
  declare({ labels }: Dataset): void {
    const wanted = labels.map(({ name, source }) => ({ name: this.#nameOf(name), source })).filter(({ name }) => name !== '')
    for (const { name } of wanted) if (!this.#counts.labels.has(name)) this.#counts.labels.set(name, 0)
    const isKnown = broughtBefore(this.#project, this.#format, resolve(this.#wish.place))
    const missing = wanted.filter(({ name }) => !this.#labels.has(name))
    for (const label of missing.filter(isKnown)) this.#renamed.set(label.name, label)
    this.#make(missing.filter(({ name }) => !this.#renamed.has(name)))
  }

  async take(batch: readonly DatasetImage[]): Promise<void> {
    const matches: Match[] = []
    for (let at = 0; at < batch.length; at += SIDE_BY_SIDE) {
      matches.push(...(await Promise.all(batch.slice(at, at + SIDE_BY_SIDE).map((image) => this.#matcher.match(image)))))
    }
    this.#project.transaction(() => {
      batch.forEach((image, n) => this.#takeImage(image, matches[n]!))
    })
  }

  end(dataset: Dataset): ImportReport {
    for (const name of this.#unmapped) {
      this.#counts.problem({ file: '', place: '', reason: `no label of the dataset is called "${name}", so nothing was given another`, objects: 0 })
    }
    const { images, seen, added, known, leftOut, problems } = this.#counts
    if (this.#id !== null) this.#project.imports.finish(this.#id, dataset.source)
    const labels = [...this.#counts.labels].map(([name, objects]) => {
      const isNew = !this.#before.has(name) && (objects > 0 || !this.#renamed.has(name))
      return { name, objects, isNew, like: isNew ? likeName(name, this.#before) : null }
    })
    return { id: this.#id, format: this.#format, place: this.#wish.place, images, labels, objects: { seen, added, known, leftOut }, problems }
  }

  #takeImage(image: DatasetImage, match: Match): void {
    this.#counts.image(match, this.#twice(image, match))
    if (match.kind === 'missing') {
      this.#counts.problem({ file: image.path, place: '', reason: match.why, objects: image.objects.length })
      return
    }
    if (match.kind === 'known' && match.refused) this.#counts.problem({ file: image.path, place: '', reason: match.refused, objects: 0 })
    if (this.#id === null) {
      this.#count(image, match)
    } else {
      const stored = this.#matcher.store(match, image.file)
      this.#taken.set(stored.id, image.path)
      const name = nameSaid(image.name ?? image.path, stored.path)
      this.#project.imports.recordImage(this.#id, { imageId: stored.id, split: image.split, name, source: image.source })
      this.#storeObjects(this.#id, image, stored, match.kind === 'new' && stored.revision === 0)
    }
  }

  /** Whether another image of the dataset is the same one of the project: then it has the objects of both, with words. */
  #twice(image: DatasetImage, match: Match): boolean {
    if (match.kind === 'missing') return false
    const file = match.kind === 'known' ? null : join(match.root, match.scanned.path)
    const keys = [...(file === null ? [] : [file]), ...(match.kind === 'new' ? [] : [match.image.id])]
    const other = keys.map((key) => this.#taken.get(key)).find((path) => path !== undefined)
    for (const key of keys) this.#taken.set(key, other ?? image.path)
    if (other === undefined) return false
    this.#counts.problem({ file: image.path, place: '', reason: `is the same picture as ${other}: one image has the objects of both`, objects: 0 })
    return true
  }

  /** What `#storeObjects` would do. */
  #count(image: DatasetImage, match: Exclude<Match, { kind: 'missing' }>): void {
    const stored = match.kind === 'new' ? null : match.image
    const fitting = this.#fitting(image, match.kind === 'known' ? match.image : match.scanned)
    for (const { object, known } of this.#met(fitting, stored, stored ? this.#project.annotations.load(stored.id).annotations : [])) {
      if (known) this.#counts.known++
      else this.#counts.take(object)
    }
  }

  /** `isEmpty`: nothing lies on the image and nothing ever did. */
  #storeObjects(importId: number, image: DatasetImage, stored: StoredImage, isEmpty: boolean): void {
    const { annotations, revision } = isEmpty ? { annotations: [], revision: 0 } : this.#project.annotations.load(stored.id)
    const above = Math.max(0, ...annotations.map(({ z }) => z))
    const added: Annotation[] = []
    for (const { object, print, known } of this.#met(this.#fitting(image, stored), isEmpty ? null : stored, annotations)) {
      if (known) {
        this.#counts.known++
        // Two datasets brought it: it stays until both are taken back.
        if (!known.isOfPlace) this.#project.imports.recordObject(importId, stored.id, { annotationId: known.annotationId, fingerprint: print })
        continue
      }
      const annotation = this.#annotationOf(object, stored.id, above)
      added.push(annotation)
      this.#project.imports.recordObject(importId, stored.id, { annotationId: annotation.id, fingerprint: print })
      this.#counts.take(object)
    }
    const reason = `import ${String(importId)}: ${this.#format}`
    this.#project.annotations.apply({ imageId: stored.id, baseRevision: revision, changes: { ...EMPTY_CHANGES, added }, actor: 'import', reason })
  }

  #annotationOf(object: DatasetObject, imageId: ImageId, above: number): Annotation {
    const { frame, box, mask, polygon, state, score, iscrowd, difficult, truncated, occluded, attributes, group, source } = object
    const id = newId() as AnnotationId
    const own = { id, imageId, labelId: this.#labelId(object.label), z: above + object.z, provenanceId: null, origin: 'imported' } as const
    return { ...own, frame, box, mask, polygon, state, score, iscrowd, difficult, truncated, occluded, attributes, group, source }
  }

  /** Under their label's name in the project; what can't be stored is explained. */
  *#fitting(image: DatasetImage, stored: Pick<StoredImage, 'width' | 'height'>): Generator<DatasetObject> {
    for (const object of image.objects) {
      const named = { ...object, label: this.#nameOf(object.label) }
      const reason = unfit(named, stored)
      const remark = object.remark ?? (boxArea(object.box) === 0 ? 'its box has no area' : undefined)
      if (reason === null && remark !== undefined) this.#counts.problem({ file: image.path, place: object.place, reason: remark, objects: 0 })
      if (reason === null) yield named
      else this.#counts.problem({ file: image.path, place: object.place, reason, objects: 1 })
    }
  }

  /** Each object with what it is in the project already; `stored`: null where nothing can be there. */
  #met(fitting: Iterable<DatasetObject>, stored: StoredImage | null, annotations: readonly Annotation[]): Iterable<Met> {
    const knownAs = this.#knownObjects(stored?.id ?? null)
    const met = [...fitting].map((object): Met => {
      const print = fingerprint(object)
      return { object, print, known: knownAs(print) }
    })
    const strange = met.filter(({ known }) => known === null).map(({ object }) => object)
    if (!stored || !this.#holds || strange.length === 0 || annotations.length === 0) return met
    const own = this.#id === null ? [] : this.#project.imports.objects(this.#id, stored.id)
    const taken = new Set([...own, ...met.flatMap(({ known }) => known ?? [])].map(({ annotationId }) => annotationId))
    const names = new Map([...this.#labels].map(([name, id]) => [id, name]))
    const present = { image: stored, annotations, labelOf: ({ labelId }: Annotation) => names.get(labelId)!, isFree: ({ id }: Annotation) => !taken.has(id) }
    const same = alreadyThere(strange, present, this.#holds)
    this.#counts.alike += same.size
    return met.map((one) => (same.has(one.object) ? { ...one, known: { annotationId: same.get(one.object)!, fingerprint: one.print, isOfPlace: false } } : one))
  }

  /** Gives for one object after another what an earlier import brought; twins count as often as they came. */
  #knownObjects(imageId: ImageId | null): (print: string) => KnownObject | null {
    const left = imageId === null ? null : this.#project.imports.known(imageId, resolve(this.#wish.place))
    return (print) => left?.get(print)?.pop() ?? null
  }

  #nameOf(name: string): string {
    const plain = plainName(name)
    this.#unmapped.delete(plain)
    return this.#map.get(plain) ?? plain
  }

  #labelId(name: string): LabelId {
    if (!this.#labels.has(name)) this.#make([this.#renamed.get(name) ?? { name, source: null }])
    return this.#labels.get(name)!
  }

  /** New labels of the project. */
  #make(wanted: readonly Pick<Label, 'name' | 'source'>[]): void {
    const made = this.#wish.dryRun ? wanted.map(({ name }) => ({ name, id: 0 as LabelId })) : this.#project.labels.ensureAll(wanted)
    wanted.forEach(({ name }, n) => this.#labels.set(name, made[n]!.id))
    if (this.#id === null) return
    this.#made.push(...new Set(made.map(({ id }) => id)))
    this.#project.imports.setLabels(this.#id, this.#made)
  }
}

interface Met {
  readonly object: DatasetObject
  readonly print: string
  readonly known: KnownObject | null
}

/** Ids in the order they were made lie side by side in an index (RFC 9562); Node makes them since 24.16. */
const newId = Reflect.has(crypto, 'randomUUIDv7') ? crypto.randomUUIDv7 : crypto.randomUUID

function plainName(name: string): string {
  return name.trim().normalize('NFC')
}

/** Why an object can't be stored, or null. */
function unfit({ label, box, mask, score }: DatasetObject, image: Size): string | null {
  if (label === '') return 'it has no label'
  const isPlace = [box.x0, box.y0, box.x1, box.y1].every((edge) => Math.abs(edge) <= 1e9) && box.x0 <= box.x1 && box.y0 <= box.y1
  if (!isPlace) return 'its box is no place on an image'
  if (score !== null && !(score >= 0 && score <= 1)) return `its score ${String(score)} is not from 0 to 1`
  if (!mask || image.width === 0 || (mask.size[0] === image.height && mask.size[1] === image.width)) return null
  return `its mask is ${mask.size[1]} x ${mask.size[0]}, but the picture ${image.width} x ${image.height}; was the picture turned or scaled since?`
}

/** What makes it the same object when the file is read again; readers that keep values have hashed its geometry already. */
function fingerprint(object: DatasetObject): string {
  return (keptGeometry(object) ?? geometryHash(object)) + object.label
}
