/** Reply text -> everything in it that looks like a box, in order, whatever form the model chose. */

/** `numbers` are x0, y0, x1, y1 as written; null with a `problem` when it is no usable box. */
export interface Candidate {
  readonly text: string
  readonly numbers: readonly number[] | null
  readonly problem: string
  readonly notes: readonly string[]
}

/** Box and quad tokens up to their end, or to where it should have been. */
const SEGMENT = /<\|(box|quad)_start\|>([^]*?)(<\|\1_end\|>|(?=<\|(?:box_start|quad_start|object_ref_start|im_end|endoftext)\|>)|$)/g
const NUMBER = '[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?'
const LEXEME = new RegExp(`(${NUMBER})|([A-Za-z_]\\w*)|([[({])|([\\])}])|(%)|([\\s,;:="'\`，、-]+)|<\\|[^|<>]*\\|>|.`, 'gsu')
const NOT_FINITE = /^(nan|inf|infinity|null|none)$/i
const JOINS_CORNERS = /^(to|and)$/i
/** Coordinates given by name: which of x0, y0, x1, y1 each one is. */
const NAMES: Readonly<Record<string, number>> = {
  x0: 0, y0: 1, xmin: 0, ymin: 1, x_min: 0, y_min: 1, left: 0, top: 1,
  x1: 2, y1: 3, x2: 2, y2: 3, xmax: 2, ymax: 3, x_max: 2, y_max: 3, right: 2, bottom: 3,
} // prettier-ignore

const UNBRACKETED = 'written without brackets'
const QUAD = 'a quadrilateral: the box around it is used'
const CUT_OFF = 'the reply ends in the middle of it'

/** A bracket of two numbers. */
interface Corner {
  readonly start: number
  readonly end: number
  readonly numbers: readonly number[]
}

interface Group {
  readonly start: number
  readonly bracketed: boolean
  readonly numbers: number[]
  readonly names: string[]
  percent: boolean
}

/** The box around four corners x0, y0, ..., x3, y3. */
function around(corners: readonly number[]): number[] {
  const xs = corners.filter((_, i) => i % 2 === 0)
  const ys = corners.filter((_, i) => i % 2 === 1)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/** Puts named coordinates in the order x0, y0, x1, y1; null when the names are not one of each. */
function byName({ names, numbers }: Group): number[] | null {
  // {x1, y1, x2, y2} counts corners from one, {x0, y0, x1, y1} from zero.
  const fromOne = names.includes('x2') || names.includes('y2')
  const slots = names.map((name) => (fromOne && /^[xy]1$/.test(name) ? NAMES[name]! - 2 : NAMES[name]!))
  if (numbers.length !== 4 || new Set(slots).size !== 4) return null
  return [0, 1, 2, 3].map((slot) => numbers[slots.indexOf(slot)]!)
}

/** Scans one stretch of text; brackets are a flat machine, since only the innermost ones hold numbers. */
class Scanner {
  readonly candidates: Candidate[] = []
  readonly #text: string
  /** Between box tokens everything must be a box; in prose a single number or a short list is none. */
  readonly #strict: boolean
  #group: Group | null = null
  /** Waits for the opposite corner. */
  #corner: Corner | null = null

  constructor(text: string, strict: boolean) {
    this.#text = text
    this.#strict = strict
  }

  run(complete: boolean): Candidate[] {
    for (const match of this.#text.matchAll(LEXEME)) this.#take(match)
    if (complete) this.#end()
    return this.candidates
  }

  #take(match: RegExpMatchArray): void {
    const [whole, number, word, open, close, percent, separator] = match
    const at = match.index!
    if (number !== undefined) {
      this.#group ??= { start: at, bracketed: false, numbers: [], names: [], percent: false }
      this.#group.numbers.push(Number(number))
    } else if (word !== undefined) this.#takeWord(word, at)
    else if (open !== undefined) {
      if (this.#group && this.#group.numbers.length > 0) this.#abandon(at, 'its bracket is not closed')
      this.#group = { start: at, bracketed: true, numbers: [], names: [], percent: false }
    } else if (close !== undefined) this.#finish(at + (this.#group?.bracketed ? 1 : 0))
    else if (percent !== undefined && this.#group) this.#group.percent = true
    else if (separator === undefined) this.#interrupt(at, whole)
  }

  #takeWord(word: string, at: number): void {
    const group = this.#group
    if (group?.bracketed && NOT_FINITE.test(word)) group.numbers.push(NaN)
    else if (group?.bracketed && Object.hasOwn(NAMES, word.toLowerCase())) group.names.push(word.toLowerCase())
    else if (group || !this.#corner || !JOINS_CORNERS.test(word)) this.#interrupt(at, word)
  }

  #interrupt(at: number, by: string): void {
    this.#abandon(at, `interrupted by "${by}"`)
    this.#dropCorner()
  }

  /** A bracket that is not closed, or the end of numbers without brackets. */
  #abandon(at: number, problem: string): void {
    const group = this.#group
    if (!group?.bracketed) return this.#finish(at)
    this.#group = null
    if (group.numbers.length >= (this.#strict ? 1 : 2)) this.#refuse(group.start, at, problem)
  }

  #finish(end: number): void {
    const group = this.#group
    this.#group = null
    if (!group) return
    const { start, bracketed } = group
    const count = group.numbers.length
    if (!bracketed && count < 4 && !this.#strict) return this.#dropCorner()
    if (count < (this.#strict ? 1 : 2)) return count === 0 ? undefined : this.#dropCorner()
    if (group.percent) this.#refuse(start, end, 'percentages are not a scale this model is read by')
    else if (group.names.length > 0) this.#finishNamed(group, end)
    else if (bracketed && count === 2) this.#finishCorner({ start, end, numbers: group.numbers })
    else if (count === 4) this.#keep(start, end, group.numbers, bracketed ? [] : [UNBRACKETED])
    else if (bracketed && count === 8) this.#keep(start, end, around(group.numbers), [QUAD])
    else this.#refuse(start, end, `${count} ${count === 1 ? 'number' : 'numbers'} where a box has 4`)
  }

  #finishNamed(group: Group, end: number): void {
    const numbers = byName(group)
    if (numbers) this.#keep(group.start, end, numbers, [])
    else this.#refuse(group.start, end, 'its coordinates by name are not x0, y0, x1, y1')
  }

  #finishCorner(corner: Corner): void {
    const first = this.#corner
    this.#corner = null
    if (first) this.#keep(first.start, corner.end, [...first.numbers, ...corner.numbers], [])
    else this.#corner = corner
  }

  #keep(start: number, end: number, numbers: readonly number[], notes: readonly string[]): void {
    this.#dropCorner()
    this.candidates.push({ text: this.#text.slice(start, end), numbers, problem: '', notes })
  }

  #refuse(start: number, end: number, problem: string): void {
    this.#dropCorner()
    this.candidates.push({ text: this.#text.slice(start, end), numbers: null, problem, notes: [] })
  }

  #dropCorner(): void {
    const corner = this.#corner
    this.#corner = null
    if (corner) this.#refuse(corner.start, corner.end, 'only one corner of a box')
  }

  #end(): void {
    const group = this.#group
    if (group?.bracketed && group.numbers.length > 0) {
      const start = this.#corner?.start ?? group.start
      this.#corner = null
      this.#group = null
      this.#refuse(start, this.#text.length, CUT_OFF)
    } else this.#finish(this.#text.length)
    this.#dropCorner()
  }
}

function scanQuad(text: string): Candidate {
  const numbers = [...text.matchAll(new RegExp(NUMBER, 'g'))].map(([number]) => Number(number))
  if (numbers.length === 8) return { text, numbers: around(numbers), problem: '', notes: [QUAD] }
  return { text, numbers: null, problem: `${numbers.length} numbers where a quadrilateral has 8`, notes: [] }
}

/** What lies between box or quad tokens: never nothing. `end` is how they ended. */
function scanSegment(kind: string, inside: string, end: 'closed' | 'open' | 'cut off'): Candidate[] {
  const found = kind === 'quad' ? [scanQuad(inside)] : new Scanner(inside, true).run(true)
  const nothing = end === 'cut off' ? CUT_OFF : 'no coordinates between its box tokens'
  if (found.length === 0) return [{ text: inside, numbers: null, problem: nothing, notes: [] }]
  if (end === 'closed') return found
  return found.map((candidate) => ({
    ...candidate,
    problem: end === 'cut off' && !candidate.numbers ? CUT_OFF : candidate.problem,
    notes: [...candidate.notes, 'its closing token is missing'],
  }))
}

/**
 * All candidates of a reply, in order. Forms: box and quad tokens, `(x,y),(x,y)`, `[x,y,x,y]`, lists of them, JSON with
 * bbox_2d or named coordinates, and four bare numbers.
 * @param complete false while the reply is still being written: what is not closed yet is left for later
 */
export function scanReply(text: string, complete = true): Candidate[] {
  const found: Candidate[] = []
  let from = 0
  for (const match of text.matchAll(SEGMENT)) {
    const end = match.index + match[0].length
    found.push(...new Scanner(text.slice(from, match.index), false).run(true))
    from = end
    const ending = match[3] !== '' ? 'closed' : end < text.length ? 'open' : 'cut off'
    if (complete || ending !== 'cut off') found.push(...scanSegment(match[1]!, match[2]!, ending))
  }
  return [...found, ...new Scanner(text.slice(from), false).run(complete)]
}
