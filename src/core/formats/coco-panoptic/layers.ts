/** The objects of an image painted over one another in order of z, as a panoptic PNG has them. */
import type { Annotation, Image } from '../../../shared/model.ts'
import { pixelsOf } from '../../../shared/rasterize.ts'
import type { Runs } from '../../../shared/rle.ts'
import { runsArea } from '../../../shared/rleMath.ts'
import { keptValues } from '../kept.ts'
import { paintRuns } from '../common/pixels/paintRuns.ts'
import type { Tally } from '../common/tally.ts'

/** The largest number three bytes hold. */
const LARGEST = 2 ** 24 - 1

/** An object that is seen. */
export interface Layer {
  readonly annotation: Annotation
  /** Its number in the PNG. */
  readonly id: number
  /** Pixels. */
  readonly visible: number
  readonly whole: number
}

/** RGB pixels, row-major, and the objects in them; objects without a visible pixel are skipped with words. */
export function layersOf(annotations: readonly Annotation[], image: Image, tally: Tally): { pixels: Uint8Array; layers: readonly Layer[] } {
  const { width, height } = image
  const skip = (annotation: Annotation, reason: string) => tally.skip(image.path, `a "${tally.labelOf(annotation).name}" ${reason}`, 1)
  const masked: { annotation: Annotation; runs: Runs }[] = []
  for (const annotation of annotations) {
    const runs = pixelsOf(annotation, image)
    if (runs) masked.push({ annotation, runs })
    else skip(annotation, 'has no mask, and a panoptic map holds nothing else')
  }
  const top = new Uint32Array(width * height)
  masked.forEach(({ runs }, n) => {
    paintRuns(top, runs, n + 1)
  })
  const visible = new Uint32Array(masked.length + 1)
  for (const n of top) visible[n]!++
  const ids = numbersOf(masked.map(({ annotation }) => annotation))
  const layers: Layer[] = []
  masked.forEach(({ annotation, runs }, n) => {
    if (visible[n + 1] === 0) skip(annotation, 'lies wholly under other objects')
    else layers.push({ annotation, id: ids[n]!, visible: visible[n + 1]!, whole: runsArea(runs) })
  })
  return { pixels: colored(top, ids), layers }
}

/** Numbers of the imported file where they are free, else those that are left. */
function numbersOf(annotations: readonly Annotation[]): readonly number[] {
  const kept = annotations.map((annotation) => keptValues(annotation, 'coco-panoptic')?.values['id'])
  const isNumber = (id: unknown): id is number => Number.isInteger(id) && (id as number) > 0 && (id as number) <= LARGEST
  const used = new Set(kept.filter(isNumber))
  const given = new Set<number>()
  let next = 1
  return kept.map((id) => {
    let number = id
    if (!isNumber(number) || given.has(number)) {
      while (used.has(next)) next++
      number = next++
    }
    given.add(number as number)
    return number as number
  })
}

function colored(top: Uint32Array, ids: readonly number[]): Uint8Array {
  const pixels = new Uint8Array(top.length * 3)
  for (let i = 0; i < top.length; i++) {
    const id = top[i] === 0 ? 0 : ids[top[i]! - 1]!
    pixels[i * 3] = id & 0xff
    pixels[i * 3 + 1] = (id >> 8) & 0xff
    pixels[i * 3 + 2] = id >> 16
  }
  return pixels
}
