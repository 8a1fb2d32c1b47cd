/** Datasets whose coordinates are those of the stored pixels, of pictures that are shown turned (EXIF orientation). */
import { orderedBox } from '../../../shared/geometry.ts'
import type { Box, Size } from '../../../shared/geometry.ts'
import { cropToRle, rleToCrop } from '../../../shared/maskCrop.ts'
import type { MaskCrop } from '../../../shared/maskCrop.ts'
import type { Annotation } from '../../../shared/model.ts'
import type { DatasetImage, FoundImage } from '../dataset.ts'
import type { SourceValues } from '../kept.ts'
import { omit } from './omit.ts'

/** The pixels that a file's coordinates are in. */
export interface Frame {
  readonly size: Size
  /** EXIF orientation by which they become upright ones; 1 where they are. */
  readonly orientation: number
}

type Geometry = Pick<Annotation, 'box' | 'mask' | 'polygon'>

/** Orientations from this one on stand on their side: the stored width is the upright height. */
const FIRST_ON_ITS_SIDE = 5

/**
 * The picture's upright pixels, or what the file states where there is no picture. Stored pixels only where nothing else can be
 * meant: the picture is stored on its side, and the file states its stored size. Mirrored, upside down or square pictures have
 * one size both ways; those count as upright.
 */
export function frameOf(found: FoundImage | null, stated: Size | null | undefined): Frame | null {
  if (!found) return stated ? { size: stated, orientation: 1 } : null
  const { size, orientation = 1 } = found
  const isSwapped = stated?.width === size.height && stated.height === size.width && size.width !== size.height
  return isSwapped && orientation >= FIRST_ON_ITS_SIDE ? { size: stated, orientation } : { size, orientation: 1 }
}

/**
 * The image in upright pixels; says so where it was not. What else has a place in the file (key points, parts, shapes that are no
 * objects) is not kept: an export would write it where it is not.
 */
export function upright(image: DatasetImage, { size, orientation }: Frame, tell: (reason: string) => void): DatasetImage {
  if (orientation === 1) return image
  tell(
    `says ${size.width} x ${size.height} pixels, as its picture is stored, but that is shown turned (EXIF orientation ${orientation}); ` +
      'objects were turned with it; key points and parts were not kept',
  )
  const turn = (geometry: Geometry) => turnedGeometry(geometry, size, orientation)
  const objects = image.objects.map((object) => ({ ...object, ...turn(object), source: object.source && withoutParts(object.source) }))
  return { ...image, size: turnedSize(size, orientation), source: image.source && omit(image.source, 'shapes', 'results'), objects }
}

/** COCO's key points and the parts of Pascal VOC; the geometry stays the one of the file, by which the object is known again. */
function withoutParts(source: SourceValues): SourceValues {
  const { values } = source
  if (typeof values !== 'object' || values === null) return source
  const { children, ...others } = omit(values as SourceValues, 'keypoints', 'num_keypoints')
  const kept = Array.isArray(children) ? { children: children.filter((child) => !(typeof child === 'object' && child !== null && 'part' in child)) } : {}
  return { ...source, values: { ...others, ...kept } }
}

export function turnedSize({ width, height }: Size, orientation: number): Size {
  return orientation < FIRST_ON_ITS_SIDE ? { width, height } : { width: height, height: width }
}

/** From stored pixels to upright ones; exact. `stored`: the size of the picture as it is stored. */
export function turnedGeometry({ box, mask, polygon }: Geometry, stored: Size, orientation: number): Geometry {
  const turn = turnOf(stored, orientation)
  return {
    box: turnedBox(box, turn),
    mask: mask && cropToRle(turnedCrop(rleToCrop(mask), turn), turnedSize(stored, orientation)),
    polygon: polygon?.map((ring) => ring.flatMap((x, i) => (i % 2 === 0 ? turn(x, ring[i + 1]!) : []))) ?? null,
  }
}

type Turn = (x: number, y: number) => readonly [x: number, y: number]

/** EXIF 2.32, tag 274: where the first row and column of the stored picture are on the upright one. */
function turnOf({ width, height }: Size, orientation: number): Turn {
  switch (orientation) {
    case 2:
      return (x, y) => [width - x, y]
    case 3:
      return (x, y) => [width - x, height - y]
    case 4:
      return (x, y) => [x, height - y]
    case 5:
      return (x, y) => [y, x]
    case 6:
      return (x, y) => [height - y, x]
    case 7:
      return (x, y) => [height - y, width - x]
    case 8:
      return (x, y) => [y, width - x]
    default:
      return (x, y) => [x, y]
  }
}

function turnedBox(box: Box, turn: Turn): Box {
  const [x0, y0] = turn(box.x0, box.y0)
  const [x1, y1] = turn(box.x1, box.y1)
  return orderedBox({ x0, y0, x1, y1 })
}

function turnedCrop({ x0, y0, width, height, data }: MaskCrop, turn: Turn): MaskCrop {
  const box = turnedBox({ x0, y0, x1: x0 + width, y1: y0 + height }, turn)
  const wide = box.x1 - box.x0
  const turned = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue
    // A pixel is a square: it is where its middle is.
    const [x, y] = turn(x0 + (i % width) + 0.5, y0 + Math.floor(i / width) + 0.5)
    turned[Math.floor(y - box.y0) * wide + Math.floor(x - box.x0)] = 1
  }
  return { x0: box.x0, y0: box.y0, width: wide, height: box.y1 - box.y0, data: turned }
}
