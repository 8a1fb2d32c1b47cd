/** Annotations as results of Label Studio. */
import type { Box, Size } from '../../../shared/geometry.ts'
import type { Annotation } from '../../../shared/model.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import { boxToState } from '../common/foreignShapes.ts'
import { keptValues } from '../kept.ts'
import { maskToCrop } from '../common/pixels/maskToCrop.ts'
import { packBrush } from './brushWrite.ts'
import type { Controls } from './controls.ts'
import { ID, MARKS, OWN_KEY, regionAttributes } from './names.ts'
import type { Values } from './names.ts'

/** A part of an annotation: what is drawn, in percent of the image. */
interface Drawn {
  readonly type: 'rectanglelabels' | 'polygonlabels' | 'brushlabels'
  readonly value: Values
  /** The exact pixels where percentages do not give them back. */
  readonly pixels: readonly number[] | null
}

export interface Written {
  readonly results: readonly Values[]
  readonly note: string | null
}

/** The results of one annotation. `serial`: its number within the task. */
export function resultsOf(annotation: Annotation, label: string, size: Size, serial: number, controls: Controls): Written {
  const kept = keptValues(annotation, ID)
  const results = kept?.values['results'] as readonly Values[] | undefined
  if (results && kept!.untouched) return { results: verbatim(results, annotation, label, size, controls), note: null }
  const { drawn, extent, note } = drawnOf(annotation, size)
  const shared = ownValues(annotation, extent, drawn.length > 1 ? serial : null)
  const written = drawn.map(({ type, value, pixels }, part) => {
    const own = { ...shared, ...(pixels && { pixels }) }
    return {
      id: part === 0 ? annotation.id : `${annotation.id}-${part + 1}`,
      ...controls.of(type),
      origin: annotation.origin === 'model' ? 'prediction' : 'manual',
      ...frameOf(size),
      value: { ...value, [type]: [label] },
      ...(annotation.score !== null && { score: annotation.score }),
      ...(Object.keys(own).length > 0 && { [OWN_KEY]: own }),
    }
  })
  return { results: written, note }
}

function frameOf({ width, height }: Size): Values {
  return { original_width: width, original_height: height, image_rotation: 0 }
}

/** What came in and was not changed leaves as it came; another label or other attributes are put in. */
function verbatim(results: readonly Values[], annotation: Annotation, label: string, size: Size, controls: Controls): Values[] {
  const isSame = JSON.stringify(regionAttributes(results)) === JSON.stringify(annotation.attributes)
  const said = isSame ? results : results.filter((result) => Object.keys(regionAttributes([result])).length === 0)
  return said.map((result, i) => {
    const value = { ...(result['value'] as Values | undefined), ...brushOf(annotation, result, size) }
    const own = i === 0 && !isSame ? { [OWN_KEY]: { attributes: annotation.attributes } } : {}
    controls.use(result)
    return { ...result, value: relabelled(value, label), ...own }
  })
}

/** The pixels of a brush stroke are kept as the mask only. */
function brushOf({ mask, polygon }: Annotation, { type }: Values, size: Size): Values {
  const crop = mask && !polygon && /^(brush|labels)/.test(String(type)) ? maskToCrop(mask) : null
  return crop ? { format: 'rle', rle: packBrush(crop, size) } : {}
}

/** A region may have several labels; the first one is the object's. */
function relabelled(value: Values, label: string): Values {
  const entries = Object.entries(value).map(([key, names]) => {
    const isOther = key.endsWith('labels') && Array.isArray(names) && String(names[0]).trim() !== label
    return [key, isOther ? [label] : names] as const
  })
  return Object.fromEntries(entries)
}

function drawnOf(annotation: Annotation, size: Size): { drawn: Drawn[]; extent: Box; note: string | null } {
  const { polygon, mask, box } = annotation
  if (polygon && polygon.length > 0) {
    const note =
      polygon.length > 1
        ? 'a polygon of several parts was written as several regions, which are one object for this program only'
        : null
    return { drawn: polygon.map((ring) => polygonOf(ring, size)), extent: polygonBox(polygon), note }
  }
  const crop = mask && maskToCrop(mask)
  if (crop) {
    const { x0, y0, width, height } = crop
    const drawn: Drawn = { type: 'brushlabels', value: { format: 'rle', rle: packBrush(crop, size) }, pixels: null }
    return { drawn: [drawn], extent: { x0, y0, x1: x0 + width, y1: y0 + height }, note: null }
  }
  return { drawn: [rectangleOf(box, size)], extent: box, note: mask ? 'a mask without a pixel was written as a box' : null }
}

function rectangleOf({ x0, y0, x1, y1 }: Box, { width, height }: Size): Drawn {
  const [x, y, w, h] = [percent(x0, width), percent(y0, height), percent(x1 - x0, width), percent(y1 - y0, height)]
  const isExact = isBack(x, x0, width) && isBack(y, y0, height) && isBack(x + w, x1, width) && isBack(y + h, y1, height)
  return { type: 'rectanglelabels', value: { x, y, width: w, height: h, rotation: 0 }, pixels: isExact ? null : [x0, y0, x1, y1] }
}

function polygonOf(ring: readonly number[], { width, height }: Size): Drawn {
  const side = (i: number) => (i % 2 === 0 ? width : height)
  const numbers = ring.map((pixel, i) => percent(pixel, side(i)))
  const points = Array.from({ length: ring.length / 2 }, (_, i) => [numbers[2 * i]!, numbers[2 * i + 1]!])
  const isExact = ring.every((pixel, i) => isBack(numbers[i]!, pixel, side(i)))
  return { type: 'polygonlabels', value: { points, closed: true }, pixels: isExact ? null : ring }
}

function percent(pixels: number, side: number): number {
  return (pixels * 100) / side
}

/** Whether a reader that rounds to nine decimals gets the very same pixels. */
function isBack(percentage: number, pixels: number, side: number): boolean {
  return Math.round(((percentage * side) / 100) * 1e9) / 1e9 === pixels
}

/** What Label Studio has no place for. */
function ownValues(annotation: Annotation, extent: Box, object: number | null): Values {
  const { box, group, attributes } = annotation
  return {
    ...(object !== null && { object }),
    ...Object.fromEntries(MARKS.filter((mark) => annotation[mark]).map((mark) => [mark, true])),
    ...(group !== null && { group }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...boxToState(box, extent),
  }
}
