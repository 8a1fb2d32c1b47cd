/**
 * Scores a COCO file of results against one of truth.
 *
 * The paper's protocol (arXiv 2412.02565: boxes and masks a model gives for words, against the objects that are there),
 * made exact: on each image, for each label, found and true objects are paired one to one, greatest box IoU first; IoU,
 * GIoU, CIoU and mask IoU are means over the true objects, a true object without a pair counting 0. Objects found in
 * excess lower precision and F1 (a hit is a pair of box IoU >= 0.5). AP, AP50 and AP75 are COCOeval's. Crowds in the truth
 * are ignored, in AP as COCOeval does.
 */
import { AppError } from '../../shared/errors.ts'
import { averagePrecision, meanPrecision } from './averagePrecision.ts'
import type { AveragePrecision } from './averagePrecision.ts'
import { readCocoFile, toObject } from './cocoFile.ts'
import type { CocoFile } from './cocoFile.ts'
import { matchLabel } from './labelMatch.ts'
import type { LabelMap, LabelMatch } from './labelMatch.ts'
import { NO_SUMS, addSums, evaluatedOf, sumsOf } from './measures.ts'
import type { ImagePair, Sums } from './measures.ts'

/** Means are null where there is no true object, precision where nothing was found. All lie in 0..1 (GIoU, CIoU: -1..1). */
export interface Measures {
  readonly truths: number
  readonly found: number
  readonly hits: number
  readonly iou: number | null
  readonly giou: number | null
  readonly ciou: number | null
  /** Null also where the results or the truth have boxes only. */
  readonly maskIou: number | null
  readonly precision: number | null
  readonly recall: number | null
  readonly f1: number | null
  readonly bbox: AveragePrecision | null
  /** Null also where the results or the truth have boxes only. */
  readonly segm: AveragePrecision | null
}

export interface LabelScore extends LabelMatch, Measures {}

export interface Score {
  readonly images: number
  readonly labels: readonly LabelScore[]
  /** Means over all true objects of the scored labels; AP is the mean over labels, as COCO's. */
  readonly overall: Measures
  /** What was left out or read in another than the plain way, in words. */
  readonly notes: readonly string[]
}

export interface ScoreOptions {
  /** Label of the results -> labels of the truth that are its objects, { lesion: ['dark lesion', 'bright lesion'] }. */
  readonly labelMap?: LabelMap
}

/**
 * Scores parsed COCO JSON. Only labels among the results' categories are scored, on images that both files have (by
 * file_name, see `commonImages`). Throws `invalid-argument` for JSON that is no COCO file or where no image or no label is in both.
 */
export function scoreCoco(resultsJson: unknown, truthJson: unknown, { labelMap = {} }: ScoreOptions = {}): Score {
  const results = readCocoFile(resultsJson, 'The results file')
  const truth = readCocoFile(truthJson, 'The truth file')
  const images = commonImages(results, truth)
  const truthNames = truth.categories.map((category) => category.name)
  const resultNames = results.categories.map((category) => category.name)
  const matches = resultNames.map((name) => matchLabel(name, truthNames, labelMap)).filter((match) => match !== null)
  if (matches.length === 0) {
    throw new AppError('invalid-argument', `No label is in both files. Results: ${resultNames.join(', ')}. Truth: ${truthNames.join(', ')}.`)
  }
  const pairs = matches.map((match) => imagePairs(match, results, truth, images))
  const hasMasks = withMasks(pairs.flat())
  const labels = matches.map((match, index) => ({ ...match, ...measuresOf(pairs[index]!, hasMasks) }))
  const total = pairs.flat().map(sumsOf).reduce(addSums, NO_SUMS)
  const overall = {
    ...meansOf(total, hasMasks),
    bbox: meanPrecision(labels.map((label) => label.bbox)),
    segm: meanPrecision(labels.map((label) => label.segm)),
  }
  return { images: images.length, labels, overall, notes: notesOf(results, truth, images, matches, hasMasks) }
}

interface CommonImage {
  readonly truth: CocoFile['images'][number]
  readonly result: CocoFile['images'][number]
}

/**
 * Images of both files in ascending truth id, the order COCOeval goes by. Where no path is in both, as after a way through a
 * format that has folders of its own, names without folders decide, if none is there twice.
 */
function commonImages(results: CocoFile, truth: CocoFile): CommonImage[] {
  const exact = imagesBy(plainPath, results, truth)
  const common = exact.length > 0 || !areUnique(results) || !areUnique(truth) ? exact : imagesBy(baseName, results, truth)
  if (common.length === 0) {
    const names = `results ${results.images[0]?.file_name ?? '(none)'}, truth ${truth.images[0]?.file_name ?? '(none)'}`
    throw new AppError('invalid-argument', `No image is in both files; they are matched by file_name, for example ${names}.`)
  }
  return common.sort((a, b) => (a.truth.id < b.truth.id ? -1 : 1))
}

function imagesBy(key: (fileName: string) => string, results: CocoFile, truth: CocoFile): CommonImage[] {
  const byKey = new Map(results.images.map((image) => [key(image.file_name), image]))
  return truth.images.flatMap((image) => {
    const result = byKey.get(key(image.file_name))
    return result ? [{ truth: image, result }] : []
  })
}

function plainPath(fileName: string): string {
  return fileName.replaceAll('\\', '/').replace(/^\.\//, '').normalize('NFC')
}

function baseName(fileName: string): string {
  return plainPath(fileName).split('/').at(-1)!
}

function areUnique({ images }: CocoFile): boolean {
  return new Set(images.map(({ file_name }) => baseName(file_name))).size === images.length
}

function imagePairs(match: LabelMatch, results: CocoFile, truth: CocoFile, images: readonly CommonImage[]): ImagePair[] {
  const found = annotationsByImage(results, [match.label])
  const truths = annotationsByImage(truth, match.truthLabels)
  return images.map(({ truth: { id, width, height }, result }) => {
    const size = { width, height }
    const toObjects = (list: CocoFile['annotations'] = []) => list.map((annotation) => toObject(annotation, size))
    return { size, found: toObjects(found.get(result.id)), truths: toObjects(truths.get(id)) }
  })
}

function annotationsByImage({ annotations, categories }: CocoFile, names: readonly string[]): Map<number | string, CocoFile['annotations']> {
  const ids = new Set(categories.filter((category) => names.includes(category.name)).map((category) => category.id))
  return Map.groupBy(
    annotations.filter((annotation) => ids.has(annotation.category_id)),
    (annotation) => annotation.image_id,
  )
}

/** Whether masks can be compared; single objects without one then count by their box. Nothing found is a mask missed. */
function withMasks(pairs: readonly ImagePair[]): boolean {
  const found = pairs.flatMap((pair) => pair.found)
  const truths = pairs.flatMap((pair) => pair.truths)
  return truths.some((truth) => truth.mask) && (found.length === 0 || found.some((object) => object.mask))
}

function measuresOf(pairs: readonly ImagePair[], hasMasks: boolean): Measures {
  return {
    ...meansOf(pairs.map(sumsOf).reduce(addSums, NO_SUMS), hasMasks),
    bbox: averagePrecision(pairs.map((pair) => evaluatedOf(pair, 'bbox'))),
    segm: hasMasks ? averagePrecision(pairs.map((pair) => evaluatedOf(pair, 'segm'))) : null,
  }
}

function meansOf({ truths, found, hits, iou, giou, ciou, maskIou }: Sums, hasMasks: boolean): Omit<Measures, 'bbox' | 'segm'> {
  const share = (sum: number, of: number) => (of > 0 ? sum / of : null)
  return {
    truths,
    found,
    hits,
    iou: share(iou, truths),
    giou: share(giou, truths),
    ciou: share(ciou, truths),
    maskIou: hasMasks ? share(maskIou, truths) : null,
    precision: share(hits, found),
    recall: share(hits, truths),
    f1: share(2 * hits, truths + found),
  }
}

function notesOf(
  results: CocoFile,
  truth: CocoFile,
  images: readonly CommonImage[],
  matches: readonly LabelMatch[],
  hasMasks: boolean,
): string[] {
  const scored = new Set(matches.flatMap((match) => match.truthLabels))
  const strangers = results.categories.filter(({ name }) => !matches.some((match) => match.label === name))
  const others = truth.categories.filter(({ name }) => !scored.has(name))
  const missing = truth.images.length - images.length
  const unknown = results.images.length - images.length
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).join(', ')
  return [
    ...matches.filter(({ how }) => how === 'suffix').map(({ label, truthLabels }) => `"${label}" is scored against ${truthLabels.join(', ')}.`),
    ...(strangers.length > 0 ? [`Not scored, because the truth has no such label: ${names(strangers)}.`] : []),
    ...(others.length > 0 ? [`Truth left out, because the results have no such label: ${names(others)}.`] : []),
    ...(missing > 0 ? [`${missing} images of the truth are not in the results and are not scored.`] : []),
    ...(unknown > 0 ? [`${unknown} images of the results are not in the truth and are not scored.`] : []),
    ...(hasMasks ? [] : ['No masks to compare: results or truth have boxes only.']),
  ]
}
