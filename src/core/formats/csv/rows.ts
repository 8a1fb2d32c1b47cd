/** Objects as rows of a table. */
import { stringify } from 'csv-stringify/sync'
import type { Annotation, Image, Label } from '../../../shared/model.ts'
import { polygonArea } from '../../../shared/polygons.ts'
import { boxArea } from '../../../shared/geometry.ts'
import { runsArea } from '../../../shared/rleMath.ts'
import { rleToRuns } from '../../../shared/rleString.ts'
import { nameOf } from '../common/files/layoutName.ts'
import type { ExportImage } from '../source.ts'
import { COLUMNS, textCell } from './columns.ts'
import type { Column } from './columns.ts'

export type Row = Partial<Record<Column, string | number>>

export function headerOf(columns: readonly Column[]): string {
  return `\ufeff${linesOf(columns, [Object.fromEntries(COLUMNS.map((column) => [column, column]))])}`
}

export function linesOf(columns: readonly Column[], rows: readonly Row[]): string {
  return stringify(rows.map((row) => columns.map((column) => String(row[column] ?? ''))))
}

/** The columns without `except`. */
export function columnsWithout(...except: readonly Column[]): Column[] {
  return COLUMNS.filter((column) => !except.includes(column))
}

export function imageRow({ image, split }: ExportImage, path: string): Row {
  return { image: textCell(path), width: image.width, height: image.height, split: textCell(split ?? '') }
}

/** Everything about an annotation; the mask as COCO's run lengths. */
export function objectRow(annotation: Annotation, { name }: Label, image: Image): Row {
  const { box, mask, polygon, attributes } = annotation
  return {
    label: textCell(name),
    ...box,
    area: areaOf(annotation, image),
    state: annotation.state,
    score: annotation.score ?? '',
    group: annotation.group ?? '',
    z: annotation.z,
    iscrowd: Number(annotation.iscrowd),
    difficult: Number(annotation.difficult),
    truncated: Number(annotation.truncated),
    occluded: Number(annotation.occluded),
    attributes: Object.keys(attributes).length > 0 ? JSON.stringify(attributes) : '',
    polygon: polygon ? JSON.stringify(polygon) : '',
    rle: mask ? JSON.stringify(mask) : '',
  }
}

/** Square pixels of the polygon, else of the mask, else of the box. */
function areaOf({ polygon, mask, box }: Annotation, image: Image): number {
  if (polygon) return polygonArea(polygon)
  return mask && image.width > 0 ? runsArea(rleToRuns(mask)) : boxArea(box)
}

/** Names for images, each once, even where two folders of a project have images of the same path. */
export class UniquePaths {
  private readonly taken = new Set<string>()

  pathOf(item: ExportImage): string {
    const { path } = item.image
    let name = this.taken.has(nameOf(item)) ? path : nameOf(item)
    for (let n = 2; this.taken.has(name); n++) name = `${n}/${path}`
    this.taken.add(name)
    return name
  }
}
