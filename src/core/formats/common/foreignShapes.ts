/**
 * What readers make of other tools' shapes: numbers that are numbers, boxes in order, outlines of circles and turned
 * rectangles. Everything in upright image pixels.
 */
import { isSameBox, orderedBox } from '../../../shared/geometry.ts'
import type { Box, Size } from '../../../shared/geometry.ts'
import type { Annotation, Rle } from '../../../shared/model.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import { runsBox } from '../../../shared/rleMath.ts'
import { rleToRuns } from '../../../shared/rleString.ts'

/** What an object is on the image. */
export type Geometry = Pick<Annotation, 'box' | 'mask' | 'polygon'>

/** What is said of a shape whose numbers can't be read. */
export const NOWHERE = 'has numbers that are no places on an image'

/** Further out than this nothing is meant; neither boxes nor masks can be computed there. */
const FARTHEST = 2 ** 20
/** How far the outline of a circle may be from the circle, pixels. */
const ARC_ERROR = 0.1
const FEWEST_CORNERS = 12
const MOST_CORNERS = 720
const DEEPEST = 100

/** A place on or near an image, from a number or its text; null for anything else. */
export function coordinate(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Math.abs(number) <= FARTHEST ? number : null
}

/** All of them, or null where one is no coordinate. */
export function coordinates(values: readonly unknown[]): number[] | null {
  const numbers = values.map(coordinate)
  return numbers.includes(null) ? null : (numbers as number[])
}

/** The size of an image as a file has it; null where it is none. */
export function sizeOf(width: unknown, height: unknown): Size | null {
  return isSide(width) && isSide(height) ? { width, height } : null
}

function isSide(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < FARTHEST
}

/** The box between two corners, given in any order. */
export function boxBetween(x0: number, y0: number, x1: number, y1: number): Box {
  return orderedBox({ x0, y0, x1, y1 })
}

export function boxGeometry(box: Box): Geometry {
  return { box, mask: null, polygon: null }
}

/** The rings as drawn; words where they are no polygon. */
export function polygonGeometry(rings: readonly (readonly number[])[]): Geometry | string {
  const few = rings.find((ring) => ring.length < 6)
  if (few) return `is a polygon of ${few.length / 2} points, which has no area`
  if (rings.length === 0 || !coordinates(rings.flat())) return 'has points that are no places on an image'
  const polygon = rings.map((ring) => [...ring])
  return { box: polygonBox(polygon), mask: null, polygon }
}

/** A box turned by `degrees`, clockwise on screen, about (cx, cy): upright it stays a box, else it is its outline. */
export function turnedBoxGeometry(box: Box, cx: number, cy: number, degrees: number): Geometry | string {
  return degrees % 360 === 0 ? boxGeometry(box) : polygonGeometry([turnedBoxRing(box, cx, cy, degrees)])
}

/** The outline of an ellipse that is turned by `degrees`, clockwise on screen, about its centre; words where it has no area. */
export function ellipseGeometry(cx: number, cy: number, rx: number, ry: number, degrees: number): Geometry | string {
  return rx > 0 && ry > 0 ? polygonGeometry([ellipseRing(cx, cy, rx, ry, degrees)]) : 'is an ellipse without an area'
}

/** The mask with the box around its pixels; words where there is none. */
export function maskGeometry(mask: Rle | null): Geometry | string {
  return mask ? { box: runsBox(rleToRuns(mask)), mask, polygon: null } : 'is a mask without a pixel on the image'
}

/**
 * The outline of an ellipse as one flat ring, at most a tenth of a pixel off.
 * `degrees` turns it clockwise on screen about its centre.
 */
export function ellipseRing(cx: number, cy: number, rx: number, ry: number, degrees = 0): number[] {
  const bend = Math.acos(Math.max(-1, 1 - ARC_ERROR / Math.max(rx, ry)))
  const corners = Math.min(MOST_CORNERS, Math.max(FEWEST_CORNERS, Math.ceil(Math.PI / bend)))
  const turn = turner(cx, cy, degrees)
  return Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * i) / corners
    return turn(cx + rx * Math.cos(angle), cy + ry * Math.sin(angle))
  }).flat()
}

/** The four corners of a box turned by `degrees`, clockwise on screen, about (cx, cy), as one flat ring. */
function turnedBoxRing({ x0, y0, x1, y1 }: Box, cx: number, cy: number, degrees: number): number[] {
  const turn = turner(cx, cy, degrees)
  return [turn(x0, y0), turn(x1, y0), turn(x1, y1), turn(x0, y1)].flat()
}

function turner(cx: number, cy: number, degrees: number): (x: number, y: number) => [number, number] {
  if (degrees === 0) return (x, y) => [x, y]
  const cos = Math.cos((degrees * Math.PI) / 180)
  const sin = Math.sin((degrees * Math.PI) / 180)
  return (x, y) => [cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos]
}

/** Whether a parsed value can be kept: nested so deep that it could not be written as JSON again, it can't. */
export function isKeepable(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth < DEEPEST && Object.values(value).every((inner) => isKeepable(inner, depth + 1))
}

/** The parsed value as an object with keys; null for lists and everything else. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
}

/**
 * What is written beside a shape whose object has another box than the shape's extent, for `withStatedBox` to find: the box
 * and the extent, both as [x0, y0, x1, y1]. Nothing where they are the same.
 */
export function boxToState(box: Box, extent: Box): { readonly box?: readonly number[]; readonly extent?: readonly number[] } {
  return isSameBox(box, extent) ? {} : { box: corners(box), extent: corners(extent) }
}

/** The geometry with the box that this program wrote beside it; as it is where there is none or it has been changed since. */
export function withStatedBox(geometry: Geometry, { box, extent }: { readonly box?: unknown; readonly extent?: unknown }): Geometry {
  const [stated, was] = [box, extent].map((values) => (Array.isArray(values) && values.length === 4 ? coordinates(values) : null))
  if (!stated || !was || corners(geometry.box).some((value, i) => Math.abs(value - was[i]!) > 1e-6)) return geometry
  const [x0, y0, x1, y1] = stated
  return { ...geometry, box: boxBetween(x0!, y0!, x1!, y1!) }
}

function corners({ x0, y0, x1, y1 }: Box): number[] {
  return [x0, y0, x1, y1]
}
