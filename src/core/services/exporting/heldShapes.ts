/** What a format can give back of the objects of an image: one by one, in parts or united, whole or as far as they are seen. */
import type { Box, Size } from '../../../shared/geometry.ts'
import type { Image, Polygon } from '../../../shared/model.ts'
import { clipPolygon, polygonBox, tracePolygon } from '../../../shared/polygons.ts'
import { decodeRuns } from '../../../shared/rle.ts'
import type { Runs } from '../../../shared/rle.ts'
import { mergeRuns, runsBox } from '../../../shared/rleMath.ts'
import type { Holds } from '../../formats/source.ts'
import { shapeOf } from './compareImage.ts'
import type { Shape } from './compareImage.ts'

/** What a format that holds this much can give back of the shapes. */
export function heldOf(shapes: readonly Shape[], { objects, masks, boxesOf }: Holds, image: Image): readonly Shape[] {
  const held = masks === 'visible' ? visibleParts(shapes, image) : shapes
  const grouped = objects === 'each' ? held : objects === 'parts' ? held.flatMap((shape) => partsOfShape(shape, image)) : unionsByLabel(held)
  return boxesOf === 'outline' ? grouped.map((shape) => ({ ...shape, box: outlineBox(shape, image) })) : grouped
}

/** A drawn polygon by its rings, a mask by what hangs together; a box is one part. */
function partsOfShape(shape: Shape, size: Size): Shape[] {
  const mask = shape.mask()
  const rings = drawnOn(shape, size) ?? (mask && tracePolygon(decodeRuns(mask)).polygon)
  return rings?.map((ring) => shapeOf({ ...shape.values, box: shape.box, z: shape.z, polygon: [ring], mask: null }, shape.label, size)) ?? [shape]
}

function drawnOn({ from }: Shape, size: Size): Polygon | null {
  const rings = from?.polygon ? clipPolygon(from.polygon, size) : []
  return rings.length > 0 ? rings : null
}

function outlineBox(shape: Shape, size: Size): Box {
  const drawn = drawnOn(shape, size)
  if (drawn) return polygonBox(drawn)
  const mask = shape.mask()
  return mask ? runsBox(mask) : shape.box
}

/** Each mask without what lies higher; a mask that is covered wholly is none. */
export function visibleParts(shapes: readonly Shape[], { width, height }: Size): Shape[] {
  const masked = shapes.filter((shape) => shape.mask() !== null).sort((a, b) => a.z - b.z)
  if (masked.length === 0) return [...shapes]
  const top = new Uint32Array(width * height)
  masked.forEach((shape, n) => {
    fill(top, shape.mask()!, n + 1)
  })
  const parts = partsOf(top, masked.length)
  return shapes.map((shape) => {
    const n = masked.indexOf(shape)
    if (n < 0) return shape
    const counts = parts[n]!
    return { ...shape, from: null, mask: () => (counts.length > 1 ? { width, height, counts: Uint32Array.from(counts) } : null) }
  })
}

/** `top` is column-major, as runs are. */
function fill(top: Uint32Array, { counts }: Runs, value: number): void {
  for (let i = 1, at = counts[0]!; i < counts.length; i += 2) {
    top.fill(value, at, at + counts[i]!)
    at += counts[i]! + (counts[i + 1] ?? 0)
  }
}

/** Run lengths of the pixels with the values 1, 2, ... `values`. */
function partsOf(top: Uint32Array, values: number): number[][] {
  const ends = new Float64Array(values)
  const parts = Array.from({ length: values }, (): number[] => [])
  let end = 0
  while (end < top.length) {
    const at = end
    const value = top[at]!
    while (end < top.length && top[end] === value) end++
    if (value === 0) continue
    parts[value - 1]!.push(at - ends[value - 1]!, end - at)
    ends[value - 1] = end
  }
  parts.forEach((counts, n) => {
    if (ends[n]! < top.length) counts.push(top.length - ends[n]!)
  })
  return parts
}

function unionsByLabel(shapes: readonly Shape[]): Shape[] {
  return [...Map.groupBy(shapes.filter((shape) => shape.mask() !== null), ({ label }) => label).values()].map((same) => {
    const union = mergeRuns(same.map((shape) => shape.mask()!))
    return { ...same[0]!, from: null, mask: () => union }
  })
}
