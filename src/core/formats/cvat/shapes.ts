/** One shape of CVAT as the geometry of an object, or the words that say why it is none. */
import type { Size } from '../../../shared/geometry.ts'
import type { Bitmap } from '../../../shared/rle.ts'
import { cropToMask } from '../common/pixels/cropToMask.ts'
import {
  boxBetween,
  coordinates,
  ellipseGeometry,
  maskGeometry,
  NOWHERE,
  polygonGeometry,
  turnedBoxGeometry,
} from '../common/foreignShapes.ts'
import type { Geometry } from '../common/foreignShapes.ts'

export type Attributes = Readonly<Record<string, string>>

/** Kinds without an area, and what they are in words. */
export const WITHOUT_AREA: ReadonlyMap<string, string> = new Map([
  ['polyline', 'is a line and has no area'],
  ['points', 'has points only and no area'],
  ['skeleton', 'is a skeleton of points and has no area'],
  ['cuboid', 'is a cuboid, a box in space'],
  ['tag', 'is a tag on the whole image'],
])

/** The geometry of a shape on an image of this size, upright pixels; a string says what is wrong with it. */
export function shapeGeometry(tag: string, attributes: Attributes, size: Size): Geometry | string {
  if (tag === 'box') return boxShape(attributes)
  if (tag === 'polygon') return polygonShape([attributes])
  if (tag === 'mask') return maskShape(attributes, size)
  return tag === 'ellipse' ? ellipseShape(attributes) : `has the unknown kind <${tag}>`
}

/** "x,y;x,y" as [x, y, x, y]; null where one is no place. */
function pointsOf(text: string): number[] | null {
  const numbers = coordinates(text.split(/[;,]/))
  return numbers && numbers.length % 2 === 0 ? numbers : null
}

/** The parts of one polygon, in their order. */
export function polygonShape(parts: readonly Attributes[]): Geometry | string {
  const rings = parts.map(({ points = '' }) => pointsOf(points))
  return rings.includes(null) ? NOWHERE : polygonGeometry(rings as number[][])
}

function boxShape(attributes: Attributes): Geometry | string {
  const corners = coordinates(['xtl', 'ytl', 'xbr', 'ybr'].map((name) => attributes[name]))
  const degrees = turnOf(attributes)
  if (!corners || degrees === null) return NOWHERE
  const [xtl, ytl, xbr, ybr] = corners
  const box = boxBetween(xtl!, ytl!, xbr!, ybr!)
  return turnedBoxGeometry(box, (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, degrees)
}

function ellipseShape(attributes: Attributes): Geometry | string {
  const numbers = coordinates(['cx', 'cy', 'rx', 'ry'].map((name) => attributes[name]))
  const degrees = turnOf(attributes)
  if (!numbers || degrees === null) return NOWHERE
  const [cx, cy, rx, ry] = numbers
  return ellipseGeometry(cx!, cy!, rx!, ry!, degrees)
}

/** Degrees clockwise about the centre; null where it is no number. */
function turnOf({ rotation = '0' }: Attributes): number | null {
  return coordinates([rotation])?.[0] ?? null
}

/** Row-major run lengths of a rectangle of pixels, background first. */
function maskShape(attributes: Attributes, size: Size): Geometry | string {
  const numbers = ['left', 'top', 'width', 'height'].map((name) => Number(attributes[name] ?? NaN))
  if (!numbers.every((number) => Number.isSafeInteger(number)))
    return 'is a mask without left, top, width and height in whole pixels'
  const [left, top, width, height] = numbers as [number, number, number, number]
  if (width < 1 || height < 1 || width > 2 * size.width || height > 2 * size.height)
    return `is a mask of ${width} x ${height} pixels`
  const crop = cropOf(attributes['rle'] ?? '', width, height)
  return typeof crop === 'string' ? crop : maskGeometry(cropToMask(crop, left, top, size))
}

/** Pixels. */
const LARGEST_MASK = 2 ** 28

function cropOf(rle: string, width: number, height: number): Bitmap | string {
  if (width * height > LARGEST_MASK) return `is a mask of ${width} x ${height} pixels, which is too large to be read`
  const data = new Uint8Array(width * height)
  let at = 0
  for (const [i, text] of rle.split(',').entries()) {
    const count = Number(text)
    if (text.trim() === '' || !Number.isSafeInteger(count) || count < 0) return 'is a mask whose run lengths are no numbers'
    if (i % 2 === 1) data.fill(1, at, at + count)
    at += count
  }
  return at === data.length
    ? { width, height, data }
    : `is a mask whose run lengths add up to ${at}, but ${width} x ${height} is ${data.length} pixels`
}
