/** How an annotation lies in its table. */
import type { Annotation } from '../../shared/model.ts'
import type { Value } from './connection.ts'

export interface AnnotationRow {
  readonly id: string
  readonly image_id: number
  readonly frame: number
  readonly label_id: number
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
  readonly mask_height: number | null
  readonly mask_width: number | null
  readonly mask_counts: string | null
  readonly polygon: string | null
  readonly state: string
  readonly origin: string
  readonly score: number | null
  readonly iscrowd: number
  readonly difficult: number
  readonly truncated: number
  readonly occluded: number
  readonly attributes: string
  readonly group_id: number | null
  readonly z: number
  readonly provenance_id: number | null
  readonly source: string | null
}

/** In the order of `valuesOf`; the id comes last, as an UPDATE wants it. */
export const COLUMNS = [
  'image_id', 'frame', 'label_id', 'x0', 'y0', 'x1', 'y1', 'mask_height', 'mask_width', 'mask_counts', 'polygon', 'state',
  'origin', 'score', 'iscrowd', 'difficult', 'truncated', 'occluded', 'attributes', 'group_id', 'z', 'provenance_id', 'source',
  'id',
] as const satisfies readonly (keyof AnnotationRow)[]

export function valuesOf(a: Annotation): Value[] {
  const { box, mask } = a
  return [
    a.imageId, a.frame, a.labelId, box.x0, box.y0, box.x1, box.y1, mask?.size[0] ?? null, mask?.size[1] ?? null,
    mask?.counts ?? null, a.polygon && JSON.stringify(a.polygon), a.state, a.origin, a.score, Number(a.iscrowd),
    Number(a.difficult), Number(a.truncated), Number(a.occluded), JSON.stringify(a.attributes), a.group, a.z, a.provenanceId,
    a.source && JSON.stringify(a.source), a.id,
  ]
}

export function annotationOf(row: AnnotationRow): Annotation {
  return {
    id: row.id as Annotation['id'],
    imageId: row.image_id as Annotation['imageId'],
    frame: row.frame,
    labelId: row.label_id as Annotation['labelId'],
    box: { x0: row.x0, y0: row.y0, x1: row.x1, y1: row.y1 },
    mask: row.mask_counts === null ? null : { size: [row.mask_height!, row.mask_width!], counts: row.mask_counts },
    polygon: row.polygon === null ? null : (JSON.parse(row.polygon) as Annotation['polygon']),
    state: row.state as Annotation['state'],
    origin: row.origin as Annotation['origin'],
    score: row.score,
    iscrowd: row.iscrowd === 1,
    difficult: row.difficult === 1,
    truncated: row.truncated === 1,
    occluded: row.occluded === 1,
    attributes: JSON.parse(row.attributes) as Annotation['attributes'],
    group: row.group_id,
    z: row.z,
    provenanceId: row.provenance_id as Annotation['provenanceId'],
    source: row.source === null ? null : (JSON.parse(row.source) as Annotation['source']),
  }
}
