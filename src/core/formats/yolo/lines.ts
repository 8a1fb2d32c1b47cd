/** One line of a label file: what its numbers mean. Numbers are shares of the image's width and height. */
import type { YoloTask } from './task.ts'

export interface YoloLine {
  readonly classId: number
  /** box: centre x, centre y, width, height. polygon: x, y of each point. */
  readonly kind: 'box' | 'polygon'
  readonly numbers: readonly number[]
  /** Digits behind the point that its longest number has. */
  readonly digits: number
  readonly score: number | null
  /** Kept as written: 'keypoints' with their 'shape', 'track'. */
  readonly extra: Readonly<Record<string, unknown>>
}

/** Points and numbers a point of a pose. */
export type KeypointShape = readonly [number, number]

/** Shares beyond this are no shares. */
const LARGEST = 10

/** The line, or words that say why it can't be used. */
export function parseLine(text: string, task: YoloTask, shape: KeypointShape | null): YoloLine | string {
  const tokens = text.split(/\s+/)
  if (tokens.length < 5) return `${tokens.length} numbers, where a class number and at least 4 coordinates are expected`
  const values = tokens.map((token) => (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(token) ? Number(token) : NaN))
  const wrong = values.findIndex((value) => !Number.isFinite(value))
  if (wrong === 0 && isName(tokens[0]!)) return `"${tokens[0]!.slice(0, 40)}" is a name, where the number of a class is expected: 0 for the first`
  if (wrong >= 0) return `"${tokens[wrong]!.slice(0, 40)}" is not a number`
  const classId = values[0]!
  if (!Number.isSafeInteger(classId) || classId < 0) return `"${tokens[0]!}" is not a class number`
  const form = formOf(tokens, values, task, shape)
  if (typeof form === 'string') return form
  const numbers = values.slice(1, 1 + form.count)
  const far = numbers.find((value) => Math.abs(value) > LARGEST)
  if (far !== undefined) return `${far} looks like pixels: coordinates have to be shares of the image's width and height`
  if (form.kind === 'box' && (numbers[2]! < 0 || numbers[3]! < 0)) return 'its width or height is negative'
  return {
    classId,
    kind: form.kind,
    numbers,
    digits: Math.max(...tokens.slice(1, 1 + form.count).map(digitsOf)),
    score: form.score ?? null,
    extra: form.extra ?? {},
  }
}

/** Of a class, where its number should be; "nan" and "1e999" are no names. */
export function isName(token: string): boolean {
  return /^\p{L}/u.test(token) && !/^(nan|inf(inity)?)$/i.test(token)
}

interface Form {
  readonly kind: YoloLine['kind']
  /** How many numbers behind the class number are coordinates of it. */
  readonly count: number
  readonly score?: number | null
  readonly extra?: YoloLine['extra']
}

function formOf(
  tokens: readonly string[],
  values: readonly number[],
  task: YoloTask,
  shape: KeypointShape | null,
): Form | string {
  const { length } = values
  if (length === 5) return { kind: 'box', count: 4 }
  if (length === 6) return { kind: 'box', count: 4, ...trailing(tokens, values, 5) }
  if (task === 'pose') {
    const pose = poseOf(tokens, values, shape)
    if (pose) return pose
  }
  if (task === 'detect' && length === 7) return { kind: 'box', count: 4, ...trailing(tokens, values, 5) }
  if (task === 'obb' && length >= 9 && length <= 11) return { kind: 'polygon', count: 8, ...trailing(tokens, values, 9) }
  const count = 2 * Math.floor((length - 1) / 2)
  const rest = trailing(tokens, values, 1 + count)
  if (rest.extra) return `an odd number of coordinates (${length - 1}), and the last is no confidence`
  return { kind: 'polygon', count, ...rest }
}

/** A box with keypoints behind it; of a shape that isn't told the points have three numbers where that divides. */
function poseOf(tokens: readonly string[], values: readonly number[], shape: KeypointShape | null): Form | null {
  const behind = values.length - 5
  const guess = behind % 3 === 0 ? 3 : 2
  const [points, each] = shape ?? [Math.floor(behind / guess), guess]
  const count = points * each
  if (behind < count || behind > count + 2) return null
  const { score = null, extra } = trailing(tokens, values, 5 + count)
  return {
    kind: 'box',
    count: 4,
    score,
    extra: { keypoints: tokens.slice(5, 5 + count).join(' '), shape: [points, each], ...extra },
  }
}

/** Behind the coordinates predictions have a confidence and may have a number of a track. */
function trailing(tokens: readonly string[], values: readonly number[], from: number): Pick<Form, 'score' | 'extra'> {
  const value = values[from]
  if (value === undefined) return {}
  const score = value >= 0 && value <= 1 ? value : null
  const track = score === null ? tokens[from] : tokens[from + 1]
  return { score, ...(track !== undefined && { extra: { track } }) }
}

function digitsOf(token: string): number {
  const [, fraction = '', exponent = '0'] = /^[^.e]*\.?(\d*)(?:e([-+]?\d+))?$/i.exec(token) ?? []
  return Math.max(0, Math.min(17, fraction.length - Number(exponent)))
}
