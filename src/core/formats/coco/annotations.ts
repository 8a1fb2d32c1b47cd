/** The objects of one image from the annotations of one or several COCO files. */
import { isSameBox } from '../../../shared/geometry.ts'
import type { Size } from '../../../shared/geometry.ts'
import type { AnnotationState } from '../../../shared/model.ts'
import type { DatasetObject, ReadContext } from '../dataset.ts'
import { keep } from '../kept.ts'
import { CornerBoxes } from './cornerBoxes.ts'
import type { CocoDocument, CocoRecord } from './document.ts'
import { countRecords } from './images.ts'
import type { ImagePart, ObjectMaker } from './images.ts'
import { isId } from './labels.ts'
import type { CocoLabels } from './labels.ts'
import { cocoObject } from './object.ts'
import type { MadeObject } from './object.ts'

const NO_SCORE = 'its score is not from 0 to 1 and is kept for an export as COCO only'

/** What is the same for many records is told once, with their number. */
interface Kind {
  readonly first: string
  readonly isLeftOut: boolean
  count: number
}

export class CocoAnnotations implements ObjectMaker {
  private readonly format: string
  private readonly state: AnnotationState
  private readonly labels: CocoLabels
  private readonly context: ReadContext
  private readonly kinds = new Map<CocoDocument, Map<string, Kind>>()
  private readonly corners = new Map<CocoDocument, CornerBoxes>()

  constructor(format: string, state: AnnotationState, labels: CocoLabels, context: ReadContext) {
    this.format = format
    this.state = state
    this.labels = labels
    this.context = context
  }

  objectsOf(parts: readonly ImagePart[], size: Size): readonly DatasetObject[] {
    const made: { object: MadeObject; from: CocoDocument }[] = []
    for (const { document, id } of parts) {
      if (id === null) continue
      for (const record of document.annotationsOf(id, this.context)) {
        const object = this.make(document, record, size, made.length)
        if (object === null) continue
        const same = parts.length > 1 ? made.findIndex((one) => one.from !== document && isSame(one.object, object)) : -1
        if (same < 0) made.push({ object, from: document })
        else made[same] = { ...made[same]!, object: this.merged(made[same]!, object, document) }
      }
    }
    return made.map(({ object: { object, values } }) => Object.assign(object, { source: keep(this.format, values, object) }))
  }

  countOf(parts: readonly ImagePart[]): number {
    return countRecords(parts)
  }

  /** Tells what was the same for many records; called when all images are read. */
  tellKinds(): void {
    for (const [{ path: file }, kinds] of this.kinds) {
      for (const [reason, { first, isLeftOut, count }] of kinds) {
        this.context.problem({ file, place: count > 1 ? `${first} and ${count - 1} more` : first, reason, objects: isLeftOut ? count : 0 })
      }
    }
    this.kinds.clear()
    for (const [document, corners] of this.corners) {
      const remark = corners.remark()
      if (remark !== null) this.problem(document, 'bbox', remark, 0)
    }
    this.corners.clear()
  }

  private make(document: CocoDocument, record: CocoRecord, size: Size, order: number): MadeObject | null {
    const category = record['category_id']
    const place = `annotation ${isId(record['id']) ? record['id'] : `${order + 1} of image ${String(record['image_id'])}`}`
    const literal = document.remarkOn(record)
    if (literal !== null) this.problem(document, place, literal, 0)
    const kind = withoutGeometry(record)
    if (kind !== null) return this.count(document, kind, place, true)
    if (!isId(category)) return this.problem(document, place, 'has no category_id', 1)
    const label = this.labels.nameOf(document, category)
    const made = cocoObject(record, { label, size, place, state: this.state, order })
    if (typeof made === 'string') return this.problem(document, place, made, 1)
    if (made.remark) this.problem(document, place, made.remark, 0)
    if ((made.values['score'] ?? null) !== null) this.count(document, NO_SCORE, place, false)
    this.cornersOf(document).see(record['bbox'], size)
    return made
  }

  private cornersOf(document: CocoDocument): CornerBoxes {
    const corners = this.corners.get(document) ?? new CornerBoxes()
    this.corners.set(document, corners)
    return corners
  }

  private merged({ object: first, from }: { object: MadeObject; from: CocoDocument }, second: MadeObject, document: CocoDocument): MadeObject {
    this.problem(document, second.object.place, `is the same object as in ${from.path}; what it says beyond that was added`, 1)
    return { ...first, values: { ...second.values, ...first.values } }
  }

  private count(document: CocoDocument, reason: string, place: string, isLeftOut: boolean): null {
    const kinds = this.kinds.get(document) ?? new Map<string, Kind>()
    this.kinds.set(document, kinds)
    const kind = kinds.get(reason)
    if (kind) kind.count++
    else kinds.set(reason, { first: place, isLeftOut, count: 1 })
    return null
  }

  private problem({ path }: CocoDocument, place: string, reason: string, objects: number): null {
    this.context.problem({ file: path, place, reason, objects })
    return null
  }
}

/** Why a record of COCO's other tasks has nothing to draw; null for those that may. */
function withoutGeometry(record: CocoRecord): string | null {
  if (record['bbox'] !== undefined || record['segmentation'] !== undefined) return null
  if (record['caption'] !== undefined) return 'is a caption: it describes the image as a whole and has no box or mask'
  if (record['segments_info'] !== undefined) return 'lists panoptic segments: import the file as coco-panoptic'
  if (record['keypoints'] !== undefined) return 'has key points only, without a box or mask'
  return 'is a label of the image as a whole, without a box or mask'
}

/** Files of one dataset (instances, person_keypoints) repeat objects with their ids. */
function isSame(a: MadeObject, b: MadeObject): boolean {
  const isSameObject = a.object.label === b.object.label && isSameBox(a.object.box, b.object.box)
  return a.values['id'] !== undefined && a.values['id'] === b.values['id'] && isSameObject
}
