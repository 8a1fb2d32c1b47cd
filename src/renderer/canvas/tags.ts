/** Label tags that do not pile up: a tag that finds no free place is left out. CSS pixels. */
import type { Box } from '../../shared/geometry.ts'
import { textOn } from './theme.ts'

const FONT = '600 11px system-ui, sans-serif'
const HEIGHT = 16
const PADDING = 5
const MAX_TAGS = 300
/** A longer name ends in "…"; the list of objects has all of it. */
const MAX_TEXT = 220

export interface Tag {
  readonly text: string
  readonly color: string
  /** The object on the screen. */
  readonly box: Box
}

interface Fitted {
  readonly text: string
  readonly width: number
}

const fits = new Map<string, Fitted>()

function fit(context: CanvasRenderingContext2D, text: string): Fitted {
  let fitted = fits.get(text)
  if (fitted === undefined) {
    const short = shortened(text, MAX_TEXT, (part) => context.measureText(part).width)
    fitted = { text: short, width: context.measureText(short).width + 2 * PADDING }
    fits.set(text, fitted)
  }
  return fitted
}

/** The text, or as much of its start as fits with "…" behind it. Characters stay whole. */
export function shortened(text: string, maxWidth: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= maxWidth) return text
  const characters = [...text]
  let [low, high] = [0, characters.length - 1]
  const cut = (count: number) => `${characters.slice(0, count).join('').trimEnd()}…`
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (widthOf(cut(middle)) <= maxWidth) low = middle
    else high = middle - 1
  }
  return cut(low)
}

/** Draws the tags, earlier ones first: above their object, else inside it, else below. */
export function drawTags(context: CanvasRenderingContext2D, tags: readonly Tag[]): void {
  context.font = FONT
  context.textBaseline = 'middle'
  const placed: Box[] = []
  for (const tag of tags) {
    if (placed.length >= MAX_TAGS) return
    const { text, width } = fit(context, tag.text)
    const place = freePlace(tag.box, width, placed)
    if (!place) continue
    placed.push(place)
    context.fillStyle = tag.color
    context.fillRect(place.x0, place.y0, place.x1 - place.x0, HEIGHT)
    context.fillStyle = textOn(tag.color)
    context.fillText(text, place.x0 + PADDING, place.y0 + HEIGHT / 2 + 0.5)
  }
}

function freePlace({ x0, y0, y1 }: Box, width: number, placed: readonly Box[]): Box | null {
  const left = Math.max(0, x0 - 1)
  for (const top of [y0 - HEIGHT, y0, y1]) {
    const place = { x0: left, y0: top, x1: left + width, y1: top + HEIGHT }
    if (top >= 0 && !placed.some((other) => overlaps(place, other))) return place
  }
  return null
}

function overlaps(a: Box, b: Box): boolean {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1
}
