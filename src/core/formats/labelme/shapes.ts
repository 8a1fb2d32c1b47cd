/** One shape of LabelMe as the geometry of an object, or the words that say why it is none. */
import type { Size } from '../../../shared/geometry.ts'
import { polygonArea, polygonBox } from '../../../shared/polygons.ts'
import { cropToMask } from '../common/pixels/cropToMask.ts'
import { boxBetween, boxGeometry, coordinates, ellipseRing, maskGeometry, polygonGeometry } from '../common/foreignShapes.ts'
import type { Geometry } from '../common/foreignShapes.ts'
import { decodeMaskPng } from './pixels.ts'

export type Shape = Readonly<Record<string, unknown>>

/** Kinds of shapes without an area, and what they are in words. */
export const WITHOUT_AREA: ReadonlyMap<string, string> = new Map([
  ['point', 'a point'],
  ['points', 'points'],
  ['line', 'a line'],
  ['linestrip', 'a line'],
])

/** Older files have no `shape_type`. */
export function shapeType(shape: Shape): string {
  const type = shape['shape_type'] ?? 'polygon'
  return typeof type === 'string' ? type : JSON.stringify(type)
}

/** The geometry of a shape on an image of this size, upright pixels; a string says what is wrong with it. */
export function shapeGeometry(shape: Shape, size: Size): Geometry | string {
  const type = shapeType(shape)
  const numbers = flatPoints(shape['points'])
  if (!numbers) return 'has points that are no places on an image'
  if (type === 'mask') return pngGeometry(shape, numbers, size)
  if (type === 'circle') return circleGeometry(numbers)
  if (type === 'rectangle') return rectangleGeometry(numbers)
  if (type === 'polygon' || type === 'oriented_rectangle' || type === 'rotation') return polygonGeometry([numbers])
  return `has the unknown kind ${type}`
}

/** [[x, y], ...] as [x, y, ...]; null where it is anything else. */
export function flatPoints(points: unknown): number[] | null {
  if (!Array.isArray(points) || !points.every((point) => Array.isArray(point) && point.length === 2)) return null
  return coordinates(points.flat(1))
}

/** Two corners in any order; X-AnyLabeling writes all four. */
function rectangleGeometry(numbers: readonly number[]): Geometry | string {
  if (numbers.length === 8) {
    const box = polygonBox([[...numbers]])
    const isUpright = Math.abs(polygonArea([[...numbers]]) - (box.x1 - box.x0) * (box.y1 - box.y0)) < 1e-6
    return isUpright ? boxGeometry(box) : polygonGeometry([[...numbers]])
  }
  const [x0, y0, x1, y1] = numbers
  if (numbers.length !== 4) return `is a rectangle of ${numbers.length / 2} points instead of 2`
  return boxGeometry(boxBetween(x0!, y0!, x1!, y1!))
}

/** The centre and a point on the rim. */
function circleGeometry(numbers: readonly number[]): Geometry | string {
  const [cx, cy, x, y] = numbers
  if (numbers.length !== 4) return `is a circle of ${numbers.length / 2} points instead of 2`
  const radius = Math.hypot(x! - cx!, y! - cy!)
  return radius > 0 ? polygonGeometry([ellipseRing(cx!, cy!, radius, radius)]) : 'is a circle without a radius'
}

/** The PNG holds the pixels from the rounded upper left corner on; its own size counts. */
function pngGeometry(shape: Shape, numbers: readonly number[], size: Size): Geometry | string {
  if (numbers.length !== 4) return `is a mask with ${numbers.length / 2} points instead of the 2 corners of its box`
  const png = typeof shape['mask'] === 'string' ? decodeMaskPng(shape['mask'], size) : null
  if (!png) return "is a mask whose picture can't be read"
  const [left, top] = [Math.min(numbers[0]!, numbers[2]!), Math.min(numbers[1]!, numbers[3]!)]
  const mask = cropToMask(png, Math.round(left), Math.round(top), size)
  return maskGeometry(mask)
}
