/** Where the image lies on the canvas. The only place that turns screen points into image points and back. */
import type { Box, ImagePoint, ScreenPoint, Size } from '../../shared/geometry.ts'

/** screen = image * scale + offset, in CSS pixels; `width` and `height` are the canvas. */
export interface Viewport {
  readonly scale: number
  readonly offsetX: number
  readonly offsetY: number
  readonly width: number
  readonly height: number
}

const MIN_SCALE = 0.01
const MAX_SCALE = 64
const FIT_MARGIN = 24

export const EMPTY_VIEWPORT: Viewport = { scale: 1, offsetX: 0, offsetY: 0, width: 1, height: 1 }

export function toImage(view: Viewport, at: ScreenPoint): ImagePoint {
  return { x: (at.x - view.offsetX) / view.scale, y: (at.y - view.offsetY) / view.scale }
}

export function toScreen(view: Viewport, at: ImagePoint): ScreenPoint {
  return { x: at.x * view.scale + view.offsetX, y: at.y * view.scale + view.offsetY }
}

/** The part of the image plane that the canvas shows. */
export function visibleBox(view: Viewport): Box {
  const from = toImage(view, { x: 0, y: 0 })
  const to = toImage(view, { x: view.width, y: view.height })
  return { x0: from.x, y0: from.y, x1: to.x, y1: to.y }
}

/** Zooms by a factor; the image point under `at` stays where it is. */
export function zoomAt(view: Viewport, at: ScreenPoint, factor: number): Viewport {
  const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, view.scale * factor))
  const ratio = scale / view.scale
  return { ...view, scale, offsetX: at.x - (at.x - view.offsetX) * ratio, offsetY: at.y - (at.y - view.offsetY) * ratio }
}

/** Moves the picture; at least a corner of the image stays in sight. */
export function panBy(view: Viewport, dx: number, dy: number, image: Size): Viewport {
  const keep = 48
  const clamp = (offset: number, extent: number, canvas: number) => Math.min(canvas - keep, Math.max(keep - extent * view.scale, offset))
  return {
    ...view,
    offsetX: clamp(view.offsetX + dx, image.width, view.width),
    offsetY: clamp(view.offsetY + dy, image.height, view.height),
  }
}

/** Shows a box in the middle, as large as it fits. */
export function fitBox(view: Viewport, box: Box, maxScale = MAX_SCALE): Viewport {
  const width = Math.max(1, box.x1 - box.x0)
  const height = Math.max(1, box.y1 - box.y0)
  const room = (canvas: number) => Math.max(1, canvas - 2 * FIT_MARGIN)
  const scale = Math.min(maxScale, MAX_SCALE, room(view.width) / width, room(view.height) / height)
  return {
    ...view,
    scale,
    offsetX: (view.width - (box.x0 + box.x1) * scale) / 2,
    offsetY: (view.height - (box.y0 + box.y1) * scale) / 2,
  }
}

export function fitImage(view: Viewport, image: Size): Viewport {
  return fitBox(view, { x0: 0, y0: 0, x1: image.width, y1: image.height }, 8)
}

/** The canvas changed its size: an image that was fitted is fitted again, else the middle of the view stays in the middle. */
export function resizeTo(view: Viewport, width: number, height: number, image: Size | null): Viewport {
  if (image && isFitted(view, image)) return fitImage({ ...view, width, height }, image)
  return { ...view, width, height, offsetX: view.offsetX + (width - view.width) / 2, offsetY: view.offsetY + (height - view.height) / 2 }
}

function isFitted(view: Viewport, image: Size): boolean {
  const { scale, offsetX, offsetY } = fitImage(view, image)
  return view.scale === scale && view.offsetX === offsetX && view.offsetY === offsetY
}
