/** One region of Label Studio as the geometry of an object, or the words that say why it is none. */
import type { Size } from '../../../shared/geometry.ts'
import { cropToMask } from '../common/pixels/cropToMask.ts'
import {
  boxBetween,
  coordinate,
  coordinates,
  ellipseGeometry,
  maskGeometry,
  NOWHERE,
  polygonGeometry,
  turnedBoxGeometry,
} from '../common/foreignShapes.ts'
import type { Geometry } from '../common/foreignShapes.ts'
import { unpackBrush } from './brushRead.ts'
import type { Values } from './names.ts'

export type Kind = 'rectangle' | 'polygon' | 'ellipse' | 'brush' | 'keypoint' | 'other'

const KINDS: readonly Kind[] = ['rectangle', 'polygon', 'ellipse', 'brush', 'keypoint']
/** Pixels are rounded to this, so that what came from decimals is the same decimals again. */
const DECIMALS = 1e9
/** Exact pixels are taken where they are those of the percentages. */
const SAME = 1e-6

/** What a result draws; null for those that draw nothing. */
export function kindOf({ type, value }: { readonly type: unknown; readonly value: Values }): Kind | null {
  const plain = typeof type === 'string' ? type.replace(/labels$/, '') : ''
  const named = KINDS.find((kind) => kind === plain)
  if (named) return named
  if ('rle' in value) return 'brush'
  if ('points' in value) return 'polygon'
  if ('radiusX' in value) return 'ellipse'
  if ('x' in value && 'width' in value) return 'height' in value ? 'rectangle' : 'keypoint'
  return ['vector', 'bitmask', 'magicwand'].includes(plain) || 'imageDataURL' in value ? 'other' : null
}

/**
 * The geometry on an image of this size, upright pixels; a string says what is wrong.
 * `pixels`: what this program wrote beside the percentages.
 */
export function regionGeometry(kind: Kind, result: Values, value: Values, size: Size, pixels: unknown): Geometry | string {
  if (Number(result['image_rotation'] ?? 0) % 360 !== 0)
    return 'was drawn on a picture turned in Label Studio; turn it back there and export again'
  if (kind === 'keypoint') return 'is a point and has no area'
  if (kind === 'rectangle') return rectangle(value, size, pixels)
  if (kind === 'polygon') return polygon(value, size, pixels)
  if (kind === 'ellipse') return ellipse(value, size)
  return kind === 'brush' ? brush(result, value, size) : `has the kind ${JSON.stringify(result['type'])}, which is not read`
}

/** Percent of the image's width or height to pixels. */
function pixelsOf(percent: number, side: number): number {
  return Math.round(((percent * side) / 100) * DECIMALS) / DECIMALS
}

function exactOr(numbers: readonly number[], pixels: unknown): readonly number[] {
  const exact = Array.isArray(pixels) && pixels.length === numbers.length ? coordinates(pixels) : null
  return exact?.every((value, i) => Math.abs(value - numbers[i]!) <= SAME) ? exact : numbers
}

/** Turned by `rotation` degrees about its upper left corner. */
function rectangle(value: Values, { width, height }: Size, pixels: unknown): Geometry | string {
  const numbers = coordinates(['x', 'y', 'width', 'height'].map((name) => value[name]))
  const degrees = coordinate(value['rotation'] ?? 0)
  if (!numbers || degrees === null) return NOWHERE
  const [x, y, w, h] = numbers
  const corners = [pixelsOf(x!, width), pixelsOf(y!, height), pixelsOf(x! + w!, width), pixelsOf(y! + h!, height)]
  const [x0, y0, x1, y1] = coordinates(exactOr(corners, pixels)) ?? []
  if (y1 === undefined) return NOWHERE
  const box = boxBetween(x0!, y0!, x1!, y1)
  return turnedBoxGeometry(box, x0!, y0!, degrees)
}

function polygon(value: Values, { width, height }: Size, pixels: unknown): Geometry | string {
  const { points } = value
  const isList = Array.isArray(points) && points.every((point) => Array.isArray(point) && point.length === 2)
  const numbers = isList ? coordinates(points.flat(1)) : null
  if (!numbers) return NOWHERE
  const ring = numbers.map((number, i) => pixelsOf(number, i % 2 === 0 ? width : height))
  return polygonGeometry([exactOr(ring, pixels)])
}

function ellipse(value: Values, { width, height }: Size): Geometry | string {
  const numbers = coordinates(['x', 'y', 'radiusX', 'radiusY'].map((name) => value[name]))
  const degrees = coordinate(value['rotation'] ?? 0)
  if (!numbers || degrees === null) return NOWHERE
  const [x, y, rx, ry] = numbers
  return ellipseGeometry((x! * width) / 100, (y! * height) / 100, (rx! * width) / 100, (ry! * height) / 100, degrees)
}

function brush(result: Values, value: Values, size: Size): Geometry | string {
  const [width, height] = [result['original_width'], result['original_height']]
  if (width !== size.width || height !== size.height) {
    const said = `${JSON.stringify(width)} x ${JSON.stringify(height)}`
    return `is a brush stroke on a picture of ${said} pixels, but this one has ${size.width} x ${size.height}`
  }
  const crop = unpackBrush(value['rle'] ?? result['rle'], size)
  if (typeof crop === 'string') return crop
  return maskGeometry(crop && cropToMask(crop, crop.left, crop.top, size))
}
