/** The objects of SegmentationObject and SegmentationClass, and which object of the XML file each of them is. */
import { boxIou } from '../../../shared/geometry.ts'
import type { Size } from '../../../shared/geometry.ts'
import type { Runs } from '../../../shared/rle.ts'
import { runsBox } from '../../../shared/rleMath.ts'
import type { ImportProblem } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { placeOf, readMaskPng, rgb, runsByNumber } from '../common/pixels/maskPng.ts'
import type { MaskPng } from '../common/pixels/maskPng.ts'
import { VOC_PALETTE } from '../common/pixels/palette.ts'
import { VOID } from './classes.ts'
import type { VocClasses } from './classes.ts'
import type { VocEntry } from './layout.ts'
import type { VocObject } from './objects.ts'

export interface Segment {
  readonly file: string
  /** See `placeOf`. */
  readonly place: string
  /** In SegmentationObject; null where a file has other colours than VOC's, and for a whole class. */
  readonly number: number | null
  readonly runs: Runs
  /** Undefined where no class mask says it. */
  readonly label: string | undefined
}

export interface Segmentation {
  readonly size: Size
  readonly segments: readonly Segment[]
  /** Each segment is all there is of a class in the image. */
  readonly isPerClass: boolean
}

const LARGEST_PNG = 2 ** 28
/** Mask and box of one object overlap at least so much; a void border makes small masks smaller. */
const LEAST_IOU = 0.3
const OBJECT_NUMBERS = new Map(VOC_PALETTE.map((color, number) => [rgb(...color), number]))

/** Null without masks that can be read; a mask that can't is a problem. */
export async function readSegmentation(
  files: DatasetFiles,
  entry: VocEntry,
  classes: VocClasses,
  problem: (problem: ImportProblem) => void,
): Promise<Segmentation | null> {
  const classPng = await readPng(files, entry.classPng, problem)
  const objectPng = await readPng(files, entry.objectPng, problem)
  const png = objectPng ?? classPng
  if (!png) return null
  const isFitting = !classPng || (classPng.width === png.width && classPng.height === png.height)
  if (!isFitting)
    problem({
      file: entry.classPng!,
      place: '',
      reason: 'has another size than the mask of objects and was not used',
      objects: 0,
    })
  const classMask = isFitting ? classPng : null
  const segments = objectPng
    ? objectSegments(objectPng, entry.objectPng!, classMask, entry.classPng, classes)
    : classSegments(png, entry.classPng!, classes)
  return { size: { width: png.width, height: png.height }, segments, isPerClass: !objectPng }
}

async function readPng(
  files: DatasetFiles,
  path: string | null,
  problem: (problem: ImportProblem) => void,
): Promise<MaskPng | null> {
  if (path === null) return null
  try {
    return readMaskPng(await files.readBytes(path, LARGEST_PNG), path)
  } catch (error) {
    problem({ file: path, place: '', reason: (error as Error).message, objects: 0 })
    return null
  }
}

function classSegments(png: MaskPng, file: string, classes: VocClasses): Segment[] {
  const byNumber = runsByNumber(png, file)
  const meanings = classes.meanings(png, byNumber.keys())
  const wanted = [...byNumber].filter(([number]) => meanings.get(number) !== null)
  return wanted.map(([number, runs]) => ({ file, place: placeOf(png, number), number: null, runs, label: meanings.get(number)! }))
}

function objectSegments(
  png: MaskPng,
  file: string,
  classPng: MaskPng | null,
  classFile: string | null,
  classes: VocClasses,
): Segment[] {
  const byNumber = runsByNumber(png, file)
  const labels = classPng ? labelsOf(png, classPng, classFile!, classes) : new Map<number, string>()
  return [...byNumber].flatMap(([value, runs]) => {
    const number = png.kind === 'rgb' ? (OBJECT_NUMBERS.get(value) ?? null) : value
    if (number === 0 || number === VOID) return []
    return { file, place: placeOf(png, value), number, runs, label: labels.get(value) }
  })
}

/** By the values of the object mask: the class that most of the pixels have. */
function labelsOf(objects: MaskPng, classPng: MaskPng, file: string, classes: VocClasses): Map<number, string> {
  const meanings = classes.meanings(classPng, runsByNumber(classPng, file).keys())
  const best = new Map<number, { label: string; pixels: number }>()
  for (const { object, classNumber, pixels } of commonPixels(objects, classPng)) {
    const label = meanings.get(classNumber)
    if (label && pixels > (best.get(object)?.pixels ?? 0)) best.set(object, { label, pixels })
  }
  return new Map([...best].map(([object, { label }]) => [object, label]))
}

/** How many pixels each pair of an object and a class has. */
function commonPixels(objects: MaskPng, classPng: MaskPng): { object: number; classNumber: number; pixels: number }[] {
  const radix = 2 ** 24
  const counts = new Map<number, number>()
  let key = -1
  let start = 0
  const total = objects.numbers.length
  for (let i = 0; i <= total; i++) {
    const next = i < total ? objects.numbers[i]! * radix + classPng.numbers[i]! : -1
    if (next === key) continue
    if (key >= 0) counts.set(key, (counts.get(key) ?? 0) + i - start)
    key = next
    start = i
  }
  return [...counts].map(([pair, pixels]) => ({ object: Math.floor(pair / radix), classNumber: pair % radix, pixels }))
}

export interface Pairing {
  /** The mask of an object of the XML file. */
  readonly masks: ReadonlyMap<VocObject, Segment>
  /** Masks of no object of the XML file. */
  readonly further: readonly Segment[]
  /** Masks that hold several objects of the XML file and can't be divided. */
  readonly undivided: readonly Segment[]
}

/**
 * By the number that objects state; else by their order, where every object has a mask and no class contradicts; else by
 * class and overlap of boxes. All of one class in one mask belongs to an object that is the only one of its class.
 */
export function pairUp(objects: readonly VocObject[], { segments, isPerClass }: Segmentation): Pairing {
  if (isPerClass) return pairClasses(objects, segments)
  const masks = new Map<VocObject, Segment>()
  const pair = (object: VocObject | undefined, segment: Segment) => object && masks.set(object, segment)
  if (objects.some(({ xml }) => xml.segment !== null))
    for (const segment of segments)
      pair(
        objects.find(({ xml }) => xml.segment === segment.number),
        segment,
      )
  else if (isInOrder(objects, segments)) for (const segment of segments) pair(objects[segment.number! - 1], segment)
  else for (const [object, segment] of closest(objects, segments)) masks.set(object, segment)
  const paired = new Set(masks.values())
  return { masks, further: segments.filter((segment) => !paired.has(segment)), undivided: [] }
}

function isInOrder(objects: readonly VocObject[], segments: readonly Segment[]): boolean {
  const fits = ({ number, label }: Segment) =>
    number !== null && number <= objects.length && [undefined, objects[number - 1]!.label].includes(label)
  return segments.length === objects.length && segments.every(fits)
}

/** Pairs of the same class whose boxes overlap, the closest first. */
function closest(objects: readonly VocObject[], segments: readonly Segment[]): Map<VocObject, Segment> {
  const boxes = segments.map(({ runs }) => runsBox(runs))
  const candidates = objects.flatMap((object) =>
    segments.map((segment, index) => ({
      object,
      segment,
      iou: [undefined, object.label].includes(segment.label) ? boxIou(object.box, boxes[index]!) : 0,
    })),
  )
  const pairs = new Map<VocObject, Segment>()
  const taken = new Set<Segment>()
  for (const { object, segment, iou } of candidates.sort((a, b) => b.iou - a.iou)) {
    if (iou < LEAST_IOU || pairs.has(object) || taken.has(segment)) continue
    pairs.set(object, segment)
    taken.add(segment)
  }
  return pairs
}

function pairClasses(objects: readonly VocObject[], segments: readonly Segment[]): Pairing {
  const ofClass = (segment: Segment) => objects.filter(({ label }) => label === segment.label)
  const single = segments.filter((segment) => ofClass(segment).length === 1)
  return {
    masks: new Map(single.map((segment) => [ofClass(segment)[0]!, segment])),
    further: segments.filter((segment) => ofClass(segment).length === 0),
    undivided: segments.filter((segment) => ofClass(segment).length > 1),
  }
}
