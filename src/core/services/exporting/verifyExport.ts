/**
 * Reads an export again with the format's own reader, which shares no code with its writer, and compares every object
 * with the project: counts by label, boxes, masks. An export that is not what it should be is never put in place.
 */
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import type { Annotation, Image, ImageId } from '../../../shared/model.ts'
import type { DatasetImage, ImportFormat, ImportProblem } from '../../formats/dataset.ts'
import { DatasetFiles } from '../../formats/common/files/datasetFiles.ts'
import type { ExportReport, Holds, WrittenNames } from '../../formats/source.ts'
import { isSame } from '../../../shared/changes.ts'
import { Changes } from './changes.ts'
import type { ExportChange } from './changes.ts'
import { compareShapes, heldOf, shapeOf, visibleParts } from './compareImage.ts'
import type { Comparison, Pair, Shape } from './compareImage.ts'

/** The project's side of the comparison. */
export interface Original {
  readonly image: Image
  readonly file: string
  /** As they were given to the writer; read when asked for. */
  readonly annotations: () => readonly Annotation[]
}

export interface Verification {
  readonly images: number
  readonly objects: number
  readonly boxes: { readonly compared: number; readonly exact: number; /** Pixels. */ readonly largestMove: number }
  readonly masks: { readonly compared: number; readonly exact: number; readonly smallestIou: number; readonly meanIou: number }
  /** What is not as in the project, as it was found. */
  readonly changes: readonly ExportChange[]
}

export interface VerifyWish {
  readonly format: ImportFormat
  readonly readOptions: Readonly<Record<string, string>>
  readonly holds: Holds
  readonly names: WrittenNames
  readonly report: ExportReport
  readonly original: (id: ImageId) => Original
  readonly labelOf: (annotation: Annotation) => string
  readonly signal?: AbortSignal
}

/** Moves smaller than this are numbers written in decimals. */
const ROUNDING = 1e-6

/** @throws AppError export-failed naming the first things that differ */
export async function verifyExport(written: string, wish: VerifyWish): Promise<Verification> {
  const check = new Check(wish)
  const files = await DatasetFiles.at(written)
  const dataset = await wish.format.open(files, {
    options: wish.readOptions,
    find: (path) => Promise.resolve(check.pictureOf(path)),
    seen: () => undefined,
    problem: check.problem,
    known: check,
    ...(wish.signal && { signal: wish.signal }),
  })
  try {
    for await (const image of dataset.images()) {
      throwIfAborted(wish.signal)
      check.compare(image)
    }
  } finally {
    await dataset.close?.()
  }
  return check.result()
}

class Check {
  readonly #wish: VerifyWish
  readonly #idOf = new Map<string, ImageId>()
  readonly #unread = new Set<ImageId>()
  readonly #wrong: string[] = []
  readonly #found = new Map<string, number>()
  readonly #changes = new Changes()
  /** Objects the report says are left out, by path of the image; two sources may have images of one path. */
  readonly #leftOut = new Map<string, number>()
  #images = 0
  #boxes = { compared: 0, exact: 0, largestMove: 0 }
  #masks = { compared: 0, exact: 0, smallestIou: 1, sum: 0 }

  constructor(wish: VerifyWish) {
    this.#wish = wish
    for (const { image, objects } of wish.report.skipped) this.#leftOut.set(image, (this.#leftOut.get(image) ?? 0) + objects)
    for (const [id, name] of wish.names) {
      this.#idOf.set(name, id)
      this.#unread.add(id)
    }
  }

  /** Formats that name images only by number number them as the project does. */
  image(_format: string, id: string | number) {
    const name = this.#wish.names.get(Number(id) as ImageId)
    return name === undefined ? null : { path: name, size: this.#wish.original(Number(id) as ImageId).image }
  }

  label(): null {
    return null
  }

  pictureOf(path: string) {
    const id = this.#idOf.get(path)
    if (id === undefined) return null
    const { file, image } = this.#wish.original(id)
    return { file, size: { width: image.width, height: image.height } }
  }

  problem = ({ file, place, reason, objects }: ImportProblem): void => {
    if (objects > 0) this.#wrong.push(`${file} ${place}: ${reason}`)
  }

  compare(image: DatasetImage): void {
    const id = this.#idOf.get(image.path)
    if (id === undefined) {
      this.#wrong.push(`${image.path}: not an image of this export`)
      return
    }
    this.#unread.delete(id)
    this.#images++
    const { image: original, annotations: given } = this.#wish.original(id)
    const { width, height } = original
    const annotations = given()
    const size = { width, height }
    const onPicture = annotations.filter(({ frame, mask }) => frame === 0 && (!mask || (mask.size[0] === height && mask.size[1] === width)))
    const expected = onPicture.map((annotation) => shapeOf(annotation, this.#wish.labelOf(annotation), size))
    const shapes = image.objects.map((object) => shapeOf(object, object.label, size))
    // A polygon may be held whole where masks are held as far as they are seen.
    const found = this.#wish.holds.masks === 'visible' ? visibleParts(shapes, original) : shapes
    for (const { label } of found) this.#found.set(label, (this.#found.get(label) ?? 0) + 1)
    const held = heldOf(expected, this.#wish.holds, original)
    const comparison = compareShapes(held, found)
    this.#judge(original, comparison)
    this.#countRegrouped(expected, held)
    this.#judgeAbsent(original, comparison.absent, annotations.length - onPicture.length)
  }

  /** What is not there has to be among what the report leaves out. `elsewhere`: objects it can't have on the picture. */
  #judgeAbsent({ path }: Image, absent: readonly Shape[], elsewhere: number): void {
    if (absent.length === 0) return
    const leftOut = (this.#leftOut.get(path) ?? 0) - elsewhere
    const isExplained = this.#wish.holds.objects === 'each' ? absent.length <= leftOut : leftOut > 0
    if (!isExplained) this.#wrong.push(`${path}: a "${absent[0]!.label}" is not in the export`)
  }

  #judge(image: Image, { pairs, strange }: Comparison): void {
    const { boxes, boxesOf, masks } = this.#wish.holds
    const allowedMove = (typeof boxes === 'function' ? boxes(image) : (boxes ?? Infinity)) + ROUNDING
    const allowedIou = typeof masks === 'number' ? masks : 1
    for (const { label } of strange) this.#wrong.push(`${image.path}: a "${label}" too many`)
    for (const pair of pairs) {
      const hasBox = boxes !== null && (boxesOf !== 'outline' || pair.expected.mask() === null)
      if (hasBox) this.#judgeBox(image, pair.expected.label, pair.boxMove, allowedMove)
      this.#judgeValues(image, pair)
      this.#countForms(pair)
      if (masks === null) continue
      const iou = pair.maskIou
      if (iou === null) {
        if (pair.expected.mask() !== null) this.#wrong.push(`${image.path}: the mask of a "${pair.expected.label}" is missing`)
      } else this.#judgeMask(image, pair.expected.label, iou, allowedIou)
    }
  }

  /** Objects that are parts of one, or one of many, say what the first says. */
  #judgeValues(image: Image, { expected, found }: Pair): void {
    if (this.#wish.holds.objects === 'per-label') return
    for (const value of this.#wish.holds.values) {
      const [mine, theirs] = [expected.values[value], found.values[value]]
      if (value === 'score' && mine === null && theirs !== null) {
        this.#changes.add(`objects had no score and have ${String(theirs)}`)
        continue
      }
      if (isSameValue(mine, theirs)) continue
      if (value === 'attributes' && isSame(trimmed(mine), trimmed(theirs))) this.#changes.add('attributes lose white space at their ends; empty descriptions are none')
      else {
        this.#wrong.push(`${image.path}: a "${expected.label}" has ${value} ${JSON.stringify(theirs)} instead of ${JSON.stringify(mine)}`)
      }
    }
  }

  /** What becomes of objects where a format holds other ones than the project. */
  #countRegrouped(expected: readonly Shape[], held: readonly Shape[]): void {
    const { objects } = this.#wish.holds
    if (objects === 'parts') this.#changes.add('parts of objects are objects of their own', held.length - expected.length)
    if (objects === 'per-label') this.#changes.add('objects are one with others of their label', expected.filter((shape) => shape.mask()).length - held.length)
    if (objects !== 'each') for (const { values } of expected) this.#changes.addLostValues(values, this.#wish.holds, this.#wish.format.name)
  }

  #countForms({ expected, found }: Pair): void {
    if (this.#wish.holds.objects === 'each') this.#changes.addLostValues(expected.values, this.#wish.holds, this.#wish.format.name)
    if (expected.isCut && !found.isCut) this.#changes.add('boxes that reach over the border end there')
    const [mine, theirs] = [expected.from, found.from]
    if (!mine || !theirs) return
    const hadShape = mine.polygon !== null || mine.mask !== null
    if (hadShape && !theirs.polygon && !theirs.mask) this.#changes.add('masks and outlines are boxes only')
    else if (mine.polygon && !theirs.polygon) this.#changes.add('drawn outlines are masks')
    else if (!mine.polygon && mine.mask && !theirs.mask) this.#changes.add('masks are outlines')
  }

  #judgeBox(image: Image, label: string, move: number, allowed: number): void {
    this.#boxes.compared++
    if (move <= ROUNDING) this.#boxes.exact++
    this.#boxes.largestMove = Math.max(this.#boxes.largestMove, move)
    if (move > allowed) this.#wrong.push(`${image.path}: the box of a "${label}" is off by ${move.toFixed(2)} pixels`)
  }

  #judgeMask(image: Image, label: string, iou: number, allowed: number): void {
    this.#masks.compared++
    if (iou === 1) this.#masks.exact++
    this.#masks.smallestIou = Math.min(this.#masks.smallestIou, iou)
    this.#masks.sum += iou
    if (iou < allowed) this.#wrong.push(`${image.path}: the mask of a "${label}" overlaps with the project's only by ${iou.toFixed(4)}`)
  }

  result(): Verification {
    const { report, holds, original } = this.#wish
    for (const id of this.#unread) {
      if (original(id).annotations().length > 0) this.#wrong.push(`${original(id).image.path}: missing in the export`)
    }
    if (holds.objects === 'each') {
      for (const [label, count] of Object.entries(report.annotations)) {
        const found = this.#found.get(label) ?? 0
        if (found !== count) this.#wrong.push(`${String(count)} "${label}" were written, but ${String(found)} are read`)
      }
    }
    const first = this.#wrong.slice(0, 3).join('; ')
    const more = this.#wrong.length > 3 ? ` and ${String(this.#wrong.length - 3)} more` : ''
    if (first) throw new AppError('export-failed', `The export was read again and is not what the project holds: ${first}${more}. Nothing was written.`)
    const objects = [...this.#found.values()].reduce((sum, count) => sum + count, 0)
    const { sum, ...masks } = this.#masks
    this.#changes.add(`boxes are rounded by up to ${this.#boxes.largestMove.toPrecision(2)} pixels`, this.#boxes.compared - this.#boxes.exact)
    this.#changes.add(`masks are not the same bit for bit, IoU ${masks.smallestIou.toFixed(4)} or more`, masks.compared - masks.exact)
    const mean = masks.compared ? sum / masks.compared : 1
    return { images: this.#images, objects, boxes: this.#boxes, masks: { ...masks, meanIou: mean }, changes: this.#changes.list() }
  }
}

function trimmed(attributes: unknown): unknown {
  return JSON.parse(JSON.stringify(attributes ?? {}), (key, value: unknown) => {
    const text = typeof value === 'string' ? value.trim() : value
    return key === 'description' && text === '' ? undefined : text
  })
}

/** Scores come back from decimals. */
function isSameValue(a: unknown, b: unknown): boolean {
  return typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) <= ROUNDING : isSame(a, b)
}
