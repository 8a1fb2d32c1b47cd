/** One COCO JSON file, walked once: where its images and annotations stand, and which image each annotation belongs to. */
import type { FileHandle } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'
import type { ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { GroupedPlaces } from '../common/json/groupedPlaces.ts'
import { lineOf, scanJson } from '../common/json/jsonScan.ts'
import type { ElementKind, FollowedIds, JsonPlace, OnElement } from '../common/json/jsonScan.ts'
import { JsonSlices, LARGEST_RECORD } from '../common/json/jsonSlices.ts'
import { idIn, literalRemark, parseLoose } from '../common/json/looseJson.ts'
import { splitOf } from './recognize.ts'
import { RepeatedIds } from './repeatedIds.ts'

export type CocoId = number | string
export type CocoRecord = Readonly<Record<string, unknown>>

/** Ids that are written once as a number and once as text are the same id. */
export function idKey(id: CocoId): CocoId {
  return typeof id === 'string' && String(Number(id)) === id && Number.isSafeInteger(Number(id)) ? Number(id) : id
}

/** A record that is there but can't be taken apart. */
interface BadRecord {
  readonly name: string
  readonly reason: string
}

function annotationName(id: CocoId | null, start: number): string {
  return id === null ? `annotation at byte ${start}` : `annotation ${id}`
}

/** Annotations whose image the walk could not tell. */
const NO_IMAGE = 0

export class CocoDocument {
  readonly path: string
  readonly split: string | null
  readonly slices: JsonSlices
  readonly categories: JsonPlace[] = []
  readonly images: { readonly place: JsonPlace; readonly id: CocoId | null }[] = []
  readonly members = new Map<string, JsonPlace>()
  readonly bad: BadRecord[] = []
  /** Elements of lists that are no objects at all: told together, because a damaged file may hold nothing else. */
  private readonly strange = new Map<string, { readonly first: number; readonly count: number }>()
  private readonly repeated = new RepeatedIds()
  /** Annotations met, bad ones too. */
  annotations = 0
  /** The largest whole numbers used as ids. */
  readonly largest = { image: 0, annotation: 0 }
  private readonly handle: FileHandle
  /** NaN or Infinity, by the record that holds it. */
  private readonly literals = new WeakMap<object, string>()
  private readonly places = new GroupedPlaces()
  private readonly groups = new Map<CocoId, number>()

  private constructor(path: string, handle: FileHandle) {
    this.path = path
    this.split = splitOf(path)
    this.handle = handle
    this.slices = new JsonSlices(handle)
  }

  /**
   * Walks the file; annotations are told as seen, and what is wrong with the file as a problem.
   * @throws AppError invalid-dataset where nothing of it can be read
   */
  static async open(files: DatasetFiles, path: string, context: ReadContext): Promise<CocoDocument> {
    const document = new CocoDocument(path, await files.open(path))
    try {
      await document.scan(context)
    } catch (error) {
      await document.close()
      throw error
    }
    return document
  }

  close(): Promise<void> {
    return this.handle.close()
  }

  private async scan(context: ReadContext): Promise<void> {
    const sinks: Readonly<Record<string, OnElement | undefined>> = {
      __proto__: null as never,
      annotations: (start, length, ids, kind) => this.addAnnotation({ start, length }, ids, kind),
      images: (start, length, [id = null], kind) => (kind === 'object' ? this.addImage({ start, length }, id) : this.addStrange('images', start)),
      categories: (start, length, _ids, kind) => (kind === 'object' ? void this.categories.push({ start, length }) : this.addStrange('categories', start)),
    }
    // A list of results is a list of annotations without anything around it.
    let hasLists = false
    const elementsOf = (key: string | null) => {
      const onElement = sinks[key ?? 'annotations']
      if (key === null || key === 'annotations' || key === 'images') hasLists = true
      return onElement ?? null
    }
    const member = (key: string, place: JsonPlace) => {
      if (!sinks[key]) this.members.set(key, place)
    }
    const damage = await scanJson(this.handle, { elementsOf, member }, ['id', 'image_id'], context.signal)
    context.seen(this.annotations)
    if (!damage && !hasLists) throw new AppError('invalid-dataset', `${this.path} lists neither images nor annotations; it is no COCO file.`, { path: this.path })
    if (damage) {
      const line = await lineOf(this.handle, damage.offset)
      const place = `line ${line}, byte ${damage.offset}`
      const isEmpty = this.annotations + this.images.length === 0
      if (isEmpty) throw new AppError('invalid-dataset', `${this.path} can't be read as JSON: ${damage.reason} (${place}).`, { path: this.path, line })
      context.problem({ file: this.path, place, reason: `is damaged: ${damage.reason}; what stands before was read`, objects: 0 })
    }
    for (const [list, { first, count }] of this.strange) {
      const place = `${list} at byte ${first}${count > 1 ? ` and ${count - 1} more` : ''}`
      context.problem({ file: this.path, place, reason: 'is no record', objects: list === 'annotations' ? count : 0 })
    }
    for (const { name, reason } of this.bad) context.problem({ file: this.path, place: name, reason, objects: 1 })
    for (const problem of this.repeated.problems(this.path)) context.problem(problem)
  }

  private addAnnotation({ start, length }: JsonPlace, [id = null, image = null]: FollowedIds, kind: ElementKind): void {
    this.annotations++
    if (id !== null) this.repeated.see(idKey(id))
    if (typeof id === 'number' && Number.isSafeInteger(id) && id > this.largest.annotation) this.largest.annotation = id
    if (kind === 'other') this.addStrange('annotations', start)
    else if (kind === 'deep') this.bad.push({ name: annotationName(id, start), reason: 'is nested too deeply' })
    else if (length > LARGEST_RECORD) this.bad.push({ name: annotationName(id, start), reason: `is ${length} bytes large, which no annotation is` })
    else this.places.add(image === null ? NO_IMAGE : this.groupOf(image), start, length)
  }

  private addStrange(list: string, start: number): void {
    const { first, count } = this.strange.get(list) ?? { first: start, count: 0 }
    this.strange.set(list, { first, count: count + 1 })
  }

  private addImage(place: JsonPlace, id: CocoId | null): void {
    if (typeof id === 'number' && Number.isSafeInteger(id) && id > this.largest.image) this.largest.image = id
    this.images.push({ place, id })
  }

  private groupOf(id: CocoId): number {
    const key = idKey(id)
    const known = this.groups.get(key)
    if (known !== undefined) return known
    const group = this.groups.size + 1
    this.groups.set(key, group)
    return group
  }

  /** Ids of images that annotations name. */
  imageIds(): Iterable<CocoId> {
    return this.groups.keys()
  }

  countOf(image: CocoId): number {
    return [...this.places.of(this.groups.get(idKey(image)) ?? -1)].length
  }

  /** The annotations of an image, parsed; those that are not JSON are told as problems. */
  *annotationsOf(image: CocoId, context: ReadContext): Generator<CocoRecord> {
    yield* this.recordsOf(this.groups.get(idKey(image)) ?? -1, context)
  }

  /** Annotations whose image the walk could not tell: without `image_id`, or with it written in escapes. */
  *annotationsWithoutImage(context: ReadContext): Generator<CocoRecord> {
    yield* this.recordsOf(NO_IMAGE, context)
  }

  private *recordsOf(group: number, context: ReadContext): Generator<CocoRecord> {
    for (const [start, length] of this.places.of(group)) {
      const record = this.record({ start, length })
      if (typeof record === 'string') context.problem({ file: this.path, place: this.nameOf({ start, length }), reason: record, objects: 1 })
      else yield record
    }
  }

  /** Of an annotation that can't be parsed. */
  private nameOf({ start, length }: JsonPlace): string {
    try {
      return annotationName(idIn(this.slices.text(start, length)), start)
    } catch {
      return annotationName(null, start)
    }
  }

  /** The object at a place, or in words why it is none; `remarkOn` says what was not JSON in it. */
  record(place: JsonPlace): CocoRecord | string {
    const value = this.value(place)
    if (value instanceof Error) return value.message
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as CocoRecord) : 'is not an object'
  }

  /** What a record holds that is not JSON and was read all the same, in words; null where nothing. */
  remarkOn(record: CocoRecord): string | null {
    const literal = this.literals.get(record)
    return literal === undefined ? null : literalRemark(literal)
  }

  /** The value at a place, or an error in words. */
  value({ start, length }: JsonPlace): unknown {
    try {
      const { value, literal } = parseLoose(this.slices.text(start, length))
      if (literal !== null && typeof value === 'object' && value !== null) this.literals.set(value, literal)
      return value
    } catch (error) {
      return new Error(`is not valid JSON: ${(error as Error).message.replace(/, ".*$/s, '')}`)
    }
  }
}
