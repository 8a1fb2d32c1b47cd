/** Which format a dataset is in, by its content. */
import { AppError } from '../../../shared/errors.ts'
import type { ImportFormat } from '../../formats/dataset.ts'
import type { DatasetFiles } from '../../formats/common/files/datasetFiles.ts'
import { IMPORT_FORMATS, importFormat } from '../../formats/index.ts'

/** Files looked at for why nothing fits. */
const TRIED = 20

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
  if (fitting.length === 0) throw await unknown(files)
  const list = fitting.map(({ format: { id, name }, why }) => `${id} (${name}: ${why})`).join(', ')
  const choices = fitting.map(({ format: { id } }) => id)
  throw new AppError('ambiguous-dataset', `This can be read as more than one format: ${list}. Say which: --format ${choices.join(' or ')}.`, {
    option: 'format',
    choices: choices.join(','),
  })
}

async function unknown(files: DatasetFiles): Promise<AppError> {
  const place = files.named ?? files.root
  const wide = await inUtf16(files)
  if (wide !== null) return new AppError('invalid-dataset', `${wide} is written in UTF-16. Save it as UTF-8 and import again.`)
  const known = IMPORT_FORMATS.map(({ name }) => name).join(', ')
  return new AppError('invalid-dataset', `${place} holds no annotations in a format Marquee knows (${known}). Name the folder or file they are in, or the format.`)
}

/** The first text file that begins with the byte order mark of UTF-16, as some editors on Windows write it. */
async function inUtf16(files: DatasetFiles): Promise<string | null> {
  const texts = (await files.list()).filter((path) => /\.(jsonl?|csv|txt|ya?ml)$/i.test(path))
  for (const path of texts.slice(0, TRIED)) {
    const mark = await firstTwo(files, path).catch(() => null)
    if (mark === 0xfffe || mark === 0xfeff) return path
  }
  return null
}

async function firstTwo(files: DatasetFiles, path: string): Promise<number> {
  const handle = await files.open(path)
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return buffer.readUInt16BE(0)
  } finally {
    await handle.close()
  }
}
