/** All formats a project can be exported to: a new one is a file and a line here. */
import { AppError } from '../../shared/errors.ts'
import { coco } from './coco.ts'
import type { ExportFormat } from './source.ts'
import { voc } from './voc.ts'

export const EXPORT_FORMATS: readonly ExportFormat[] = [coco, voc]

/** The format of an id; `invalid-argument` names the ones there are. */
export function exportFormat(id: string): ExportFormat {
  const format = EXPORT_FORMATS.find((one) => one.id === id)
  if (format) return format
  const known = EXPORT_FORMATS.map((one) => one.id).join(', ')
  throw new AppError('invalid-argument', `There is no format "${id}". Formats: ${known}.`)
}
