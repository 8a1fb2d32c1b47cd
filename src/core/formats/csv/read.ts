/** Tables of objects: ours, and those of TensorFlow, keras-retinanet, Open Images, VoTT and Kaggle. */
import { parse } from 'node:path/posix'
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'
import { rleToRuns } from '../../../shared/rleString.ts'
import type { Rle } from '../../../shared/model.ts'
import type { Dataset, DatasetImage, DatasetObject, FoundImage, ImportFormat, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { frameOf, upright } from '../common/upright.ts'
import { Cells, isObject, Problem, sizeIn } from './cells.ts'
import { objectOf } from './object.ts'
import { openTable, rowsOf } from './table.ts'
import type { Table } from './table.ts'

const SPLITS = /^(.*[_-])?(train|val|valid|validation|test)([_-].*)?$/i

export const csvReader: ImportFormat = {
  id: 'csv',
  name: 'CSV table of objects',
  options: [],
  async detect(files) {
    const [table] = await tablesOf(files)
    return table ? `${table.file} is a table of objects` : null
  },
  async open(files: DatasetFiles, context: ReadContext): Promise<Dataset> {
    const tables = await tablesOf(files)
    if (tables.length === 0)
      throw new AppError(
        'invalid-dataset',
        `${files.root} has no table of objects: a CSV file with the columns image, label, x0, y0, x1, y1.`,
      )
    return { labels: [], source: null, images: () => readImages(files, tables, context, noMask) }
  },
}

/** The mask in the file that a row names. @throws Problem */
export type MaskReader = (path: string, size: Size) => Promise<Rle>

const noMask: MaskReader = () => {
  throw new Problem('its mask is in a file of its own')
}

/** Without tables that only say where masks are: those are another format's. */
async function tablesOf(files: DatasetFiles): Promise<Table[]> {
  const paths = files.named === null ? [...(await files.withEnding('.csv')), ...(await files.withEnding('.tsv'))] : [files.named]
  const tables: Table[] = []
  for (const file of paths) {
    const table = await openTable(files, file)
    if (table && !table.columns.includes('mask')) tables.push(table)
  }
  return tables
}

interface Row {
  readonly table: Table
  readonly cells: Cells
}

/**
 * Rows of one image may lie anywhere: a first pass counts them, the second keeps them until they are all there. Tables that
 * are in order of images take no more memory than the largest image's rows.
 */
export async function* readImages(
  files: DatasetFiles,
  tables: readonly Table[],
  context: ReadContext,
  readMask: MaskReader,
): AsyncIterable<DatasetImage> {
  const expected = new Map<string, number>()
  for await (const { cells } of readRows(files, tables, context)) {
    const image = cells.exact('image')
    if (image !== null) expected.set(image, (expected.get(image) ?? 0) + 1)
    else if (isObject(cells)) context.seen(1)
  }
  const waiting = new Map<string, Row[]>()
  const problem = (row: Row, reason: string, objects: number) =>
    context.problem({ file: row.table.file, place: `line ${row.cells.line}`, reason, objects })
  for await (const row of readRows(files, tables, { ...context, problem: () => undefined })) {
    const image = row.cells.exact('image')
    if (image === null) {
      problem(row, 'names no image', isObject(row.cells) ? 1 : 0)
      continue
    }
    const rows = waiting.get(image) ?? []
    waiting.set(image, rows)
    if (rows.push(row) < expected.get(image)!) continue
    waiting.delete(image)
    const read = await readImage(image, rows, { ...context, readMask }, problem)
    if (read) yield read
  }
}

/** A table that breaks off is one problem; its rows until then are there. */
async function* readRows(
  files: DatasetFiles,
  tables: readonly Table[],
  context: Pick<ReadContext, 'problem' | 'signal'>,
): AsyncIterable<Row> {
  for (const table of tables) {
    try {
      for await (const row of rowsOf(files, table, context.signal)) yield { table, cells: new Cells(table, row) }
    } catch (error) {
      throwIfAborted(context.signal)
      if (!(error instanceof AppError)) throw error
      context.problem({ file: table.file, place: '', reason: error.message, objects: 0 })
    }
  }
}

async function readImage(
  name: string,
  rows: readonly Row[],
  context: ReadContext & { readMask: MaskReader },
  problem: (row: Row, reason: string, objects: number) => void,
): Promise<DatasetImage | null> {
  const records = rows.filter(({ cells }) => isObject(cells))
  context.seen(records.length)
  const { path, found } = await pictureOf(name, context)
  const frame = frameOf(found, rows.map(({ cells }) => sizeIn(cells) ?? maskSize(cells)).find((one) => one !== null))
  if (!frame) {
    problem(
      rows[0]!,
      `the picture ${path} was not found, and its size is said nowhere. Point to the folder it is in`,
      records.length,
    )
    return null
  }
  const { size } = frame
  const objects: DatasetObject[] = []
  for (const [index, row] of records.entries()) {
    try {
      objects.push(await readObject(row, size, index, context.readMask))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problem(row, error.message, 1)
    }
  }
  const image = { path, file: found?.file ?? null, size, split: splitOf(rows[0]!), source: null, objects }
  return upright(image, frame, (reason) => problem(rows[0]!, reason, 0))
}

/** A drawn polygon needs no mask. */
async function readObject({ cells, table }: Row, size: Size, index: number, readMask: MaskReader): Promise<DatasetObject> {
  const mask = cells.has('polygon') ? null : cells.text('mask')
  return objectOf(
    cells,
    table,
    size,
    `${table.file} line ${cells.line}`,
    index,
    mask === null ? undefined : await readMask(mask, size),
  )
}

/** As it stands there, else with Windows' separators and percent-encoding undone; names without an ending are of JPEG files. */
async function pictureOf(name: string, context: ReadContext): Promise<{ path: string; found: FoundImage | null }> {
  const plain = name.replaceAll('\\', '/').replaceAll('\0', '').replace(/^([a-z]:)?\/+/i, '')
  const safe = /(^|\/)\.\.(\/|$)|:\/\//.test(plain) ? parse(plain).base : plain
  const path = parse(safe).ext === '' ? `${safe}.jpg` : safe
  for (const candidate of new Set([path, decoded(path)])) {
    const found = await context.find(candidate)
    if (found) return { path: candidate, found }
  }
  return { path, found: null }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** For tables without sizes: that of a mask in COCO's form. */
function maskSize(cells: Cells): Size | null {
  try {
    const { width, height } = rleToRuns(JSON.parse(cells.text('rle') ?? '') as { size: [number, number]; counts: string })
    return { width, height }
  } catch {
    return null
  }
}

function splitOf({ cells, table }: Row): string | null {
  return cells.text('split') ?? SPLITS.exec(parse(table.file).name)?.[2]?.toLowerCase() ?? null
}
