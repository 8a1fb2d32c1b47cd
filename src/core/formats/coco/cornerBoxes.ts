/** Boxes of a file that somebody wrote as corners, where COCO has [x, y, width, height]. */
import type { Size } from '../../../shared/geometry.ts'

/** Pixels that rounding moves a border. */
const SLACK = 1

export class CornerBoxes {
  private boxes = 0
  private outside = 0
  private areCorners = true

  see(bbox: unknown, { width, height }: Size): void {
    if (!Array.isArray(bbox)) return
    const [x, y, w, h] = bbox as number[]
    if (x === undefined || y === undefined || w === undefined || h === undefined) return
    this.boxes++
    this.areCorners &&= x >= 0 && y >= 0 && x < w && y < h && w <= width + SLACK && h <= height + SLACK
    if (x + w > width + SLACK || y + h > height + SLACK) this.outside++
  }

  /** In words, where all boxes can be corners and at least half can be nothing else; else null. */
  remark(): string | null {
    if (!this.areCorners || this.outside === 0 || 2 * this.outside < this.boxes) return null
    return `${this.outside} of ${this.boxes} boxes reach out of their images and would lie inside as corners [x0, y0, x1, y1]; they were read as COCO has them, [x, y, width, height]`
  }
}
