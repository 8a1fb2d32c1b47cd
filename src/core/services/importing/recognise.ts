/** Which format a dataset is in, by its content. */
import { AppError } from '../../../shared/errors.ts'
import type { ImportFormat } from '../../formats/dataset.ts'
import type { DatasetFiles } from '../../formats/common/files/datasetFiles.ts'
import { IMPORT_FORMATS, importFormat } from '../../formats/index.ts'

/**
 * The format named, or with 'auto' the one that fits.
 * @throws AppError invalid-dataset where none fits, ambiguous-dataset where more than one does
 */
export async function recognise(files: DatasetFiles, format: string): Promise<ImportFormat> {
  if (format !== 'auto') return importFormat(format)
  const fitting: { format: ImportFormat; why: string }[] = []
  for (const one of IMPORT_FORMATS) {
    const why = await one.detect(files)
    if (why !== null) fitting.push({ format: one, why })
  }
  if (fitting.length === 1) return fitting[0]!.format
  if (fitting.length === 0) throw unknown(files)
  const list = fitting.map(({ format: { id, name }, why }) => `${id} (${name}: ${why})`).join(', ')
  const choices = fitting.map(({ format: { id } }) => id)
  throw new AppError('ambiguous-dataset', `This can be read as more than one format: ${list}. Say which: --format ${choices.join(' or ')}.`, {
    option: 'format',
    choices: choices.join(','),
  })
}

function unknown(files: DatasetFiles): AppError {
  const place = files.named ?? files.root
  const known = IMPORT_FORMATS.map(({ name }) => name).join(', ')
  return new AppError('invalid-dataset', `${place} holds no annotations in a format Marquee knows (${known}). Name the folder or file they are in, or the format.`)
}
