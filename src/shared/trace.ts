/**
 * Closed loops along the pixel edges of a mask. Corners are integers; foreground lies to the right of the walk, so
 * outer loops run clockwise on screen and holes anticlockwise. At a corner where two foreground pixels touch only
 * diagonally the walk stays with its own pixel: foreground is 4-connected, background 8-connected.
 */
import type { Bitmap } from './rle.ts'

/** One loop: its corners as [x0, y0, x1, y1, ...] in image pixels, and the loop it is a hole in, if it is one. */
export interface Loop {
  readonly points: readonly number[]
  /** For a hole: its leftmost corner, and where a level line from there to the left first meets another loop. */
  readonly bridge: Bridge | null
}

export interface Bridge {
  /** Index in `points` of the corner's x. */
  readonly from: number
  /** Index of the loop that is met. */
  readonly parent: number
  readonly x: number
  readonly y: number
}

// Right, down, left, up; the pixel ahead to the right and to the left of a walk from corner (x, y).
const STEP_X = [1, 0, -1, 0]
const STEP_Y = [0, 1, 0, -1]
const RIGHT_X = [0, -1, -1, 0]
const RIGHT_Y = [0, 0, -1, -1]
const LEFT_X = [0, 0, -1, -1]
const LEFT_Y = [-1, 0, 0, -1]

/** All loops of a mask, outer ones and holes, in the order their first pixel edge is met row by row. */
export function traceLoops(mask: Bitmap): Loop[] {
  const tracer = new Tracer(mask)
  const rings: number[][] = []
  for (let y = 0, i = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++, i++) {
      if (mask.data[i] === 1 && !tracer.seen[i] && (y === 0 || mask.data[i - mask.width] === 0)) {
        rings.push(tracer.walk(x, y))
      }
    }
  }
  const isHole = rings.map((ring) => ringArea(ring) < 0)
  const owners = isHole.includes(true) ? leftEdgeOwners(rings, mask.width) : null
  return rings.map((points, index) => ({ points, bridge: owners && isHole[index] ? bridgeOf(points, mask, owners) : null }))
}

class Tracer {
  /** Pixels whose upper edge is part of a loop already. */
  readonly seen: Uint8Array
  private readonly mask: Bitmap

  constructor(mask: Bitmap) {
    this.mask = mask
    this.seen = new Uint8Array(mask.data.length)
  }

  /** The loop that begins with the upper edge of pixel (x, y), walked to the right. */
  walk(startX: number, startY: number): number[] {
    const points: number[] = []
    let [x, y, direction] = [startX, startY, 0]
    do {
      if (direction === 0) this.seen[y * this.mask.width + x] = 1
      x += STEP_X[direction]!
      y += STEP_Y[direction]!
      const turn = this.turnAt(x, y, direction)
      if (turn !== 0) points.push(x, y)
      direction = (direction + turn) & 3
    } while (x !== startX || y !== startY || direction !== 0)
    return points
  }

  /** 1 to the right, -1 to the left, 0 straight on. */
  private turnAt(x: number, y: number, direction: number): number {
    if (!this.isOn(x + RIGHT_X[direction]!, y + RIGHT_Y[direction]!)) return 1
    return this.isOn(x + LEFT_X[direction]!, y + LEFT_Y[direction]!) ? -1 : 0
  }

  private isOn(x: number, y: number): boolean {
    const { width, height, data } = this.mask
    return x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] === 1
  }
}

/** Signed area by the shoelace formula, square pixels: positive where the ring runs clockwise on screen. */
export function ringArea(ring: readonly number[]): number {
  let twice = 0
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    twice += ring[j]! * ring[i + 1]! - ring[i]! * ring[j + 1]!
  }
  return twice / 2
}

/** Which loop runs up the left edge of a pixel, by pixel index. */
function leftEdgeOwners(rings: readonly number[][], width: number): Map<number, number> {
  const owners = new Map<number, number>()
  rings.forEach((ring, index) => {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      for (let y = ring[i + 1]!; ring[i] === ring[j] && y < ring[j + 1]!; y++) owners.set(y * width + ring[i]!, index)
    }
  })
  return owners
}

/**
 * A hole's leftmost corner and the loop left of it. That loop reaches further left than the hole, so following
 * parents always ends at an outer loop.
 */
function bridgeOf(points: readonly number[], mask: Bitmap, owners: Map<number, number>): Bridge {
  let from = 0
  for (let i = 2; i < points.length; i += 2) {
    if (points[i]! < points[from]! || (points[i]! === points[from]! && points[i + 1]! < points[from + 1]!)) from = i
  }
  const y = points[from + 1]!
  let x = points[from]! - 1
  while (x > 0 && mask.data[y * mask.width + x - 1] === 1) x--
  return { from, parent: owners.get(y * mask.width + x)!, x, y }
}
