/** CSV files of objects, read a row at a time: separators, headers of many tools, encodings. */
import { parse as parseCsv } from 'csv-parse'
import type { Options } from 'csv-parse'
import { parse as parseCsvText } from 'csv-parse/sync'
import { AppError } from '../../../shared/errors.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import type { Column } from './columns.ts'

/** What a column means: one of ours, the corner and size of a box, or a box in one cell. */
export type Meaning = Column | 'w' | 'h' | 'bbox'

export interface Table {
  readonly file: string
  readonly delimiter: string
  readonly encoding: BufferEncoding
  /** By column; the header's own text for columns nobody knows, which are attributes. */
  readonly columns: readonly (Meaning | { readonly attribute: string })[]
  readonly hasHeader: boolean
  /** Coordinates are shares of the image's width and height (Open Images). */
  readonly isNormalized: boolean
}

export interface TableRow {
  readonly line: number
  readonly cells: readonly string[]
}

/** Compared without case, spaces, '_' and '-'. 'width' and 'height' are those of the image unless there is no x1. */
const NAMES: Readonly<Record<string, Meaning>> = {
  ...named('image', 'image filename file imagepath imagefilename imagename imageid path img'),
  ...named('width', 'width imagewidth imgwidth'),
  ...named('height', 'height imageheight imgheight'),
  ...named('split', 'split subset'),
  ...named('label', 'label class classname category categoryname labelname name'),
  ...named('x0', 'x0 xmin left x bboxx bboxleft bboxxmin'),
  ...named('y0', 'y0 ymin top y bboxy bboxtop bboxymin'),
  ...named('x1', 'x1 xmax right bboxxmax bboxright'),
  ...named('y1', 'y1 ymax bottom bboxymax bboxbottom'),
  ...named('w', 'w bboxwidth boxwidth bboxw'),
  ...named('h', 'h bboxheight boxheight bboxh'),
  ...named('bbox', 'bbox box'),
  ...named('score', 'score confidence conf'),
  ...named('iscrowd', 'iscrowd isgroupof'),
  ...named('difficult', 'difficult isdifficult'),
  ...named('truncated', 'truncated istruncated'),
  ...named('occluded', 'occluded isoccluded'),
  ...named('rle', 'rle encodedpixels'),
  ...named('area', 'area'),
  ...named('state', 'state'),
  ...named('group', 'group'),
  ...named('z', 'z zorder'),
  ...named('attributes', 'attributes'),
  ...named('polygon', 'polygon'),
  ...named('mask', 'mask'),
}
const HEAD_BYTES = 2 ** 16
const LARGEST_RECORD = 2 ** 25
const RETINANET: readonly Meaning[] = ['image', 'x0', 'y0', 'x1', 'y1', 'label']
const PARSING = { relax_column_count: true, relax_quotes: true, skip_empty_lines: true, bom: true } satisfies Options

function named(meaning: Meaning, names: string): Record<string, Meaning> {
  return Object.fromEntries(names.split(' ').map((name) => [name, meaning]))
}

/** Null for a file that is no table of objects. */
export async function openTable(files: DatasetFiles, file: string): Promise<Table | null> {
  const bytes = await files.readHead(file, HEAD_BYTES)
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8'
  const head = bytes.toString(encoding)
  const delimiter = delimiterOf(head)
  const first = firstRow(head, delimiter)
  const columns = columnsOf(first)
  if (isTable(columns)) return { file, delimiter, encoding, columns, hasHeader: true, isNormalized: isOpenImages(first) }
  const isRetinanet =
    first.length === 6 && first[0] !== '' && first.slice(1, 5).every((cell) => cell === '' || Number.isFinite(Number(cell)))
  return isRetinanet ? { file, delimiter, encoding, columns: RETINANET, hasHeader: false, isNormalized: false } : null
}

function delimiterOf(head: string): string {
  const [line] = head.split(/\r\n|\r|\n/)
  const count = (char: string) => line!.split(char).length
  return [',', ';', '\t', '|'].reduce((best, char) => (count(char) > count(best) ? char : best))
}

function firstRow(head: string, delimiter: string): readonly string[] {
  try {
    return (parseCsvText(head, { ...PARSING, delimiter, to: 1 }) as string[][])[0] ?? []
  } catch {
    return []
  }
}

function columnsOf(header: readonly string[]): Table['columns'] {
  const found = header.map((name) => NAMES[name.toLowerCase().replace(/[\s_-]/g, '')])
  const isSize = found.includes('x0') && !found.includes('x1') && !found.includes('w')
  const taken = new Set<Meaning>()
  return header.map((name, index) => {
    const meaning = found[index] === 'width' && isSize ? 'w' : found[index] === 'height' && isSize ? 'h' : found[index]
    if (meaning === undefined || taken.has(meaning)) return { attribute: name.trim() }
    taken.add(meaning)
    return meaning
  })
}

function isTable(columns: Table['columns']): boolean {
  const has = (...meanings: Meaning[]) => meanings.every((meaning) => columns.includes(meaning))
  const hasShape = has('x0', 'y0', 'x1', 'y1') || has('x0', 'y0', 'w', 'h') || has('bbox') || has('rle') || has('polygon')
  return has('image') && hasShape
}

function isOpenImages(header: readonly string[]): boolean {
  return ['ImageID', 'LabelName', 'XMin', 'XMax'].every((name) => header.includes(name))
}

/** @throws AppError invalid-dataset, naming the file and line, where the rest can't be told apart into rows */
export async function* rowsOf(
  files: DatasetFiles,
  { file, delimiter, encoding, hasHeader }: Table,
  signal?: AbortSignal,
): AsyncIterable<TableRow> {
  const handle = await files.open(file)
  const input = handle.createReadStream()
  const parser = input.pipe(
    parseCsv({
      ...PARSING,
      delimiter,
      encoding,
      info: true,
      max_record_size: LARGEST_RECORD,
      from: hasHeader ? 2 : 1,
      ...(signal && { signal }),
    }),
  )
  input.on('error', (error) => parser.destroy(error))
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>)
      yield { line: info.lines, cells: record }
  } catch (error) {
    if (signal?.aborted) throw new AppError('cancelled', 'Cancelled.')
    throw new AppError('invalid-dataset', `${file}: ${(error as Error).message}`, { file }, error)
  } finally {
    input.destroy()
  }
}
