/** Annotations made, moved and given other outlines. Records are never mutated. */
import { isSame } from '../../shared/changes.ts'
import type { Box, Size } from '../../shared/geometry.ts'
import { clipBox } from '../../shared/geometry.ts'
import type { MaskCrop } from '../../shared/maskCrop.ts'
import { cropToRle } from '../../shared/maskCrop.ts'
import { UNMARKED, type Annotation, type AnnotationId, type LabelId, type Polygon, type Rle } from '../../shared/model.ts'
import { polygonBox } from '../../shared/polygons.ts'
import { coveredPixels, maskCrop } from './maskCache.ts'
import { foregroundBox, stretchCrop } from './maskCrop.ts'
import type { EditorState } from './state.ts'

export interface Outline {
  readonly box: Box
  readonly mask?: Rle | null
  readonly polygon?: Polygon | null
}

export const newId = () => crypto.randomUUID() as AnnotationId

/** An accepted annotation on top of the others, as drawn by a person. There must be an image. */
export function drawnAnnotation(state: EditorState, labelId: LabelId, { box, mask = null, polygon = null }: Outline): Annotation {
  return {
    id: newId(),
    imageId: state.image!.id,
    frame: state.frame,
    labelId,
    box,
    mask,
    polygon,
    state: 'accepted',
    origin: 'drawn',
    score: null,
    ...UNMARKED,
    z: topZ(state.annotations.values()) + 1,
    provenanceId: null,
  }
}

export function topZ(annotations: Iterable<Annotation>): number {
  let top = 0
  for (const { z } of annotations) top = Math.max(top, z)
  return top
}

/** With a mask of the model's; its box stays as the person drew it unless another is given. */
export function withModelMask(annotation: Annotation, mask: Rle, box: Box = annotation.box): Annotation {
  return { ...annotation, mask, box, polygon: null, origin: 'model' }
}

/** With pixels a person drew; null when none are left. */
export function withPixels(annotation: Annotation, crop: MaskCrop, size: Size): Annotation | null {
  const box = foregroundBox(crop)
  return box && { ...annotation, box, mask: cropToRle(crop, size), polygon: null, origin: 'drawn' }
}

/** What was done to its outline; a box that a person set stays where the outline reaches as far as before. */
export function withBoxKept(before: Annotation, after: Annotation, size: Size): Annotation {
  const reach = (one: Annotation) => (one.polygon && after.polygon ? polygonBox(one.polygon) : foregroundBox(coveredPixels(one, size)))
  return isSame(reach(before), reach(after)) ? { ...after, box: before.box } : after
}

export function withPolygon(annotation: Annotation, polygon: Polygon): Annotation {
  return { ...annotation, box: polygonBox(polygon), polygon, mask: null, origin: 'drawn' }
}

/** True where the outline is the model's answer to the box, so that another box is another question. */
export function followsModel({ origin, mask, polygon }: Annotation): boolean {
  return origin === 'model' && mask !== null && polygon === null
}

/** Moved or stretched so that its box becomes `to`; polygon and mask go with it. */
export function stretched(annotation: Annotation, to: Box, size: Size): Annotation {
  const { box: from, polygon, mask } = annotation
  const x = (value: number) => to.x0 + ((value - from.x0) * (to.x1 - to.x0)) / Math.max(1e-9, from.x1 - from.x0)
  const y = (value: number) => to.y0 + ((value - from.y0) * (to.y1 - to.y0)) / Math.max(1e-9, from.y1 - from.y0)
  return {
    ...annotation,
    box: clipBox(to, size),
    polygon: polygon && polygon.map((ring) => ring.map((value, i) => (i % 2 === 0 ? x(value) : y(value)))),
    mask: mask && cropToRle(stretchCrop(maskCrop(mask), from, to, size), size),
  }
}
