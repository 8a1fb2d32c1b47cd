/** Whether an object of an export is the project's, as far as its format can hold it. */
import { isSame } from '../../../shared/changes.ts'
import { hasOutline } from '../../../shared/model.ts'
import type { Image } from '../../../shared/model.ts'
import type { AnnotationValue, Holds } from '../../formats/source.ts'
import type { Changes } from './changes.ts'
import type { Pair } from './compareImage.ts'

/** Moves smaller than this are numbers written in decimals. */
export const ROUNDING = 1e-6

export class PairJudge {
  readonly #holds: Holds
  readonly #allowedMove: number
  readonly #allowedIou: number

  constructor(holds: Holds, image: Image) {
    const { boxes, masks } = holds
    this.#holds = holds
    this.#allowedMove = (typeof boxes === 'function' ? boxes(image) : (boxes ?? Infinity)) + ROUNDING
    this.#allowedIou = typeof masks === 'number' ? masks : 1
  }

  /** Whether the box is where it may be; cheap. */
  readonly isNear = ({ boxMove }: Pick<Pair, 'boxMove'>): boolean => boxMove <= this.#allowedMove

  readonly fits = (pair: Pair): boolean => this.faults(pair).next().done === true

  /** Whether the box is the project's: it isn't where it follows from the outline. */
  hasBox({ expected }: Pair): boolean {
    const { boxes, boxesOf } = this.#holds
    return boxes !== null && (boxesOf !== 'outline' || expected.mask() === null)
  }

  /** The IoU of the masks; null where the format or the object has none. */
  maskIou({ maskIou }: Pair): number | null {
    return this.#holds.masks === null ? null : maskIou
  }

  /** What is not as it should be, in words; what costs least to find out first. */
  *faults(pair: Pair): Generator<string, void> {
    const { label } = pair.expected
    if (this.hasBox(pair) && !this.isNear(pair)) yield `the box of a "${label}" is off by ${pair.boxMove.toFixed(2)} pixels`
    for (const value of this.#valuesHeld()) {
      const [mine, theirs] = [pair.expected.values[value], pair.found.values[value]]
      if (isSameValue(mine, theirs) || changeOf(value, mine, theirs) !== null) continue
      yield `a "${label}" has ${value} ${JSON.stringify(theirs)} instead of ${JSON.stringify(mine)}`
    }
    if (this.#holds.masks === null) return
    if (pair.maskIou === null) {
      if (pair.expected.mask() !== null) yield `the mask of a "${label}" is missing`
    } else if (pair.maskIou < this.#allowedIou) yield `the mask of a "${label}" overlaps with the project's only by ${pair.maskIou.toFixed(4)}`
  }

  /** Counts what is not the same and need not be. */
  countChanges({ expected, found }: Pair, changes: Changes): void {
    for (const value of this.#valuesHeld()) {
      const change = changeOf(value, expected.values[value], found.values[value])
      if (change !== null) changes.add(change)
    }
    if (expected.isCut && !found.isCut) changes.add('boxes that reach over the border end there')
    const [mine, theirs] = [expected.from, found.from]
    if (!mine || !theirs) return
    if (hasOutline(mine) && !hasOutline(theirs)) changes.add('masks and outlines are boxes only')
    else if (mine.polygon && !theirs.polygon) changes.add('drawn outlines are masks')
    else if (!mine.polygon && mine.mask && !theirs.mask) changes.add('masks are outlines')
  }

  /** Objects that are one of many say what the first says. */
  #valuesHeld(): readonly AnnotationValue[] {
    return this.#holds.objects === 'per-label' ? [] : this.#holds.values
  }
}

/** Words for a value that is another one and may be; null where it is the same or may not. */
function changeOf(value: AnnotationValue, mine: unknown, theirs: unknown): string | null {
  if (value === 'score' && mine === null && theirs !== null) return `objects had no score and have ${String(theirs)}`
  if (value !== 'attributes' || isSameValue(mine, theirs) || !isSame(trimmed(mine), trimmed(theirs))) return null
  return 'attributes lose white space at their ends; empty descriptions are none'
}

function trimmed(attributes: unknown): unknown {
  return JSON.parse(JSON.stringify(attributes ?? {}), (key, value: unknown) => {
    const text = typeof value === 'string' ? value.trim() : value
    return key === 'description' && text === '' ? undefined : text
  })
}

/** Scores come back from decimals. */
function isSameValue(a: unknown, b: unknown): boolean {
  return typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) <= ROUNDING : isSame(a, b)
}
