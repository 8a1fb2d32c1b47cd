/** Words of CVAT's XML that reader and writer both have to know (cvat/apps/dataset_manager/formats/cvat.py). */
import type { Annotation } from '../../../shared/model.ts'

export const ID = 'cvat'
/** The attribute, unknown to CVAT, in which this program says as JSON what CVAT has no place for. */
export const OWN_ATTRIBUTE = 'marquee'
export const ANNOTATIONS_FILE = 'annotations.xml'
export const IMAGES_FOLDER = 'images'

/** Numbers that say where a shape is; they go when the object has been changed. */
export const GEOMETRY_ATTRIBUTES: ReadonlySet<string> = new Set(
  'points xtl ytl xbr ybr rotation cx cy rx ry rle left top width height'.split(' '),
)

/** Marks without a place in CVAT. */
export const MARKS = ['difficult', 'truncated', 'iscrowd'] as const satisfies readonly (keyof Annotation)[]

/** An element as it is kept: what is in it by name, in order. */
export interface KeptElement {
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
  readonly children: readonly KeptElement[]
}

/** One attribute that objects of a label can have. */
export interface CvatAttribute {
  readonly name: string
  /** checkbox, number, radio, select, text. */
  readonly input_type: string
  readonly mutable: string
  readonly default_value: string
  readonly values: string
}
