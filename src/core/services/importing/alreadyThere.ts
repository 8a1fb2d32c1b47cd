/** Objects of a dataset that are in the project already, as exactly as the format of the dataset can hold them. */
import { boxArea, boxIou } from '../../../shared/geometry.ts'
import { hasOutline } from '../../../shared/model.ts'
import type { Annotation, AnnotationId, AnnotationState, Image } from '../../../shared/model.ts'
import type { DatasetObject } from '../../formats/dataset.ts'
import type { Holds } from '../../formats/source.ts'
import { fittingPairs, hasStrangeMask, moveOf, shapeOf } from '../exporting/compareImage.ts'
import type { Pair, Shape } from '../exporting/compareImage.ts'
import { heldOf, visibleParts } from '../exporting/heldShapes.ts'
import { PairJudge } from '../exporting/judgePair.ts'

/** What lies on an image of the project. */
export interface Present {
  readonly image: Image
  readonly annotations: readonly Annotation[]
  readonly labelOf: (annotation: Annotation) => string
  /** Whether it may be meant by an object; each is meant by one at most. */
  readonly isFree: (annotation: Annotation) => boolean
}

/** What an object in a state may be: to propose what is accepted already says nothing new, to accept a proposal does. */
const MEANT: Readonly<Record<AnnotationState, readonly AnnotationState[]>> = { accepted: ['accepted'], proposed: ['accepted', 'proposed'] }

type Met = ReadonlyMap<DatasetObject, AnnotationId>

/**
 * The annotation that each object is: of the same label, with what an export in this format gives back of it. A box
 * alone is an annotation with that box: what more the project knows of it is not lost by leaving the box out.
 */
export function alreadyThere(objects: readonly DatasetObject[], present: Present, holds: Holds): Met {
  const { image, annotations } = present
  // Formats that join or divide objects don't give back objects of the project.
  if (holds.objects !== 'each' || holds.boxes === null || image.width === 0 || !annotations.some(present.isFree)) return new Map()
  const met = new Map<DatasetObject, AnnotationId>()
  for (const state of ['accepted', 'proposed'] as const) {
    const own = annotations.filter((one) => MEANT[state].includes(one.state) && one.frame === 0 && hasItsSize(one, image))
    const used = new Set(met.values())
    const isFree = (one: Annotation) => present.isFree(one) && !used.has(one.id)
    const found = metOf(objects.filter((object) => object.state === state && object.frame === 0), { ...present, isFree, annotations: own }, holds)
    for (const [object, id] of found) met.set(object, id)
  }
  return met
}

function hasItsSize({ mask }: Pick<Annotation, 'mask'>, { width, height }: Image): boolean {
  return !mask || (mask.size[0] === height && mask.size[1] === width)
}

function metOf(objects: readonly DatasetObject[], { image, annotations, labelOf, isFree }: Present, holds: Holds): Met {
  if (objects.length === 0 || annotations.length === 0) return new Map()
  const own = annotations.map((annotation) => shapeOf(annotation, labelOf(annotation), image))
  const given = objects.map((object) => shapeOf(object, object.label, image))
  const held = heldOf(own, holds, image)
  const seen = holds.masks === 'visible' ? visibleParts(given, image) : given
  const met = new Map<DatasetObject, AnnotationId>()
  const pairUp = (mine: readonly Shape[], theirs: readonly Shape[], isMeant: (object: DatasetObject) => boolean, judge: PairJudge) => {
    const annotationOf = new Map(mine.map((shape, n) => [shape, annotations[n]!]))
    const objectOf = new Map(theirs.map((shape, n) => [shape, objects[n]!]))
    const used = new Set(met.values())
    const free = mine.filter((shape) => !used.has(annotationOf.get(shape)!.id) && isFree(annotationOf.get(shape)!))
    const wanted = theirs.filter((shape) => isMeant(objectOf.get(shape)!))
    const wholeMove = ({ expected, found }: Pair) => moveOf(annotationOf.get(expected)!.box, objectOf.get(found)!.box)
    // Boxes outside the image are all cut to nothing: then masks or the whole boxes tell, unless the format has cut them itself.
    const isSeen = (pair: Pair) => boxArea(pair.expected.box) > 0 || boxArea(pair.found.box) > 0 || !pair.found.isCut || pair.maskIou !== null
    // A box that follows from the outline is as near as the outline; no mask is computed for those that lie elsewhere.
    const isNearBox = (pair: Pair) => (judge.hasBox(pair) ? judge.isNear(pair) : boxIou(pair.expected.box, pair.found.box) > 0)
    const isNear = (pair: Pair) => isNearBox(pair) && (isSeen(pair) || judge.isNear({ boxMove: wholeMove(pair) }))
    const fits = (pair: Pair) => isNear(pair) && !hasStrangeMask(pair) && judge.fits(pair)
    for (const { expected, found } of fittingPairs(free, wanted, fits)) met.set(objectOf.get(found)!, annotationOf.get(expected)!.id)
  }
  const boxOnly: Holds = { objects: 'each', boxes: holds.boxes, masks: null, values: holds.values }
  pairUp(held, seen, hasOutline, new PairJudge(holds, image))
  pairUp(own, given, (object) => !hasOutline(object), new PairJudge(boxOnly, image))
  return met
}
