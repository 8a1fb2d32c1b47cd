/** Which part of the image GrabCut looks at, and at what sizes. */
import { clipBox, encloseBoxes, type Box, type Size } from '../../../shared/geometry.ts'
import { resizeLikePillow } from '../../media/resize.ts'
import type { MaskPrompt, RgbImage } from '../seams.ts'

/** GrabCut proper costs 2 to 4 microseconds a pixel, the graph cut of the rim 1 and only near the boundary. */
const COARSE_PIXELS = 100_000
const RIM_PIXELS = 800_000

/** Background seen around the object's box, as a share of its sides: what stands next to it, not the whole scene. */
const MARGIN = 0.5
/** Room kept around a click outside the box, pixels. */
const CLICK_ROOM = 16

/** One prompt's view of the image; `object` and `view` are image pixels, `view` whole ones. */
export interface GrabWindow {
  /** Where the object may be: the prompt's box, or the square around its clicks. */
  readonly object: Box
  readonly view: Box
  /** Sizes of the view at which the rim is cut (1:1 unless the view is large) and at which GrabCut runs. */
  readonly rim: Size
  readonly coarse: Size
}

function around({ x, y }: { readonly x: number; readonly y: number }, reach: number): Box {
  return { x0: x - reach, y0: y - reach, x1: x + reach, y1: y + reach }
}

/**
 * The box; without one, the square around the positive clicks that reaches a quarter of the image's shorter side beyond them:
 * a click says where an object is, not how large, and larger ones take a box.
 */
function objectBox({ box, points }: MaskPrompt, image: Size): Box {
  if (box !== null) return box
  const reach = Math.min(image.width, image.height) / 4
  const squares = points.filter(({ positive }) => positive).map(({ at }) => around(at, reach))
  return clipBox(squares.reduce(encloseBoxes), image)
}

/** The margin at which a view of COARSE_PIXELS is full: around small boxes more of the scene costs nothing. 0 for large ones. */
function freeMargin(width: number, height: number): number {
  const half = (width + height) / 4
  return Math.max(0, Math.sqrt(Math.max(0, half * half - (width * height - COARSE_PIXELS) / 4)) - half)
}

/** The size with at most `limit` pixels, aspect kept. */
function within({ width, height }: Size, limit: number): Size {
  const scale = Math.min(1, Math.sqrt(limit / (width * height)))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

export function grabWindow(prompt: MaskPrompt, image: Size): GrabWindow {
  const object = objectBox(prompt, image)
  const width = object.x1 - object.x0
  const height = object.y1 - object.y0
  const free = freeMargin(width, height)
  const marginX = Math.max(free, MARGIN * width)
  const marginY = Math.max(free, MARGIN * height)
  const wide = { x0: object.x0 - marginX, y0: object.y0 - marginY, x1: object.x1 + marginX, y1: object.y1 + marginY }
  const seen = prompt.points.reduce((box, { at }) => encloseBoxes(box, around(at, CLICK_ROOM)), wide)
  const clipped = clipBox(seen, image)
  const view = { x0: Math.floor(clipped.x0), y0: Math.floor(clipped.y0), x1: Math.ceil(clipped.x1), y1: Math.ceil(clipped.y1) }
  const size = { width: view.x1 - view.x0, height: view.y1 - view.y0 }
  return { object, view, rim: within(size, RIM_PIXELS), coarse: within(size, COARSE_PIXELS) }
}

/** The view's pixels at another size. */
export function cropTo(image: RgbImage, { x0, y0, x1, y1 }: Box, { width, height }: Size): RgbImage {
  const row = (x1 - x0) * 3
  const data = new Uint8Array(row * (y1 - y0))
  for (let y = y0; y < y1; y++) {
    const from = (y * image.width + x0) * 3
    data.set(image.data.subarray(from, from + row), (y - y0) * row)
  }
  return resizeLikePillow({ width: x1 - x0, height: y1 - y0, data }, width, height, 'bilinear')
}
