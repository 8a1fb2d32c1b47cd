/** Brings another tool's dataset into a project: one act with a number, that can be told, repeated and taken back. */
import * as crypto from 'node:crypto'
import { basename, dirname, join, resolve } from 'node:path'
import { throwIfAborted } from '../../../shared/errors.ts'
import { EMPTY_CHANGES } from '../../../shared/changes.ts'
import { boxArea } from '../../../shared/geometry.ts'
import type { Size } from '../../../shared/geometry.ts'
import type { Annotation, AnnotationId, ImageId } from '../../../shared/model.ts'
import type { Dataset, DatasetImage, DatasetObject, ImportFormat, ReadContext } from '../../formats/dataset.ts'
import type { DatasetFiles } from '../../formats/common/files/datasetFiles.ts'
import { nameSaid } from '../../formats/common/files/layoutName.ts'
import { givenOptions } from '../../formats/common/givenOptions.ts'
import type { StoredImage } from '../../store/images.ts'
import type { Project } from '../../store/project.ts'
import { ImageFinder } from './imageFinder.ts'
import { ImageMatcher } from './imageMatcher.ts'
import type { Match } from './imageMatcher.ts'
import { ImportLabels } from './importLabels.ts'
import { ImportCounts } from './importReport.ts'
import type { ImportReport } from './importReport.ts'
import { knownIds } from './knownIds.ts'
import { ObjectsMet } from './objectsMet.ts'
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
  const work = new ImportWork(project, format, wish, counts, new ImageMatcher(project, finder, wish.missing === 'keep' ? files.root : null))
  try {
    work.begin()
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
  readonly #labels: ImportLabels
  readonly #objects: ObjectsMet
  /** The dataset's path of each picture that is in, by its file or the id of its image. */
  readonly #taken = new Map<string | number, string>()
  #id: number | null = null
  readonly #format: string
  /** Absolute. */
  readonly #place: string

  constructor(project: Project, { id: format }: ImportFormat, wish: ImportWish, counts: ImportCounts, matcher: ImageMatcher) {
    this.#project = project
    this.#format = format
    this.#place = resolve(wish.place)
    this.#wish = wish
    this.#counts = counts
    this.#matcher = matcher
    this.#labels = new ImportLabels(project, wish.labelMap)
    this.#objects = new ObjectsMet(project, this.#place, format, this.#labels)
  }

  begin(): void {
    if (this.#wish.dryRun) return
    const act = this.#project.imports.begin(this.#format, this.#place)
    this.#id = act.id
    this.#labels.makeFor(act)
  }

  /** Labels the dataset names come first and in its order, also those without objects. */
  declare({ labels }: Dataset): void {
    const names = this.#labels.declare(labels, broughtBefore(this.#project, this.#format, this.#place))
    for (const name of names) if (!this.#counts.labels.has(name)) this.#counts.labels.set(name, 0)
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
    for (const name of this.#labels.unmapped) {
      this.#counts.problem({ file: '', place: '', reason: `no label of the dataset is called "${name}", so nothing was given another`, objects: 0 })
    }
    const { images, seen, added, known, leftOut, problems } = this.#counts
    if (this.#id !== null) this.#project.imports.finish(this.#id, dataset.source)
    const labels = this.#labels.told(this.#counts.labels)
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
    const annotations = stored ? this.#project.annotations.load(stored.id).annotations : []
    for (const met of this.#objects.met(fitting, stored && { image: stored, annotations }, null)) this.#counts.take(met)
  }

  /** `isEmpty`: nothing lies on the image and nothing ever did. */
  #storeObjects(importId: number, image: DatasetImage, stored: StoredImage, isEmpty: boolean): void {
    const { annotations, revision } = isEmpty ? { annotations: [], revision: 0 } : this.#project.annotations.load(stored.id)
    const above = Math.max(0, ...annotations.map(({ z }) => z))
    const added: Annotation[] = []
    for (const met of this.#objects.met(this.#fitting(image, stored), isEmpty ? null : { image: stored, annotations }, importId)) {
      const { object, print, known } = met
      this.#counts.take(met)
      if (known) {
        // Two datasets brought it: it stays until both are taken back.
        if (!known.isOfPlace) this.#project.imports.recordObject(importId, stored.id, { annotationId: known.annotationId, fingerprint: print })
        continue
      }
      const annotation = this.#annotationOf(object, stored.id, above)
      added.push(annotation)
      this.#project.imports.recordObject(importId, stored.id, { annotationId: annotation.id, fingerprint: print })
    }
    const reason = `import ${String(importId)}: ${this.#format}`
    this.#project.annotations.apply({ imageId: stored.id, baseRevision: revision, changes: { ...EMPTY_CHANGES, added }, actor: 'import', reason })
  }

  #annotationOf(object: DatasetObject, imageId: ImageId, above: number): Annotation {
    const { frame, box, mask, polygon, state, score, iscrowd, difficult, truncated, occluded, attributes, group, source } = object
    const id = newId() as AnnotationId
    const own = { id, imageId, labelId: this.#labels.idOf(object.label), z: above + object.z, provenanceId: null, origin: 'imported' } as const
    return { ...own, frame, box, mask, polygon, state, score, iscrowd, difficult, truncated, occluded, attributes, group, source }
  }

  /** Under their label's name in the project; what can't be stored is explained. */
  *#fitting(image: DatasetImage, stored: Pick<StoredImage, 'width' | 'height'>): Generator<DatasetObject> {
    for (const object of image.objects) {
      const named = { ...object, label: this.#labels.nameOf(object.label) }
      const reason = unfit(named, stored)
      const remark = object.remark ?? (boxArea(object.box) === 0 ? 'its box has no area' : undefined)
      if (reason === null && remark !== undefined) this.#counts.problem({ file: image.path, place: object.place, reason: remark, objects: 0 })
      if (reason === null) yield named
      else this.#counts.problem({ file: image.path, place: object.place, reason, objects: 1 })
    }
  }
}

/** Ids in the order they were made lie side by side in an index (RFC 9562); Node makes them since 24.16. */
const newId = Reflect.has(crypto, 'randomUUIDv7') ? crypto.randomUUIDv7 : crypto.randomUUID

/** Why an object can't be stored, or null. */
function unfit({ label, box, mask, score }: DatasetObject, image: Size): string | null {
  if (label === '') return 'it has no label'
  const isPlace = [box.x0, box.y0, box.x1, box.y1].every((edge) => Math.abs(edge) <= 1e9) && box.x0 <= box.x1 && box.y0 <= box.y1
  if (!isPlace) return 'its box is no place on an image'
  if (score !== null && !(score >= 0 && score <= 1)) return `its score ${String(score)} is not from 0 to 1`
  if (!mask || image.width === 0 || (mask.size[0] === image.height && mask.size[1] === image.width)) return null
  return `its mask is ${mask.size[1]} x ${mask.size[0]}, but the picture ${image.width} x ${image.height}; was the picture turned or scaled since?`
}
