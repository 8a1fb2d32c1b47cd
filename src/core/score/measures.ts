/** What is measured for a label over its images. */
import { maskIous } from '../../shared/rleMath.ts'
import { rasterizePolygon } from '../../shared/rasterize.ts'
import type { Runs } from '../../shared/rle.ts'
import type { Size } from '../../shared/geometry.ts'
import { boxIou } from '../../shared/geometry.ts'
import type { Evaluated } from './averagePrecision.ts'
import { boxCiou, boxGiou, boxIous } from './boxMeasures.ts'
import type { ScoredObject } from './cocoFile.ts'

/** The objects of one label on one image, in file order. */
export interface ImagePair {
  readonly size: Size
  readonly found: readonly ScoredObject[]
  readonly truths: readonly ScoredObject[]
}

/** Sums over true objects (crowds left out); they add up over images and labels. */
export interface Sums {
  readonly truths: number
  readonly found: number
  /** Pairs of box IoU >= 0.5. */
  readonly hits: number
  readonly iou: number
  readonly giou: number
  readonly ciou: number
  readonly maskIou: number
}

export const NO_SUMS: Sums = { truths: 0, found: 0, hits: 0, iou: 0, giou: 0, ciou: 0, maskIou: 0 }

export function addSums(a: Sums, b: Sums): Sums {
  const sum = { ...a }
  for (const key of Object.keys(NO_SUMS) as (keyof Sums)[]) (sum as Record<keyof Sums, number>)[key] += b[key]
  return sum
}

/** Pairs found and true objects one to one, greatest box IoU first, and adds up how well the pairs fit. */
export function sumsOf({ size, found, truths }: ImagePair): Sums {
  const real = truths.filter((truth) => !truth.iscrowd)
  const pairs = greedyPairs(found, real)
  const fit = pairs.map(([f, t]) => ({
    iou: boxIou(f.box, t.box),
    giou: boxGiou(f.box, t.box),
    ciou: boxCiou(f.box, t.box),
    maskIou: maskIous([maskOrBox(f, size)], [maskOrBox(t, size)])[0]!,
  }))
  const total = (key: 'iou' | 'giou' | 'ciou' | 'maskIou') => fit.reduce((sum, one) => sum + one[key], 0)
  const counts = { truths: real.length, found: found.length, hits: fit.filter((one) => one.iou >= 0.5).length }
  return { ...counts, iou: total('iou'), giou: total('giou'), ciou: total('ciou'), maskIou: total('maskIou') }
}

function greedyPairs(found: readonly ScoredObject[], truths: readonly ScoredObject[]): [ScoredObject, ScoredObject][] {
  const candidates = found.flatMap((f) => truths.map((t) => ({ f, t, iou: boxIou(f.box, t.box) }))).filter(({ iou }) => iou > 0)
  const taken = new Set<ScoredObject>()
  const pairs: [ScoredObject, ScoredObject][] = []
  for (const { f, t } of candidates.sort((a, b) => b.iou - a.iou)) {
    if (taken.has(f) || taken.has(t)) continue
    taken.add(f).add(t)
    pairs.push([f, t])
  }
  return pairs
}

/** An object that is a box only has its box as mask, as in COCO's loadRes. */
function maskOrBox({ mask, box: { x0, y0, x1, y1 } }: ScoredObject, size: Size): Runs {
  return mask ?? rasterizePolygon([[x0, y0, x0, y1, x1, y1, x1, y0]], size)
}

/** What average precision needs of an image, for boxes or for masks. */
export function evaluatedOf({ size, found, truths }: ImagePair, by: 'bbox' | 'segm'): Evaluated {
  const iscrowd = truths.map((truth) => truth.iscrowd)
  const masks = (objects: readonly ScoredObject[]) => objects.map((object) => maskOrBox(object, size))
  const boxes = (objects: readonly ScoredObject[]) => objects.map((object) => object.box)
  const ious = by === 'bbox' ? boxIous(boxes(found), boxes(truths), iscrowd) : maskIous(masks(found), masks(truths), iscrowd)
  return { scores: found.map((object) => object.score), ious, iscrowd }
}
