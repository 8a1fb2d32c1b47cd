/** One image of a project against what a reader found in the export. */
import { pixelsOf } from '../../../shared/rasterize.ts'
import { boxArea, boxIou, clipBox, isSameBox } from '../../../shared/geometry.ts'
import type { Box, Size } from '../../../shared/geometry.ts'
import type { Annotation } from '../../../shared/model.ts'
import type { Runs } from '../../../shared/rle.ts'
import { maskIou, runsArea, runsBox } from '../../../shared/rleMath.ts'
import type { AnnotationValue } from '../../formats/source.ts'

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

/**
 * Pairs objects of one label: as many as can be so that `fits` holds for each pair, among those the most alike first, then
 * what is left.
 */
export function compareShapes(expected: readonly Shape[], found: readonly Shape[], fits: (pair: Pair) => boolean): Comparison {
  const inOrder = compareInOrder(expected, found, fits)
  if (inOrder) return { pairs: inOrder, absent: [], strange: [] }
  const matching = new Matching(candidatesOf(expected, found, fits))
  const absent = expected.filter((shape) => !matching.has(shape))
  const strange = found.filter((shape) => !matching.has(shape))
  const others = new Matching(candidatesOf(absent, strange))
  const isLeft = (shape: Shape) => !others.has(shape)
  return { pairs: [...matching.pairs(), ...others.pairs()], absent: absent.filter(isLeft), strange: strange.filter(isLeft) }
}

/** Pairs of one label for which `fits` holds, as many as can be, each shape in one at most; among those the most alike first. */
export function fittingPairs(expected: readonly Shape[], found: readonly Shape[], fits: (pair: Pair) => boolean): readonly Pair[] {
  return new Matching(candidatesOf(expected, found, fits)).pairs()
}

/** Most formats keep the order: then nobody has to be looked for. */
function compareInOrder(expected: readonly Shape[], found: readonly Shape[], fits: (pair: Pair) => boolean): Pair[] | null {
  if (expected.length !== found.length || expected.some(({ label }, n) => label !== found[n]!.label)) return null
  const pairs = expected.map((shape, n) => pairOf(shape, found[n]!))
  return pairs.every((pair) => !hasStrangeMask(pair) && fits(pair)) ? pairs : null
}

function candidatesOf(expected: readonly Shape[], found: readonly Shape[], fits: (pair: Pair) => boolean = () => true): Pair[] {
  const byLabel = Map.groupBy(found, ({ label }) => label)
  return expected.flatMap((shape) => (byLabel.get(shape.label) ?? []).map((other) => pairOf(shape, other)).filter(fits))
}

/** As many of the pairs as can be with each shape in one at most: the most alike first, then by augmenting paths (Kuhn 1955). */
class Matching {
  readonly #of = new Map<Shape, Pair>()
  readonly #candidates: ReadonlyMap<Shape, readonly Pair[]>

  constructor(pairs: readonly Pair[]) {
    const ranked = pairs.map((pair) => ({ pair, rank: likeness(pair) })).sort((a, b) => b.rank - a.rank).map(({ pair }) => pair)
    this.#candidates = Map.groupBy(ranked, ({ expected }) => expected)
    for (const pair of ranked) if (!this.has(pair.expected) && !this.has(pair.found)) this.#take(pair)
    for (const shape of this.#candidates.keys()) if (!this.has(shape)) this.#augment(shape, new Set())
  }

  has(shape: Shape): boolean {
    return this.#of.has(shape)
  }

  pairs(): Pair[] {
    return [...this.#candidates.keys()].flatMap((shape) => this.#of.get(shape) ?? [])
  }

  /** Whether the shape has found a partner; those met on the way change theirs. */
  #augment(shape: Shape, met: Set<Shape>): boolean {
    for (const pair of this.#candidates.get(shape)!) {
      if (met.has(pair.found)) continue
      met.add(pair.found)
      const taken = this.#of.get(pair.found)
      if (taken && !this.#augment(taken.expected, met)) continue
      this.#take(pair)
      return true
    }
    return false
  }

  #take(pair: Pair): void {
    this.#of.set(pair.expected, pair)
    this.#of.set(pair.found, pair)
  }
}

/** Of two boxes that are the same the one without a mask is meant by one without. */
const MASK_LOST = 1e-3

function likeness(pair: Pair): number {
  const boxes = boxIou(pair.expected.box, pair.found.box)
  const overlap = hasStrangeMask(pair) ? -1 : (pair.maskIou ?? (pair.expected.mask() ? boxes - MASK_LOST : boxes))
  // A box without area overlaps with nothing, not even with itself.
  return boxes + overlap + 1 / (1 + pair.boxMove)
}

/** A mask was found where a box is expected: it belongs to another object, unless it is a box too. */
export function hasStrangeMask(pair: Pair): boolean {
  // Where both come from the same numbers no mask has to be computed.
  if (pair.maskIou !== null) return false
  const mask = pair.found.mask()
  return mask !== null && pair.expected.mask() === null && runsArea(mask) !== boxArea(runsBox(mask))
}

/** Largest distance between two edges. */
export function moveOf(a: Box, b: Box): number {
  return Math.max(Math.abs(a.x0 - b.x0), Math.abs(a.y0 - b.y0), Math.abs(a.x1 - b.x1), Math.abs(a.y1 - b.y1))
}

function pairOf(expected: Shape, found: Shape): Pair {
  const boxMove = moveOf(expected.box, found.box)
  let iou: number | null | undefined
  const overlap = () => {
    // Formats of boxes give back none: then the project's are not computed.
    const theirs = found.mask()
    const mine = theirs && expected.mask()
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
