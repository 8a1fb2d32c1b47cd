/** A small project to export: labels, images, annotations, without a store. */
import type { ExportImage, ExportSource } from '../../src/core/formats/source.ts'
import { AnnotationSchema, ImageSchema, LabelSchema } from '../../src/shared/model.ts'
import type { Annotation, Image, Label } from '../../src/shared/model.ts'
import { bitmapToRle } from '../../src/shared/rleString.ts'
import { bitmapFromRows } from './bitmaps.ts'

export function label(id: number, name: string, source: Record<string, unknown> | null = null): Label {
  return LabelSchema.parse({ id, name, color: '#ff0000', key: null, order: id, source })
}

export function image(id: number, path: string, more: Partial<Image> = {}): Image {
  const plain = { width: 8, height: 6, orientation: 1, depth: 8, frames: 1, status: 'ok', problem: null, revision: 0 }
  return ImageSchema.parse({ id, path, ...plain, ...more })
}

let serial = 0
/** A drawn box of label 1 unless `more` says otherwise. */
export function annotation(imageId: number, more: object = {}): Annotation {
  const id = `00000000-0000-4000-8000-${String(++serial).padStart(12, '0')}`
  const flags = { iscrowd: false, difficult: false, truncated: false, occluded: false }
  const shape = { box: { x0: 1, y0: 1, x1: 4, y1: 3 }, mask: null, polygon: null, score: null, group: null, provenanceId: null, source: null }
  return AnnotationSchema.parse({ id, imageId, frame: 0, labelId: 1, state: 'accepted', origin: 'drawn', attributes: {}, z: serial, ...flags, ...shape, ...more })
}

/** An annotation's mask from rows of '.' and '#'. */
export function maskOf(rows: readonly string[]): { mask: Annotation['mask'] } {
  return { mask: bitmapToRle(bitmapFromRows(rows)) }
}

export function source(labels: readonly Label[], items: readonly ExportImage[]): ExportSource {
  return { labels, images: () => items }
}

export const DONUT = ['........', '.#####..', '.#.#.#..', '.#####..', '......#.', '........']
export const SOLID = ['........', '...####.', '...####.', '....##..', '........', '#.......']
