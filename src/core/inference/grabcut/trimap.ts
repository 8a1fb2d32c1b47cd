/** What is known before GrabCut starts: sure and likely background and object, in cv::GrabCutClasses. */
import type { Box, Size } from '../../../shared/geometry.ts'
import type { MaskPrompt } from '../seams.ts'
import type { GrabWindow } from './window.ts'

export const BACKGROUND = 0
export const OBJECT = 1
export const LIKELY_BACKGROUND = 2
export const LIKELY_OBJECT = 3

/** k-means into five colours wants pixels on both sides; fewer than this is nothing to learn colours from. */
const FEWEST_PIXELS = 25
/** Around a click, as far as this share of the object's shorter side, its side is the likely one to start from. */
const CLICK_REACH = 1 / 6
/** A click is a disc: this share of the object's shorter side, at least 1.5 pixels. */
const CLICK_RADIUS = 0.02

export interface Trimap extends Size {
  /** GrabCut classes, row-major. */
  readonly classes: Uint8Array
}

/** Fills pixels whose centre lies in the box. */
function fillBox({ classes, width, height }: Trimap, box: Box, value: number): void {
  const x0 = Math.max(0, Math.ceil(box.x0 - 0.5))
  const x1 = Math.min(width, Math.ceil(box.x1 - 0.5))
  const y1 = Math.min(height, Math.ceil(box.y1 - 0.5))
  for (let y = Math.max(0, Math.ceil(box.y0 - 0.5)); y < y1; y++) if (x1 > x0) classes.fill(value, y * width + x0, y * width + x1)
}

function fillDisc({ classes, width, height }: Trimap, x: number, y: number, radius: number, value: number): void {
  for (let row = Math.max(0, Math.floor(y - radius)); row < Math.min(height, y + radius); row++)
    for (let column = Math.max(0, Math.floor(x - radius)); column < Math.min(width, x + radius); column++)
      if ((column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2 <= radius ** 2) classes[row * width + column] = value
}

/** A frame one pixel wide, so that something is background where the object's box fills the whole view. */
function frame({ classes, width, height }: Trimap): void {
  classes.fill(BACKGROUND, 0, width)
  classes.fill(BACKGROUND, (height - 1) * width)
  for (let y = 0; y < height; y++) classes[y * width] = classes[(y + 1) * width - 1] = BACKGROUND
}

/**
 * Outside the object's box all is background, inside it likely object, or likely background where there are clicks alone.
 * Around clicks their own side is likely; where they lie it is sure.
 */
export function trimapOf(prompt: MaskPrompt, { object, view }: GrabWindow, size: Size): Trimap {
  const trimap = { ...size, classes: new Uint8Array(size.width * size.height) }
  const kx = size.width / (view.x1 - view.x0)
  const ky = size.height / (view.y1 - view.y0)
  const inside = { x0: (object.x0 - view.x0) * kx, y0: (object.y0 - view.y0) * ky, x1: (object.x1 - view.x0) * kx, y1: (object.y1 - view.y0) * ky }
  const side = Math.min(inside.x1 - inside.x0, inside.y1 - inside.y0)
  const clicks = prompt.points.map(({ at, positive }) => ({ x: (at.x - view.x0) * kx, y: (at.y - view.y0) * ky, positive }))
  fillBox(trimap, inside, prompt.box === null ? LIKELY_BACKGROUND : LIKELY_OBJECT)
  for (const { x, y, positive } of clicks) fillDisc(trimap, x, y, CLICK_REACH * side, positive ? LIKELY_OBJECT : LIKELY_BACKGROUND)
  if (!trimap.classes.includes(BACKGROUND)) frame(trimap)
  const radius = Math.max(1.5, CLICK_RADIUS * side)
  for (const { x, y, positive } of clicks) fillDisc(trimap, x, y, radius, positive ? OBJECT : BACKGROUND)
  return trimap
}

/** Whether both sides have pixels enough to learn their colours from. */
export function learnable({ classes }: Trimap): boolean {
  let object = 0
  for (const value of classes) object += value & 1
  return object >= FEWEST_PIXELS && classes.length - object >= FEWEST_PIXELS
}
