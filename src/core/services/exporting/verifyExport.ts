/**
 * Reads an export again with the format's own reader, which shares no code with its writer, and compares every object
 * with the project: counts by label, boxes, masks. An export that is not what it should be is never put in place.
 */
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import type { Annotation, Image, ImageId } from '../../../shared/model.ts'
import type { DatasetImage, ImportFormat, ImportProblem } from '../../formats/dataset.ts'
import { DatasetFiles } from '../../formats/common/files/datasetFiles.ts'
import type { ExportReport, Holds, WrittenNames } from '../../formats/source.ts'
import { Changes } from './changes.ts'
import type { ExportChange } from './changes.ts'
import { compareShapes, shapeOf } from './compareImage.ts'
import type { Comparison, Shape } from './compareImage.ts'
import { heldOf, visibleParts } from './heldShapes.ts'
import { PairJudge, ROUNDING } from './judgePair.ts'

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
    const judge = new PairJudge(this.#wish.holds, original)
    const comparison = compareShapes(held, found, judge.fits)
    this.#judge(original, comparison, judge)
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

  #judge({ path }: Image, { pairs, strange }: Comparison, judge: PairJudge): void {
    for (const { label } of strange) this.#wrong.push(`${path}: a "${label}" too many`)
    for (const pair of pairs) {
      for (const fault of judge.faults(pair)) this.#wrong.push(`${path}: ${fault}`)
      judge.countChanges(pair, this.#changes)
      if (this.#wish.holds.objects === 'each') this.#changes.addLostValues(pair.expected.values, this.#wish.holds, this.#wish.format.name)
      if (judge.hasBox(pair)) this.#countBox(pair.boxMove)
      const iou = judge.maskIou(pair)
      if (iou !== null) this.#countMask(iou)
    }
  }

  /** What becomes of objects where a format holds other ones than the project. */
  #countRegrouped(expected: readonly Shape[], held: readonly Shape[]): void {
    const { objects } = this.#wish.holds
    if (objects === 'parts') this.#changes.add('parts of objects are objects of their own', held.length - expected.length)
    if (objects === 'per-label') this.#changes.add('objects are one with others of their label', expected.filter((shape) => shape.mask()).length - held.length)
    if (objects !== 'each') for (const { values } of expected) this.#changes.addLostValues(values, this.#wish.holds, this.#wish.format.name)
  }

  #countBox(move: number): void {
    this.#boxes.compared++
    if (move <= ROUNDING) this.#boxes.exact++
    this.#boxes.largestMove = Math.max(this.#boxes.largestMove, move)
  }

  #countMask(iou: number): void {
    this.#masks.compared++
    if (iou === 1) this.#masks.exact++
    this.#masks.smallestIou = Math.min(this.#masks.smallestIou, iou)
    this.#masks.sum += iou
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
