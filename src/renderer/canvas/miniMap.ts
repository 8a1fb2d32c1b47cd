/** The whole image in a corner while only a part of it is shown. CSS pixels of the canvas. */
import type { Box, ScreenPoint, Size } from '../../shared/geometry.ts'
import type { Viewport } from '../editor/viewport.ts'
import { visibleBox } from '../editor/viewport.ts'

const SIDE = 140
const GAP = 12

/** Where it lies; null while the whole image is in view. */
function miniMapPlace(view: Viewport, image: Size): Box | null {
  const { x0, y0, x1, y1 } = visibleBox(view)
  const isWhole = x0 <= 0 && y0 <= 0 && x1 >= image.width && y1 >= image.height
  if (isWhole || view.width < 3 * SIDE || view.height < 2 * SIDE) return null
  const scale = SIDE / Math.max(image.width, image.height)
  return {
    x0: view.width - GAP - image.width * scale,
    y0: view.height - GAP - image.height * scale,
    x1: view.width - GAP,
    y1: view.height - GAP,
  }
}

/** The view with the image point under `at` in its middle, or null where `at` is not on the map. */
export function viewFromMiniMap(view: Viewport, image: Size, at: ScreenPoint): Viewport | null {
  const place = miniMapPlace(view, image)
  if (!place || at.x < place.x0 || at.x > place.x1 || at.y < place.y0 || at.y > place.y1) return null
  const x = ((at.x - place.x0) / (place.x1 - place.x0)) * image.width
  const y = ((at.y - place.y0) / (place.y1 - place.y0)) * image.height
  return { ...view, offsetX: view.width / 2 - x * view.scale, offsetY: view.height / 2 - y * view.scale }
}

export function drawMiniMap(
  context: CanvasRenderingContext2D,
  view: Viewport,
  image: Size,
  { thumbnail, color }: { thumbnail: HTMLCanvasElement | undefined; color: string },
): void {
  const place = miniMapPlace(view, image)
  if (!place) return
  const [width, height] = [place.x1 - place.x0, place.y1 - place.y0]
  const scale = width / image.width
  context.save()
  context.fillStyle = '#000'
  context.fillRect(place.x0 - 1, place.y0 - 1, width + 2, height + 2)
  if (thumbnail) context.drawImage(thumbnail, place.x0, place.y0, width, height)
  context.beginPath()
  context.rect(place.x0, place.y0, width, height)
  context.clip()
  const seen = visibleBox(view)
  context.strokeStyle = color
  context.lineWidth = 1.5
  context.setLineDash([])
  context.strokeRect(place.x0 + seen.x0 * scale, place.y0 + seen.y0 * scale, (seen.x1 - seen.x0) * scale, (seen.y1 - seen.y0) * scale)
  context.restore()
}
