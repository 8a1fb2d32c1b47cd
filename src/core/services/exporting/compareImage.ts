/** One image of a project against what a reader found in the export. */
import { pixelsOf } from '../../../shared/rasterize.ts'
import { boxArea, boxIou, clipBox } from '../../../shared/geometry.ts'
import type { Box, Size } from '../../../shared/geometry.ts'
import type { Annotation, Image, Polygon } from '../../../shared/model.ts'
import { clipPolygon, polygonBox, tracePolygon } from '../../../shared/polygons.ts'
import { decodeRuns } from '../../../shared/rle.ts'
import type { Runs } from '../../../shared/rle.ts'
import { maskIou, mergeRuns, runsArea, runsBox } from '../../../shared/rleMath.ts'
import { isSame as isSameValue } from '../../../shared/changes.ts'
import { ANNOTATION_VALUES } from '../../formats/source.ts'
import type { AnnotationValue, Holds } from '../../formats/source.ts'

type Values = Partial<Pick<Annotation, AnnotationValue>>
type Given = Pick<Annotation, 'box' | 'mask' | 'polygon' | 'z'> & Values

/** An object of the project or of the export. */
export interface Shape {
  readonly label: string
  /** Cut off at the border. */
  readonly box: Box
  readonly isCut: boolean
  readonly z: number
  readonly values: Values
  /** What the mask is made from, to see at once that two are the same; null where it was computed. */
  readonly from: Pick<Annotation, 'polygon' | 'mask'> | null
  /** null for a box without a mask. Computed when asked for. */
  readonly mask: () => Runs | null
}

export interface Pair {
  readonly expected: Shape
  readonly found: Shape
  /** Largest distance between two edges of the boxes, pixels. */
  readonly boxMove: number
  /** null where one has no mask. */
  readonly maskIou: number | null
}

export interface Comparison {
  readonly pairs: readonly Pair[]
  /** In the project and not in the export, and the other way round. */
  readonly absent: readonly Shape[]
  readonly strange: readonly Shape[]
}

export function shapeOf(given: Given, label: string, size: Size): Shape {
  const { mask, polygon, z } = given
  const box = clipBox(given.box, size)
  let runs: Runs | null | undefined
  const pixels = () => (runs === undefined ? (runs = pixelsOf(given, size)) : runs)
  return { label, box, isCut: !isSameBox(box, given.box), z, values: given, from: { polygon, mask }, mask: pixels }
}

function isSameBox(a: Box, b: Box): boolean {
  return a.x0 === b.x0 && a.y0 === b.y0 && a.x1 === b.x1 && a.y1 === b.y1
}

/** What a format that holds this much can give back of the shapes. */
export function heldOf(shapes: readonly Shape[], { objects, masks, boxesOf }: Holds, image: Image): readonly Shape[] {
  const held = masks === 'visible' ? visibleParts(shapes, image) : shapes
  const grouped = objects === 'each' ? held : objects === 'parts' ? held.flatMap((shape) => partsOfShape(shape, image)) : unionsByLabel(held)
  return boxesOf === 'outline' ? grouped.map((shape) => ({ ...shape, box: outlineBox(shape, image) })) : grouped
}

/** A drawn polygon by its rings, a mask by what hangs together; a box is one part. */
function partsOfShape(shape: Shape, size: Size): Shape[] {
  const mask = shape.mask()
  const rings = drawnOn(shape, size) ?? (mask && tracePolygon(decodeRuns(mask)).polygon)
  return rings?.map((ring) => shapeOf({ ...shape.values, box: shape.box, z: shape.z, polygon: [ring], mask: null }, shape.label, size)) ?? [shape]
}

function drawnOn({ from }: Shape, size: Size): Polygon | null {
  const rings = from?.polygon ? clipPolygon(from.polygon, size) : []
  return rings.length > 0 ? rings : null
}

function outlineBox(shape: Shape, size: Size): Box {
  const drawn = drawnOn(shape, size)
  if (drawn) return polygonBox(drawn)
  const mask = shape.mask()
  return mask ? runsBox(mask) : shape.box
}

/** Each mask without what lies higher; a mask that is covered wholly is none. */
export function visibleParts(shapes: readonly Shape[], { width, height }: Size): Shape[] {
  const masked = shapes.filter((shape) => shape.mask() !== null).sort((a, b) => a.z - b.z)
  if (masked.length === 0) return [...shapes]
  const top = new Uint32Array(width * height)
  masked.forEach((shape, n) => {
    fill(top, shape.mask()!, n + 1)
  })
  const parts = partsOf(top, masked.length)
  return shapes.map((shape) => {
    const n = masked.indexOf(shape)
    if (n < 0) return shape
    const counts = parts[n]!
    return { ...shape, from: null, mask: () => (counts.length > 1 ? { width, height, counts: Uint32Array.from(counts) } : null) }
  })
}

/** `top` is column-major, as runs are. */
function fill(top: Uint32Array, { counts }: Runs, value: number): void {
  for (let i = 1, at = counts[0]!; i < counts.length; i += 2) {
    top.fill(value, at, at + counts[i]!)
    at += counts[i]! + (counts[i + 1] ?? 0)
  }
}

/** Run lengths of the pixels with the values 1, 2, ... `values`. */
function partsOf(top: Uint32Array, values: number): number[][] {
  const ends = new Float64Array(values)
  const parts = Array.from({ length: values }, (): number[] => [])
  let end = 0
  while (end < top.length) {
    const at = end
    const value = top[at]!
    while (end < top.length && top[end] === value) end++
    if (value === 0) continue
    parts[value - 1]!.push(at - ends[value - 1]!, end - at)
    ends[value - 1] = end
  }
  parts.forEach((counts, n) => {
    if (ends[n]! < top.length) counts.push(top.length - ends[n]!)
  })
  return parts
}

function unionsByLabel(shapes: readonly Shape[]): Shape[] {
  return [...Map.groupBy(shapes.filter((shape) => shape.mask() !== null), ({ label }) => label).values()].map((same) => {
    const union = mergeRuns(same.map((shape) => shape.mask()!))
    return { ...same[0]!, from: null, mask: () => union }
  })
}

/** Pairs objects of one label, the most alike first. */
export function compareShapes(expected: readonly Shape[], found: readonly Shape[]): Comparison {
  const pairs: Pair[] = []
  const free = new Set(found)
  const inOrder = compareInOrder(expected, found)
  if (inOrder) return { pairs: inOrder, absent: [], strange: [] }
  const waiting = new Set(expected)
  const candidates = expected.flatMap((shape) => found.filter(({ label }) => label === shape.label).map((other) => pairOf(shape, other)))
  const ranked = candidates.map((pair) => ({ pair, rank: likeness(pair) })).sort((a, b) => b.rank - a.rank || alikeValues(b.pair) - alikeValues(a.pair))
  for (const { pair } of ranked) {
    if (!waiting.has(pair.expected) || !free.has(pair.found)) continue
    pairs.push(pair)
    waiting.delete(pair.expected)
    free.delete(pair.found)
  }
  return { pairs: untangled(pairs), absent: [...waiting], strange: [...free] }
}

/** Boxes a pixel or two large are alike in more than one way: two pairs change partners where neither is then as far off. */
function untangled(pairs: readonly Pair[]): Pair[] {
  const result = [...pairs]
  const isBox = ({ expected, found }: Pair) => expected.mask() === null && found.mask() === null
  for (let i = 0; i < result.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [result[i]!, result[j]!]
      const worst = Math.max(a.boxMove, b.boxMove)
      if (worst <= NEAR || a.expected.label !== b.expected.label || !isBox(a) || !isBox(b)) continue
      const [c, d] = [pairOf(a.expected, b.found), pairOf(b.expected, a.found)]
      if (Math.max(c.boxMove, d.boxMove) >= worst) continue
      ;[result[i], result[j]] = [c, d]
      j = -1
    }
  }
  return result
}

/** Pixels that rounding alone may move an edge. */
const NEAR = 0.5

/** Of so few objects each can be compared with each. */
const FEW = 50

/** Most formats keep the order: then nobody has to be looked for. */
function compareInOrder(expected: readonly Shape[], found: readonly Shape[]): Pair[] | null {
  if (expected.length !== found.length || expected.some(({ label }, n) => label !== found[n]!.label)) return null
  const pairs = expected.map((shape, n) => pairOf(shape, found[n]!))
  const near = expected.length > FEW ? 1 : 1e-3
  return pairs.every((pair) => pair.boxMove <= near && (pair.maskIou ?? 1) > 0.5 && !hasStrangeMask(pair)) ? pairs : null
}

/** Of two boxes that are the same the one without a mask is meant by one without. */
const MASK_LOST = 1e-3

function likeness(pair: Pair): number {
  const boxes = boxIou(pair.expected.box, pair.found.box)
  const overlap = hasStrangeMask(pair) ? -1 : (pair.maskIou ?? (pair.expected.mask() ? boxes - MASK_LOST : boxes))
  // A box without area overlaps with nothing, not even with itself.
  return boxes + overlap + 1 / (1 + pair.boxMove)
}

/** How many values are the same: they tell boxes apart that a format rounds to one. */
function alikeValues({ expected, found }: Pair): number {
  return ANNOTATION_VALUES.filter((value) => isSameValue(expected.values[value], found.values[value])).length
}

/** A mask was found where a box is expected: it belongs to another object, unless it is a box too. */
function hasStrangeMask({ expected, found, maskIou }: Pair): boolean {
  const mask = found.mask()
  return maskIou === null && mask !== null && expected.mask() === null && runsArea(mask) !== boxArea(runsBox(mask))
}

function pairOf(expected: Shape, found: Shape): Pair {
  const [a, b] = [expected.box, found.box]
  const boxMove = Math.max(Math.abs(a.x0 - b.x0), Math.abs(a.y0 - b.y0), Math.abs(a.x1 - b.x1), Math.abs(a.y1 - b.y1))
  let iou: number | null | undefined
  const overlap = () => {
    const [mine, theirs] = [expected.mask(), found.mask()]
    return mine && theirs ? (isSame(mine.counts, theirs.counts) ? 1 : maskIou(mine, theirs)) : null
  }
  return {
    expected,
    found,
    boxMove,
    get maskIou() {
      return iou === undefined ? (iou = sameOrigin(expected, found) ? 1 : overlap()) : iou
    },
  }
}

/** Without computing anything: both come from the same numbers. */
function sameOrigin({ from: a }: Shape, { from: b }: Shape): boolean {
  if (!a || !b) return false
  if (a.polygon && b.polygon) return a.polygon.length === b.polygon.length && a.polygon.every((ring, n) => isSame(ring, b.polygon![n]!))
  return !a.polygon && !b.polygon && a.mask !== null && a.mask.counts === b.mask?.counts
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return false
  return true
}
