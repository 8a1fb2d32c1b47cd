/** SegmentationClass and SegmentationObject of one image. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'
import type { Annotation, Polygon } from '../../../shared/model.ts'
import { clipPolygon } from '../../../shared/polygons.ts'
import { pixelsOf, rasterizePolygon } from '../../../shared/rasterize.ts'
import type { Runs } from '../../../shared/rle.ts'
import { encodeIndexedPng } from '../common/pixels/indexedPng.ts'
import { paintRuns } from '../common/pixels/paintRuns.ts'
import type { ExportImage } from '../source.ts'

/** Numbers of classes and objects in the PNG files: 0 is background. */
export const MAX_NUMBER = 254
/** Borders between objects, where those are wanted, and nothing else. */
const VOID = 255
/** A border is 5 pixels wide: the outline and 2 pixels to either side. */
const VOID_REACH = 2

export interface Masked {
  /** In order of z, as in the XML file. Where there are more than numbers, those with masks come first. */
  readonly objects: readonly Annotation[]
  readonly masks: ReadonlyMap<Annotation, Runs>
}

/**
 * `annotations` in order of z and their masks.
 * @throws AppError invalid-argument where there are more objects with masks than numbers
 */
export function maskedObjects(annotations: readonly Annotation[], { image }: ExportImage): Masked {
  const masks = new Map<Annotation, Runs>()
  for (const annotation of annotations) {
    const runs = pixelsOf(annotation, image)
    if (runs) masks.set(annotation, runs)
  }
  if (annotations.length <= MAX_NUMBER) return { objects: annotations, masks }
  if (masks.size <= MAX_NUMBER)
    return { objects: [...masks.keys(), ...annotations.filter((annotation) => !masks.has(annotation))], masks }
  const message = `${image.path} has ${masks.size} objects with masks, but a mask file of Pascal VOC holds ${MAX_NUMBER}.`
  throw new AppError('invalid-argument', `${message} Export COCO instead, or boxes only with --option masks=none.`, {
    image: image.path,
  })
}

/**
 * The number of an object is its place in `objects`, from 1; what lies higher covers what lies lower. `numbers`: of classes,
 * by label id. Returns how many pixels of each object number are left.
 */
export async function writeMasks(
  folder: string,
  stem: string,
  size: Size,
  { objects: ordered, masks }: Masked,
  { numbers, hasVoid }: { numbers: ReadonlyMap<number, number>; hasVoid: boolean },
): Promise<readonly number[]> {
  const classes = new Uint8Array(size.width * size.height)
  const objects = new Uint8Array(size.width * size.height)
  ordered.forEach((annotation, index) => {
    const runs = masks.get(annotation)
    if (!runs) return
    paintRuns(classes, runs, numbers.get(annotation.labelId)!)
    paintRuns(objects, runs, index + 1)
  })
  if (hasVoid) drawBorders(classes, objects, size)
  await writeFile(join(folder, 'SegmentationClass', `${stem}.png`), encodeIndexedPng(classes, size))
  await writeFile(join(folder, 'SegmentationObject', `${stem}.png`), encodeIndexedPng(objects, size))
  const left = new Array<number>(MAX_NUMBER + 2).fill(0)
  for (const number of objects) left[number]!++
  return left
}

const DECIMALS = 9

/**
 * The polygon as it is written: counted from 1 and with 9 decimals. Null, for its mask to be taken, where that is another
 * set of pixels.
 */
export function writtenPolygon({ polygon }: Annotation, size: Size): Polygon | null {
  if (!polygon) return null
  const written = polygon.map((ring) => ring.map((value) => Number((value + 1).toFixed(DECIMALS))))
  const readBack = written.map((ring) => ring.map((value) => Number((value - 1).toFixed(DECIMALS))))
  const [drawn, read] = [polygon, readBack].map((one) => clipPolygon(one, size)).map((one) => rasterizePolygon(one, size).counts)
  return drawn!.length === read!.length && drawn!.every((count, index) => count === read![index]) ? written : null
}

/** Void on the outline of each object (its pixels beside another number or the background) and around it. */
function drawBorders(classes: Uint8Array, objects: Uint8Array, { width, height }: Size): void {
  const numbers = objects.slice()
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const number = numbers[i]!
      if (number === 0) continue
      const isInside =
        (x === 0 || numbers[i - 1] === number) &&
        (x === width - 1 || numbers[i + 1] === number) &&
        (y === 0 || numbers[i - width] === number) &&
        (y === height - 1 || numbers[i + width] === number)
      if (isInside) continue
      const [left, right] = [Math.max(x - VOID_REACH, 0), Math.min(x + VOID_REACH + 1, width)]
      for (let row = Math.max(y - VOID_REACH, 0); row <= Math.min(y + VOID_REACH, height - 1); row++) {
        classes.fill(VOID, row * width + left, row * width + right)
        objects.fill(VOID, row * width + left, row * width + right)
      }
    }
  }
}
