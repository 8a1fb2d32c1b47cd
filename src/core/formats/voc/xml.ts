/** The annotation file of one image as the VOC2012 devkit has it. */
import { XMLBuilder } from 'fast-xml-parser'
import type { Box, Size } from '../../../shared/geometry.ts'
import { clipBox } from '../../../shared/geometry.ts'
import type { Annotation } from '../../../shared/model.ts'

export interface VocFile {
  readonly folder: string
  readonly filename: string
  readonly size: Size
  /** Whether the image has files in SegmentationClass and SegmentationObject. */
  readonly segmented: boolean
  readonly objects: readonly { readonly name: string; readonly annotation: Annotation; readonly box: Box }[]
}

const builder = new XMLBuilder({ format: true, indentBy: '\t', suppressEmptyNode: false })

export function vocXml({ folder, filename, size, segmented, objects }: VocFile): string {
  const source = { database: 'Marquee', annotation: 'Marquee', image: filename }
  const object = objects.map(({ name, annotation, box }) => ({
    name,
    pose: 'Unspecified',
    truncated: Number(annotation.truncated),
    difficult: Number(annotation.difficult),
    occluded: Number(annotation.occluded),
    bndbox: vocBox(box, size),
  }))
  const { width, height } = size
  return builder.build({
    annotation: { folder, filename, source, size: { width, height, depth: 3 }, segmented: Number(segmented), object },
  })
}

/** Inclusive pixel numbers, the top left pixel is (1, 1); every pixel the half-open box touches, on the image. */
export function vocBox(box: Box, size: Size): { xmin: number; ymin: number; xmax: number; ymax: number } {
  const { x0, y0, x1, y1 } = clipBox(box, size)
  const xmin = Math.min(Math.floor(x0) + 1, size.width)
  const ymin = Math.min(Math.floor(y0) + 1, size.height)
  return { xmin, ymin, xmax: Math.max(Math.ceil(x1), xmin), ymax: Math.max(Math.ceil(y1), ymin) }
}
