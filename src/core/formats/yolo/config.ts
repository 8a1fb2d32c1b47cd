/** What a YOLO dataset says about itself. */
import type { SourceValues } from '../kept.ts'
import type { KeypointShape } from './lines.ts'
import type { YoloTask } from './task.ts'

export interface YoloConfig {
  /** The file that says so, within the dataset; null where there is none. */
  readonly file: string | null
  readonly names: ReadonlyMap<number, string>
  /** `path` of data.yaml as written, '' where there is none. */
  readonly path: string
  /** Folders, lists and images of each part, as written. */
  readonly splits: readonly { readonly name: string; readonly entries: readonly string[] }[]
  readonly task: YoloTask | null
  readonly keypoints: KeypointShape | null
  /** Further keys of data.yaml; null where there are none. */
  readonly further: SourceValues | null
}

export const NOTHING_SAID: YoloConfig = {
  file: null,
  names: new Map(),
  path: '',
  splits: [],
  task: null,
  keypoints: null,
  further: null,
}

export const YAML_LARGEST = 8 * 2 ** 20
