/** Words of LabelMe's files that reader and writer both have to know (labelme/_label_file.py). */
import type { Annotation } from '../../../shared/model.ts'

export const ID = 'labelme'
/** The key, kept by LabelMe, under which this program says what LabelMe has no place for. */
export const OWN_KEY = 'marquee'
/** The label of pixels that training leaves out. */
export const IGNORE_LABEL = '__ignore__'
export const LABELS_FILE = 'labels.txt'
/** Written beside a shape when set, under their own names; `difficult` is X-AnyLabeling's. */
export const MARKS = ['difficult', 'truncated', 'occluded', 'iscrowd'] as const satisfies readonly (keyof Annotation)[]

/** What `OWN_KEY` of a shape holds. */
export interface OwnValues {
  /** Number of the object within the file: shapes that share it are the parts of one object. */
  readonly object?: number
  /** The parts share a `group_id` only because they are parts. */
  readonly ungrouped?: boolean
  /** The box of the object where it is another one than the extent of its shapes, and that extent: [x0, y0, x1, y1]. */
  readonly box?: readonly number[]
  readonly extent?: readonly number[]
}
