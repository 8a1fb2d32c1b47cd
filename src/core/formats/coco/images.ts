/** The images that one or several COCO files speak of, each once, and where their pictures are. */
import { setImmediate } from 'node:timers/promises'
import { basename } from 'node:path/posix'
import { throwIfAborted } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'
import type { DatasetImage, DatasetObject, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import type { JsonPlace } from '../common/json/jsonScan.ts'
import { omit } from '../common/omit.ts'
import { frameOf, upright } from '../common/upright.ts'
import { idKey } from './document.ts'
import type { CocoDocument, CocoId, CocoRecord } from './document.ts'
import { imagePaths } from './imagePath.ts'
import { isId } from './labels.ts'
import { CocoPictures } from './pictures.ts'

/** What one file says about an image: its record (null where only annotations name it) and the id they name it by. */
export interface ImagePart {
  readonly document: CocoDocument
  readonly id: CocoId | null
  readonly place: JsonPlace | null
}

interface Entry {
  readonly path: string
  readonly parts: ImagePart[]
  /** Known from an earlier import. */
  readonly size: Size | null
}

/** Where the objects of an image come from. */
export interface ObjectMaker {
  objectsOf(parts: readonly ImagePart[], size: Size): readonly DatasetObject[] | Promise<readonly DatasetObject[]>
  /** How many records there are for it. */
  countOf(parts: readonly ImagePart[]): number
}

const MAX_SIDE = 2 ** 20
/** The host breathes after so many images. */
const BREATH = 64

export class CocoImages {
  private readonly context: ReadContext
  private readonly entries: Entry[] = []
  private readonly byPath = new Map<string, Entry>()
  private readonly pictures: CocoPictures

  private constructor(pictures: CocoPictures, context: ReadContext) {
    this.pictures = pictures
    this.context = context
  }

  static async of(files: DatasetFiles, context: ReadContext): Promise<CocoImages> {
    return new CocoImages(await CocoPictures.of(files, context), context)
  }

  /** Takes the images of a file, those whose ids are wanted, and returns their ids. */
  add(document: CocoDocument, isWanted: (id: CocoId | null) => boolean = () => true): Set<CocoId> {
    const ids = new Set<CocoId>()
    for (const { place, id: scanned } of document.images) {
      const record = document.record(place)
      const where = scanned === null ? `image at byte ${place.start}` : `image ${scanned}`
      if (typeof record === 'string') this.problem(document, where, record)
      else if (isWanted(scanned && idKey(scanned))) {
        const literal = document.remarkOn(record)
        if (literal !== null) this.problem(document, where, literal)
        this.addImage(document, record, place, scanned, where, ids)
      }
    }
    return ids
  }

  /** Looks for the images of annotations that no record names, and tells what is left. */
  addOrphans(document: CocoDocument, ids: ReadonlySet<CocoId>): void {
    for (const id of document.imageIds()) {
      if (ids.has(id)) continue
      const known = this.context.known?.image('coco', id)
      if (known) this.addPart(known.path, { document, id, place: null }, known.size)
      else this.problem(document, `image_id ${id}`, 'no image that can be read has this id', document.countOf(id))
    }
    for (const record of document.annotationsWithoutImage(this.context)) {
      this.problem(document, isId(record['id']) ? `annotation ${record['id']}` : 'annotations', 'has no image_id', 1)
    }
  }

  get count(): number {
    return this.entries.length
  }

  /** An image that was found by other means than a record. */
  addPart(path: string, part: ImagePart, size: Size | null): void {
    const before = this.byPath.get(path)
    if (before) before.parts.push(part)
    else this.addEntry({ path, parts: [part], size })
  }

  async *images(maker: ObjectMaker): AsyncGenerator<DatasetImage> {
    for (const [index, entry] of this.entries.entries()) {
      throwIfAborted(this.context.signal)
      if (index % BREATH === BREATH - 1) await setImmediate()
      const image = await this.read(entry, maker)
      if (image) yield image
    }
  }

  private addImage(document: CocoDocument, record: CocoRecord, place: JsonPlace, scanned: CocoId | null, where: string, ids: Set<CocoId>): void {
    const [path] = namesOf(record)
    if (path === undefined) return this.problem(document, where, 'has neither a file_name nor a URL')
    const given = scanned ?? (isId(record['id']) ? record['id'] : null)
    const isTwice = given !== null && ids.has(idKey(given))
    if (given === null) this.problem(document, where, 'has no id; no annotation can name it')
    if (isTwice) this.problem(document, where, `is the id of two images; the annotations went to the first one, not to ${path}`)
    const part = { document, place, id: isTwice ? null : given }
    if (part.id !== null) ids.add(idKey(part.id))
    const before = this.byPath.get(path)
    if (!before) return this.addEntry({ path, parts: [part], size: null })
    if (!before.parts.some((other) => other.document === document)) {
      if (!this.pictures.isElsewhere(before.parts[0]!.document, document, path)) return void before.parts.push(part)
      return this.addPart(`${document.split ?? basename(document.path, '.json')}/${path}`, part, null)
    }
    this.problem(document, where, `has the file_name of another image, ${path}; both came in as one image`)
    before.parts.push(part)
  }

  private addEntry(entry: Entry): void {
    this.entries.push(entry)
    this.byPath.set(entry.path, entry)
  }

  private async read({ path, parts, size: known }: Entry, maker: ObjectMaker): Promise<DatasetImage | null> {
    const { document, id, place } = parts[0]!
    const read = place && document.record(place)
    const record = typeof read === 'string' || read === null ? {} : read
    const declared = known ?? sizeOf(record['width'], record['height'])
    const found = await this.pictures.find(document, place ? namesOf(record) : [path])
    const frame = frameOf(found?.image ?? null, declared)
    const where = `image ${String(id)}`
    if (!frame) {
      this.problem(document, where, `${path} was not found and has no width and height; point at the folder of the images`, maker.countOf(parts))
      return null
    }
    const { size } = frame
    if (declared && (declared.width !== size.width || declared.height !== size.height)) {
      const turned = declared.width === size.height && declared.height === size.width ? ' (the picture is stored turned)' : ''
      this.problem(document, where, `is ${declared.width} x ${declared.height} here, but its file ${size.width} x ${size.height}${turned}; coordinates were kept as they are`)
    }
    const source = { ...omit(record, 'file_name', 'width', 'height'), format: 'coco', ...(id !== null && { id }) }
    const isDecoded = found !== null && found.index > 0 && !this.byPath.has(found.name)
    const objects = await maker.objectsOf(parts, size)
    const image = { path: isDecoded ? found.name : path, file: found?.image.file ?? null, size, split: document.split, source, objects }
    return upright(image, frame, (reason) => this.problem(document, where, reason))
  }

  private problem({ path }: CocoDocument, place: string, reason: string, objects = 0): void {
    this.context.problem({ file: path, place, reason, objects })
  }
}

/** The annotations that the files of an image hold for it. */
export function countRecords(parts: readonly ImagePart[]): number {
  return parts.reduce((sum, { document, id }) => sum + (id === null ? 0 : document.countOf(id)), 0)
}

function namesOf(record: CocoRecord): readonly string[] {
  for (const key of ['file_name', 'coco_url', 'flickr_url', 'path', 'url']) {
    const name = record[key]
    const paths = typeof name === 'string' ? imagePaths(name.trim()) : []
    if (paths.length > 0) return paths
  }
  return []
}

function sizeOf(width: unknown, height: unknown): Size | null {
  const isSide = (side: unknown): side is number => Number.isInteger(side) && (side as number) > 0 && (side as number) <= MAX_SIDE
  return isSide(width) && isSide(height) ? { width, height } : null
}
