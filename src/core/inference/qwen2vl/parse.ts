/** Reply text -> boxes in image pixels. Every candidate is kept, repaired with a note, or refused with a reason. */
import { clipBox, orderedBox, type Box, type Size } from '../../../shared/geometry.ts'
import type { GroundedBox, RefusedBox } from '../seams.ts'
import type { CoordinateConvention } from './entry.ts'
import { scanReply } from './scan.ts'

/** What the numbers of a reply refer to. */
export interface ReplyFrame {
  readonly coordinates: CoordinateConvention
  /** Pixels of the image asked about. */
  readonly image: Size
  /** Pixels of the image as the model saw it. */
  readonly resized: Size
}

export interface ParsedReply {
  readonly boxes: readonly GroundedBox[]
  readonly refused: readonly RefusedBox[]
}

/** Numbers beyond this many times the scale are nonsense rather than a box over the edge. */
const FAR_OUTSIDE = 10

/** The numbers that mean the image's right and bottom edge. */
function declaredScale({ coordinates, resized }: ReplyFrame): Size {
  switch (coordinates) {
    case 'relative-1000':
      return { width: 1000, height: 1000 }
    case 'relative-1':
      return { width: 1, height: 1 }
    case 'resized-pixels':
      return resized
  }
}

/** The scale to read four numbers by: the declared one unless they can't be meant in it, and then with a note. */
function scaleOf(numbers: readonly number[], frame: ReplyFrame): { scale: Size; notes: string[] } {
  const largest = Math.max(...numbers.map(Math.abs))
  if (frame.coordinates !== 'relative-1' && largest <= 1)
    return { scale: { width: 1, height: 1 }, notes: [`read on a scale of 0 to 1, not ${frame.coordinates}`] }
  if (frame.coordinates === 'relative-1' && largest > FAR_OUTSIDE && largest <= 1000)
    return { scale: { width: 1000, height: 1000 }, notes: ['read on a scale of 0 to 1000, not relative-1'] }
  return { scale: declaredScale(frame), notes: [] }
}

const differ = (a: Box, b: Box) => a.x0 !== b.x0 || a.y0 !== b.y0 || a.x1 !== b.x1 || a.y1 !== b.y1
const isEmpty = (box: Box) => box.x1 <= box.x0 || box.y1 <= box.y0

/** Four numbers as written -> a box in image pixels, or the reason why not, in words. */
function placeBox(numbers: readonly number[], frame: ReplyFrame): GroundedBox | string {
  if (!numbers.every(Number.isFinite)) return 'a coordinate is not a number'
  const { scale, notes } = scaleOf(numbers, frame)
  const [x0, y0, x1, y1] = numbers as [number, number, number, number]
  if (Math.max(Math.abs(x0), Math.abs(x1)) > FAR_OUTSIDE * scale.width || Math.max(Math.abs(y0), Math.abs(y1)) > FAR_OUTSIDE * scale.height)
    return `a coordinate is far outside the image (${scale.width} x ${scale.height} is its far corner)`
  const written = { x0, y0, x1, y1 }
  const ordered = orderedBox(written)
  if (differ(written, ordered)) notes.push('its corners were in the wrong order')
  if (isEmpty(ordered)) return 'it has no area'
  const clipped = clipBox(ordered, scale)
  if (isEmpty(clipped)) return 'it lies outside the image'
  if (differ(ordered, clipped)) notes.push('it reached over the edge of the image and was cut there')
  const right = frame.image.width / scale.width
  const down = frame.image.height / scale.height
  return { box: { x0: clipped.x0 * right, y0: clipped.y0 * down, x1: clipped.x1 * right, y1: clipped.y1 * down }, notes }
}

/**
 * Boxes of a reply, image pixels, in the order written, and what looked like a box and is none. "There are none." gives
 * neither.
 * @param complete false while the reply is still being written: what is not closed yet is left out
 */
export function parseReply(text: string, frame: ReplyFrame, { complete = true }: { readonly complete?: boolean } = {}): ParsedReply {
  const boxes: GroundedBox[] = []
  const refused: RefusedBox[] = []
  for (const candidate of scanReply(text, complete)) {
    const placed = candidate.numbers ? placeBox(candidate.numbers, frame) : candidate.problem
    if (typeof placed === 'string') refused.push({ text: candidate.text, reason: placed })
    else boxes.push({ box: placed.box, notes: [...candidate.notes, ...placed.notes] })
  }
  return { boxes, refused }
}
