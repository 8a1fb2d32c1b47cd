/** Everything a project is checked for, image by image. The list is what the command line and the window show. */
import { EMPTY_CHANGES } from '../../shared/changes.ts'
import type { ChangeSet } from '../../shared/changes.ts'
import { removeSpecks } from '../../shared/components.ts'
import { boxArea, boxIou, clipBox } from '../../shared/geometry.ts'
import { cropToRuns, runsToCrop } from '../../shared/maskCrop.ts'
import { hasOutline } from '../../shared/model.ts'
import type { Annotation, AnnotationId } from '../../shared/model.ts'
import { clipPolygon } from '../../shared/polygons.ts'
import { pixelsOf as shapePixels } from '../../shared/rasterize.ts'
import { haveCrossing } from '../../shared/rings.ts'
import type { Runs } from '../../shared/rle.ts'
import { maskIou, runsArea, runsBox } from '../../shared/rleMath.ts'
import { rleToRuns, runsToRle } from '../../shared/rleString.ts'
import type { CheckedImage, Found, Rule } from './rule.ts'

/** Parts of a mask smaller than this are specks. */
const SPECK_PIXELS = 16
/** Two objects of one label that overlap more are one object; the usual bound of detection benchmarks is far below. */
const DUPLICATE_IOU = 0.9

const known = new WeakMap<Annotation, Runs | null>()

/** The pixels of an annotation; null for a box alone or where there are none. Computed once: most rules ask for them. */
function pixelsOf(annotation: Annotation, image: CheckedImage): Runs | null {
  let pixels = known.get(annotation)
  if (pixels === undefined) known.set(annotation, (pixels = computePixels(annotation, image)))
  return pixels
}

function computePixels({ polygon, mask }: Annotation, { width, height }: CheckedImage): Runs | null {
  const isOfImage = mask !== null && mask.size[0] === height && mask.size[1] === width
  return shapePixels({ polygon, mask: isOfImage ? mask : null }, { width, height })
}

const each = (find: (annotation: Annotation, image: CheckedImage) => string | null) => (image: CheckedImage): Found[] =>
  image.annotations.flatMap((annotation) => {
    const words = find(annotation, image)
    return words === null ? [] : [{ annotationIds: [annotation.id], words }]
  })

/** The changes that give each named annotation its new record; null takes it away, itself leaves it. */
const replaced = (change: (annotation: Annotation, image: CheckedImage) => Annotation | null) =>
  (image: CheckedImage, ids: readonly AnnotationId[]): ChangeSet => {
    const named = image.annotations.filter(({ id }) => ids.includes(id)).map((from) => [from, change(from, image)] as const)
    const updated = named.flatMap(([from, to]) => (to && to !== from ? [[from, to] as const] : []))
    return { ...EMPTY_CHANGES, updated, removed: named.flatMap(([from, to]) => (to ? [] : [from])) }
  }

const empty: Rule = {
  id: 'empty',
  name: 'Objects without a pixel',
  fixName: 'Remove',
  find: each((annotation, image) => {
    if (boxArea(annotation.box) === 0) return 'its box has no area'
    return hasOutline(annotation) && pixelsOf(annotation, image) === null ? 'its mask or outline covers no pixel of the image' : null
  }),
  fix: replaced(() => null),
}

const outside: Rule = {
  id: 'outside',
  name: 'Boxes outside the image',
  fixName: 'Cut off at the border',
  find: each(({ box }, { width, height }) => {
    const beyond = Math.max(-box.x0, -box.y0, box.x1 - width, box.y1 - height)
    return beyond > 0 ? `its box reaches ${String(Math.round(beyond * 10) / 10)} pixels over the border` : null
  }),
  fix: replaced((annotation, image) => {
    const box = clipBox(annotation.box, image)
    if (boxArea(box) === 0) return null
    const polygon = annotation.polygon && clipPolygon(annotation.polygon, image)
    return { ...annotation, box, polygon: polygon && polygon.length > 0 ? polygon : null }
  }),
}

const specks: Rule = {
  id: 'specks',
  name: `Specks in masks: parts of fewer than ${String(SPECK_PIXELS)} pixels`,
  fixName: 'Remove the specks',
  find: each((annotation, image) => {
    const runs = annotation.polygon ? null : pixelsOf(annotation, image)
    const lost = runs ? runsArea(runs) - runsArea(withoutSpecks(runs)) : 0
    return lost > 0 ? `${String(lost)} pixels lie apart in specks` : null
  }),
  fix: replaced((annotation) => {
    if (!annotation.mask) return annotation
    const runs = withoutSpecks(rleToRuns(annotation.mask))
    return runsArea(runs) === 0 ? null : { ...annotation, mask: runsToRle(runs), box: runsBox(runs) }
  }),
}

/** Looks at no more than the mask's box. */
function withoutSpecks(runs: Runs): Runs {
  const crop = runsToCrop(runs)
  return cropToRuns({ ...crop, ...removeSpecks(crop, SPECK_PIXELS) }, runs)
}

const crossing: Rule = {
  id: 'crossing',
  name: 'Outlines that cross themselves',
  fixName: 'Make it the mask it fills',
  find: each(({ polygon }) => (polygon?.some((ring) => haveCrossing([ring])) ? 'its outline crosses itself; tools fill it differently' : null)),
  fix: replaced((annotation, image) => {
    const runs = pixelsOf(annotation, image)
    return runs ? { ...annotation, polygon: null, mask: runsToRle(runs), box: runsBox(runs) } : null
  }),
}

const duplicates: Rule = {
  id: 'duplicates',
  name: 'The same object twice',
  fixName: 'Remove the lower one',
  find(image) {
    const found: Found[] = []
    for (const [n, lower] of image.annotations.entries()) {
      for (const upper of image.annotations.slice(n + 1)) {
        if (upper.labelId !== lower.labelId || upper.frame !== lower.frame || lower.iscrowd !== upper.iscrowd) continue
        const iou = overlapOf(lower, upper, image)
        if (iou <= DUPLICATE_IOU) continue
        const ids = lower.state === 'accepted' && upper.state === 'proposed' ? [upper.id, lower.id] : [lower.id, upper.id]
        found.push({ annotationIds: ids, words: `two objects of one label overlap by ${iou.toFixed(2)}` })
      }
    }
    return found
  },
  fix: (image, ids) => replaced(() => null)(image, ids.slice(0, 1)),
}

/** Of the boxes first: masks of boxes that hardly meet need no looking at. */
function overlapOf(a: Annotation, b: Annotation, image: CheckedImage): number {
  const boxes = boxIou(a.box, b.box)
  if (boxes < 0.5) return 0
  const [first, second] = [pixelsOf(a, image), pixelsOf(b, image)]
  return first && second ? maskIou(first, second) : boxes
}

export const RULES: readonly Rule[] = [empty, outside, crossing, specks, duplicates]

/** Square pixels, of the mask where there is one. */
export function areaOf(annotation: Annotation, image: CheckedImage): number {
  const runs = pixelsOf(annotation, image)
  return runs ? runsArea(runs) : boxArea(annotation.box)
}
