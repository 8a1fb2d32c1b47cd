/**
 * Objects found twice. A grounder names one thing several times, or draws a loose box around a tight one; both end as one mask.
 * Greedy non-maximum suppression over boxes before masks are made, and over masks after it, with containment.
 */
import { boxArea, encloseBoxes, intersectBoxes, type Box } from '../../shared/geometry.ts'
import type { Bitmap } from '../../shared/rle.ts'

/** One object of an image. `label` is what it will be called: objects of different labels are never merged. */
export interface Candidate {
  readonly label: string
  readonly box: Box
  /** Image-sized; null before masks are made. */
  readonly mask: Bitmap | null
  /** 0..1, null where the model gives none. */
  readonly score: number | null
}

export interface Merged<T> {
  /** What remains, in the order given. */
  readonly kept: readonly T[]
  /** What was left out, each with the object that stands for it. */
  readonly leftOut: readonly { readonly object: T; readonly keptAs: T; readonly reason: string }[]
}

export interface MergeOptions {
  /** Objects of one label whose overlap (intersection over union) is above this are one object; 1 keeps all but identical ones. */
  readonly iou: number
}

/**
 * One object inside another is the same one only when nearly all of it lies inside and it is nearly as large: the inner one of
 * a pair, such as a wheel in a car, is much smaller and stays. Share of the smaller, and size of the smaller to the larger.
 */
const CONTAINED = 0.95
const NEARLY_AS_LARGE = 0.6

interface Overlap {
  readonly iou: number
  /** Share of the smaller one that lies inside the larger one. */
  readonly contained: number
  /** Area of the smaller one over that of the larger one. */
  readonly ratio: number
}

function overlapOf(areaA: number, areaB: number, common: number): Overlap {
  const smaller = Math.min(areaA, areaB)
  const larger = Math.max(areaA, areaB)
  const union = areaA + areaB - common
  return {
    iou: union > 0 ? common / union : 0,
    contained: smaller > 0 ? common / smaller : 0,
    ratio: larger > 0 ? smaller / larger : 0,
  }
}

/** Pixels set in both masks of one image, inside a region of whole pixels. */
function countPixels(a: Bitmap, b: Bitmap, { x0, y0, x1, y1 }: Box): number {
  let count = 0
  for (let y = y0; y < y1; y++)
    for (let i = y * a.width + x0, end = y * a.width + x1; i < end; i++) count += a.data[i]! & b.data[i]!
  return count
}

/** The tight box of a mask's pixels and their number, counted once for each object. */
interface Extent {
  readonly box: Box
  readonly area: number
}

const NOTHING: Extent = { box: { x0: 0, y0: 0, x1: 0, y1: 0 }, area: 0 }

function maskExtent({ width, height, data }: Bitmap): Extent {
  let extent = NOTHING
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width)
    const first = row.indexOf(1)
    if (first < 0) continue
    const last = row.lastIndexOf(1)
    let area = extent.area
    for (let x = first; x <= last; x++) area += row[x]!
    const line = { x0: first, y0: y, x1: last + 1, y1: y + 1 }
    extent = { box: extent.area === 0 ? line : encloseBoxes(extent.box, line), area }
  }
  return extent
}

interface Measured<T> {
  readonly object: T
  readonly extent: Extent
}

/** Overlap of masks where both have one, else of boxes. */
function overlap(a: Measured<Candidate>, b: Measured<Candidate>): Overlap {
  const common = intersectBoxes(a.extent.box, b.extent.box)
  const { mask: maskA } = a.object
  const { mask: maskB } = b.object
  if (maskA !== null && maskB !== null) return overlapOf(a.extent.area, b.extent.area, countPixels(maskA, maskB, common))
  return overlapOf(boxArea(a.object.box), boxArea(b.object.box), boxArea(intersectBoxes(a.object.box, b.object.box)))
}

/** Why two objects of one label are one, in words; null where they are two. */
function sameObject(a: Measured<Candidate>, b: Measured<Candidate>, { iou }: MergeOptions): string | null {
  if (a.object.label !== b.object.label) return null
  const between = overlap(a, b)
  const what = a.object.mask !== null && b.object.mask !== null ? 'masks' : 'boxes'
  if (between.iou > iou || between.iou === 1) return `their ${what} overlap by ${percent(between.iou)}`
  if (between.contained >= CONTAINED && between.ratio >= NEARLY_AS_LARGE)
    return `${percent(between.contained)} of one lies inside the other, which is hardly larger`
  return null
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** Higher score first; without scores, or equal ones, in the order the model gave them. */
function byScore(a: Measured<Candidate>, b: Measured<Candidate>): number {
  return (b.object.score ?? 0) - (a.object.score ?? 0)
}

/**
 * Leaves out objects that are another one again: same label, and overlap above `iou` or one inside the other at nearly its
 * size. The better score stays, else the first. Different labels are never merged: two prompts may well mean one thing, and
 * which of the labels is right is for a person to say. Empty masks are kept; they overlap nothing.
 */
export function mergeDuplicates<T extends Candidate>(objects: readonly T[], options: MergeOptions): Merged<T> {
  const measured = objects.map((object): Measured<T> => ({
    object,
    extent: object.mask === null ? { box: object.box, area: boxArea(object.box) } : maskExtent(object.mask),
  }))
  const kept: Measured<T>[] = []
  const leftOut: { object: T; keptAs: T; reason: string }[] = []
  for (const next of [...measured].sort(byScore)) {
    const found = kept.map((other) => ({ other, why: sameObject(next, other, options) })).find(({ why }) => why !== null)
    if (found === undefined) kept.push(next)
    else leftOut.push({ object: next.object, keptAs: found.other.object, reason: `The same "${next.object.label}" twice: ${found.why}.` })
  }
  const remaining = new Set(kept)
  return { kept: measured.filter((each) => remaining.has(each)).map(({ object }) => object), leftOut }
}
