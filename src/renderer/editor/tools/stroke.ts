/** A brush stroke as pixels. */
import type { Box, ImagePoint, Size } from '../../../shared/geometry.ts'
import { clipBox } from '../../../shared/geometry.ts'
import type { MaskCrop } from '../../../shared/maskCrop.ts'
import { emptyCrop } from '../../../shared/maskCrop.ts'

/** Pixels whose middle is within `radius` of the line through the points; at least the pixels the points lie in. */
export function strokeCrop(points: readonly ImagePoint[], radius: number, size: Size): MaskCrop {
  const crop = emptyCrop(strokeExtent(points, radius, size))
  points.forEach((point, i) => paintSegment(crop, points[Math.max(0, i - 1)]!, point, radius))
  return crop
}

function strokeExtent(points: readonly ImagePoint[], radius: number, size: Size): Box {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y } of points) {
    x0 = Math.min(x0, Math.floor(x - radius))
    y0 = Math.min(y0, Math.floor(y - radius))
    x1 = Math.max(x1, Math.floor(x + radius) + 1)
    y1 = Math.max(y1, Math.floor(y + radius) + 1)
  }
  return clipBox({ x0, y0, x1, y1 }, size)
}

function paintSegment(crop: MaskCrop, a: ImagePoint, b: ImagePoint, radius: number): void {
  const left = Math.max(0, Math.floor(Math.min(a.x, b.x) - radius) - crop.x0)
  const right = Math.min(crop.width - 1, Math.floor(Math.max(a.x, b.x) + radius) - crop.x0)
  const top = Math.max(0, Math.floor(Math.min(a.y, b.y) - radius) - crop.y0)
  const bottom = Math.min(crop.height - 1, Math.floor(Math.max(a.y, b.y) + radius) - crop.y0)
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) {
      const [x, y] = [crop.x0 + column + 0.5, crop.y0 + row + 0.5]
      const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / length))
      const [ex, ey] = [x - a.x - t * dx, y - a.y - t * dy]
      const isUnderTip = Math.abs(x - b.x) <= 0.5 && Math.abs(y - b.y) <= 0.5
      if (ex * ex + ey * ey <= radius * radius || isUnderTip) crop.data[row * crop.width + column] = 1
    }
}
