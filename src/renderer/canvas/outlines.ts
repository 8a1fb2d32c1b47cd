/** Outlines and fills of annotations, made once per immutable mask or polygon. Image pixels. */
import type { MaskCrop } from '../../shared/maskCrop.ts'
import type { Annotation, Polygon, Rle } from '../../shared/model.ts'
import { partsOf, reversed, type Ring } from '../../shared/rings.ts'
import { traceLoops, ringArea } from '../../shared/trace.ts'
import { maskCrop } from '../editor/maskCache.ts'
import { rgbOf } from './theme.ts'

/** Larger masks are tinted at a fraction of their pixels. */
const MAX_TINTED = 1_000_000

const paths = new WeakMap<Rle | Polygon, Path2D>()

/** Along the edges of the pixels of a mask, or along a polygon; null for a box. Filled by the nonzero rule. */
export function outlineOf({ mask, polygon }: Annotation): Path2D | null {
  const key = polygon ?? mask
  if (!key) return null
  let path = paths.get(key)
  if (!path) paths.set(key, (path = polygon ? polygonPath(polygon) : maskPath(maskCrop(mask!))))
  return path
}

function polygonPath(polygon: Polygon): Path2D {
  const path = new Path2D()
  // All outlines run the same way round, so that those that overlap are united, and holes the other way.
  for (const { outer, holes } of partsOf(polygon)) {
    addRing(path, turned(outer, true), 0, 0)
    for (const hole of holes) addRing(path, turned(hole, false), 0, 0)
  }
  return path
}

function turned(ring: Ring, clockwise: boolean): Ring {
  return ringArea(ring) > 0 === clockwise ? ring : reversed(ring)
}

function maskPath(crop: MaskCrop): Path2D {
  const path = new Path2D()
  for (const { points } of traceLoops(crop)) addRing(path, points, crop.x0, crop.y0)
  return path
}

function addRing(path: Path2D, ring: readonly number[], dx: number, dy: number): void {
  path.moveTo(ring[0]! + dx, ring[1]! + dy)
  for (let i = 2; i < ring.length; i += 2) path.lineTo(ring[i]! + dx, ring[i + 1]! + dy)
  path.closePath()
}

interface Tinted {
  readonly color: string
  readonly canvas: HTMLCanvasElement
}

const tinted = new WeakMap<Rle, Tinted>()

/** The mask as a picture in one colour, to be stretched over its crop. */
export function tintedMask(mask: Rle, color: string): HTMLCanvasElement {
  const known = tinted.get(mask)
  if (known?.color === color) return known.canvas
  const canvas = tint(maskCrop(mask), color)
  tinted.set(mask, { color, canvas })
  return canvas
}

function tint({ width, height, data }: MaskCrop, color: string): HTMLCanvasElement {
  const step = Math.max(1, Math.ceil(Math.sqrt((width * height) / MAX_TINTED)))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.ceil(width / step))
  canvas.height = Math.max(1, Math.ceil(height / step))
  const context = canvas.getContext('2d')!
  const pixels = context.createImageData(canvas.width, canvas.height)
  const words = new Uint32Array(pixels.data.buffer)
  const [red, green, blue] = rgbOf(color)
  // Little-endian RGBA, as every machine with a browser has it.
  const word = (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0
  for (let y = 0, i = 0; y < canvas.height; y++)
    for (let x = 0; x < canvas.width; x++, i++) if (data[y * step * width + x * step] === 1) words[i] = word
  context.putImageData(pixels, 0, 0)
  return canvas
}
