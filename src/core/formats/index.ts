/** All formats, for reading and for writing: a new one is a folder and a line here. */
import { AppError } from '../../shared/errors.ts'
import { cocoPanoptic } from './coco-panoptic/index.ts'
import { cocoResults } from './coco-results/index.ts'
import { coco } from './coco/index.ts'
import { csv } from './csv/index.ts'
import { cvat } from './cvat/index.ts'
import type { Format, ImportFormat } from './dataset.ts'
import { labelStudio } from './label-studio/index.ts'
import { labelme } from './labelme/index.ts'
import { qwenVl } from './qwen-vl/index.ts'
import { masks } from './masks/index.ts'
import type { ExportFormat } from './source.ts'
import { voc } from './voc/index.ts'
import { yolo } from './yolo/index.ts'

const FORMATS: readonly Format[] = [coco, cocoResults, cocoPanoptic, csv, cvat, labelme, labelStudio, masks, voc, yolo, qwenVl]

export const EXPORT_FORMATS: readonly ExportFormat[] = FORMATS.flatMap(({ writes }) => writes ?? [])
export const IMPORT_FORMATS: readonly ImportFormat[] = FORMATS.flatMap(({ reads }) => reads ?? [])

/** The format of an id; `invalid-argument` names the ones there are. */
export function exportFormat(id: string): ExportFormat {
  return byId(EXPORT_FORMATS, id)
}

/** The same for reading. */
export function importFormat(id: string): ImportFormat {
  return byId(IMPORT_FORMATS, id)
}

function byId<F extends { readonly id: string }>(formats: readonly F[], id: string): F {
  const format = formats.find((one) => one.id === id)
  if (format) return format
  throw new AppError('invalid-argument', `There is no format "${id}". Formats: ${formats.map((one) => one.id).join(', ')}.`)
}
