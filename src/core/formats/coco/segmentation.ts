/** The geometry of a COCO annotation as it stands in a file. Coordinates are pixel edges; nothing is rounded or clipped. */
import type { Box, Size } from '../../../shared/geometry.ts'
import type { Polygon, Rle } from '../../../shared/model.ts'
import { polygonBox } from '../../../shared/polygons.ts'
import type { Runs } from '../../../shared/rle.ts'
import { runsArea, runsBox } from '../../../shared/rleMath.ts'
import { countsToRuns, rleToRuns, runsToRle } from '../../../shared/rleString.ts'

/** Larger than any picture: a number like this is a mistake. */
const LARGEST = 1e9

export interface Shape {
  readonly box: Box
  readonly mask: Rle | null
  readonly polygon: Polygon | null
  /** The segmentation is a mask that was written in another way than the project holds it. */
  readonly keepsSegmentation: boolean
  /** What did not come in quite as it was, in words. */
  readonly remark: string | null
}

type Segmentation = Partial<Omit<Shape, 'box'>> & { readonly extent?: () => Box }

/** The shape, or in words why there is none. */
export function readShape(segmentation: unknown, bbox: unknown, size: Size): Shape | string {
  const made = readSegmentation(segmentation, size)
  if (typeof made === 'string') return made
  const box = readBox(bbox)
  const { extent, mask = null, polygon = null, keepsSegmentation = false, remark = null } = made
  if (box !== null && typeof box !== 'string') return { box, mask, polygon, keepsSegmentation, remark }
  if (!extent) return box ?? remark ?? 'has neither a box nor a segmentation'
  const words = box === null ? remark : `${box}; its box is that of its segmentation`
  return { box: extent(), mask, polygon, keepsSegmentation, remark: words }
}

/** null where there is none; words where it is wrong. */
function readBox(bbox: unknown): Box | string | null {
  if (bbox === undefined || bbox === null || (Array.isArray(bbox) && bbox.length === 0)) return null
  if (!Array.isArray(bbox) || bbox.length !== 4 || !bbox.every(isCoordinate)) return 'its bbox is not [x, y, width, height] in numbers that a picture has'
  const [x, y, width, height] = bbox as [number, number, number, number]
  if (width < 0 || height < 0) return `its bbox has a negative size, ${width} x ${height}`
  return { x0: x, y0: y, x1: x + width, y1: y + height }
}

function isCoordinate(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= LARGEST
}

function readSegmentation(value: unknown, size: Size): Segmentation | string {
  if (value === undefined || value === null) return {}
  if (Array.isArray(value)) return readPolygon(value)
  if (typeof value === 'object') return readMask(value as Record<string, unknown>, size)
  return 'its segmentation is neither a list nor a mask'
}

/** Rings of fewer than three points (pycocotools takes four numbers for a box) and lone coordinates are left out. */
function readPolygon(value: readonly unknown[]): Segmentation | string {
  if (value.length === 0) return {}
  const isFlat = value.every((one) => typeof one === 'number')
  const rings = isFlat ? [value] : value
  if (!rings.every((ring) => Array.isArray(ring) && ring.every(isCoordinate))) return 'its polygon holds something else than numbers that a picture has'
  const polygon = (rings as number[][]).filter((ring) => ring.length >= 6 && ring.length % 2 === 0)
  const left = rings.length - polygon.length
  const remark = left > 0 ? `${left} of its ${rings.length} outlines have fewer than three points or half a point and were left out` : null
  return polygon.length === 0 ? { remark } : { polygon, extent: () => polygonBox(polygon), remark }
}

function readMask({ size: given, counts }: Record<string, unknown>, { width, height }: Size): Segmentation | string {
  if (!Array.isArray(given) || given.length !== 2) return 'its mask has no size'
  if (given[0] !== height || given[1] !== width) return `its mask is ${String(given[1])} x ${String(given[0])} pixels, the image ${width} x ${height}`
  const runs = readCounts(counts, { width, height })
  if (typeof runs === 'string') return runs
  if (runsArea(runs) === 0) return { keepsSegmentation: true, remark: 'its mask has no pixel' }
  const mask = runsToRle(runs)
  return { mask, extent: () => runsBox(runs), keepsSegmentation: typeof counts !== 'string' || withoutBytesMarks(counts) !== mask.counts }
}

function readCounts(counts: unknown, { width, height }: Size): Runs | string {
  try {
    if (Array.isArray(counts)) return countsToRuns(width, height, counts as number[])
    if (typeof counts === 'string') return rleToRuns({ size: [height, width], counts: withoutBytesMarks(counts) })
    return 'its mask has no counts'
  } catch (error) {
    return (error as Error).message
  }
}

/** Python's way to print bytes, b'...', which careless tools write. */
function withoutBytesMarks(counts: string): string {
  const inner = /^b'(.*)'$/s.exec(counts)?.[1]
  return inner === undefined ? counts : inner.replaceAll('\\\\', '\\')
}
