/** Folders of masks: ours with their tables, and those of other tools as far as names and tables tell what they mean. */
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'
import { UNMARKED } from '../../../shared/model.ts'
import type { Rle } from '../../../shared/model.ts'
import { runsBox } from '../../../shared/rleMath.ts'
import { runsToRle } from '../../../shared/rleString.ts'
import { Problem } from '../csv/cells.ts'
import { readImages as readTables } from '../csv/read.ts'
import { openTable } from '../csv/table.ts'
import type { Table } from '../csv/table.ts'
import { askFor } from '../dataset.ts'
import type { Dataset, DatasetImage, DatasetObject, ImportFormat, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { frameOf, upright } from '../common/upright.ts'
import { readMaskPng, runsByNumber } from '../common/pixels/maskPng.ts'
import type { MaskPng } from '../common/pixels/maskPng.ts'
import type { FormatOption } from '../source.ts'
import { foregroundOf, numberedParts, wholePart } from './parts.ts'
import type { Numbers, Part } from './parts.ts'
import { isOwnMask, planOf } from './plan.ts'
import type { MaskedImage, MaskFile, MaskPlan } from './plan.ts'

const MEANING_OPTION: FormatOption = {
  id: 'meaning',
  help: 'What the numbers in masks stand for where no table says it.',
  choices: ['auto', 'classes', 'objects'],
  default: 'auto',
}
const LARGEST_PNG = 2 ** 28
/** Masks that are looked at before it is asked what numbers mean. */
const LOOKED_AT = 20

export const masksReader: ImportFormat = {
  id: 'masks',
  name: 'Masks (PNG)',
  options: [MEANING_OPTION],
  async detect(files) {
    const [table] = await tablesOf(files)
    if (table) return `${table.file} lists objects and their masks`
    const plan = await planOf(files)
    return plan && `${plan.maskPaths[0]} is a mask by its name`
  },
  async open(files: DatasetFiles, context: ReadContext): Promise<Dataset> {
    const tables = await tablesOf(files)
    if (tables.length > 0) return openTables(files, tables, context)
    const plan = await planOf(files)
    if (!plan)
      throw new AppError(
        'invalid-dataset',
        `${files.root} has no masks: neither a folder "masks" with PNG files nor files like a_mask.png.`,
      )
    context.setAside?.(plan.maskPaths)
    const numbers = await meaningOf(files, plan, context)
    return { labels: plan.labels, source: null, images: () => readImages(files, plan, numbers, context) }
  },
}

async function tablesOf(files: DatasetFiles): Promise<Table[]> {
  const tables: Table[] = []
  for (const file of await files.withEnding('.csv')) {
    const table = await openTable(files, file)
    if (table?.columns.includes('mask')) tables.push(table)
  }
  return tables
}

async function openTables(files: DatasetFiles, tables: readonly Table[], context: ReadContext): Promise<Dataset> {
  context.setAside?.((await files.list()).filter(isOwnMask))
  const readMask = async (path: string, size: Size): Promise<Rle> => {
    const png = await readPng(files, path).catch((error: unknown) => {
      throw new Problem((error as Error).message)
    })
    if (png.width !== size.width || png.height !== size.height) throw new Problem(otherSize(path, png, size))
    const runs = foregroundOf(png, path)
    if (!runs) throw new Problem(`its mask ${path} is empty`)
    return runsToRle(runs)
  }
  return { labels: [], source: null, images: () => readTables(files, tables, context, readMask) }
}

async function readPng(files: DatasetFiles, path: string): Promise<MaskPng> {
  return readMaskPng(await files.readBytes(path, LARGEST_PNG), path)
}

function otherSize(path: string, png: Size, size: Size): string {
  return `the mask ${path} has ${png.width} x ${png.height} pixels, but the image has ${size.width} x ${size.height}`
}

/** @throws AppError ambiguous-dataset */
async function meaningOf(files: DatasetFiles, { kind, classes, images }: MaskPlan, context: ReadContext): Promise<Numbers> {
  const chosen = context.options['meaning'] ?? MEANING_OPTION.default
  if (chosen === 'classes' || chosen === 'objects') return chosen
  if (kind !== 'numbers' || classes) return 'classes'
  for (const { path } of images.flatMap(({ masks }) => masks).slice(0, LOOKED_AT)) {
    const png = await readPng(files, path).catch(() => null)
    const numbers = png ? [...runsByNumber(png, path).keys()].filter((number) => number !== 0) : []
    if (numbers.length > 1)
      throw askFor(
        MEANING_OPTION,
        `${path} has ${numbers.length} numbers or colours, and no table says whether they are classes or objects.`,
      )
  }
  return 'foreground'
}

async function* readImages(
  files: DatasetFiles,
  plan: MaskPlan,
  numbers: Numbers,
  context: ReadContext,
): AsyncIterable<DatasetImage> {
  for (const image of plan.images) {
    throwIfAborted(context.signal)
    const read = await readImage(files, image, plan, numbers, context)
    if (read) yield read
  }
}

async function readImage(
  files: DatasetFiles,
  image: MaskedImage,
  plan: MaskPlan,
  numbers: Numbers,
  context: ReadContext,
): Promise<DatasetImage | null> {
  const path = image.path ?? `${image.stem}.jpg`
  const found = await context.find(path)
  let frame = frameOf(found, image.size)
  let stated = image.size
  const objects: DatasetObject[] = []
  for (const mask of image.masks) {
    const png = await readPng(files, mask.path).catch((error: unknown) => {
      if (plan.kind !== 'numbers') context.seen(1)
      context.problem({ file: mask.path, place: '', reason: (error as Error).message, objects: plan.kind === 'numbers' ? 0 : 1 })
    })
    if (!png) continue
    stated ??= { width: png.width, height: png.height }
    frame = frameOf(found, stated)!
    for (const object of objectsIn(mask, png, frame.size, plan, numbers, context)) objects.push({ ...object, z: objects.length })
  }
  if (frame) {
    const read = { path, file: found?.file ?? null, size: frame.size, split: image.split, source: null, objects }
    return upright(read, frame, (reason) => context.problem({ file: image.masks[0]?.path ?? path, place: '', reason, objects: 0 }))
  }
  if (image.masks.length === 0)
    context.problem({
      file: image.listedIn ?? path,
      place: image.listedIn ? path : '',
      reason: 'the picture was not found, and it has no mask',
      objects: 0,
    })
  return null
}

function objectsIn(
  mask: MaskFile,
  png: MaskPng,
  size: Size,
  plan: MaskPlan,
  numbers: Numbers,
  context: ReadContext,
): Omit<DatasetObject, 'z'>[] {
  const problem = (place: string, reason: string, objects: number) => context.problem({ file: mask.path, place, reason, objects })
  let parts: readonly Part[]
  try {
    parts = mask.label === null ? numberedParts(png, mask.path, plan, numbers) : wholePart(png, mask)
  } catch (error) {
    problem('', (error as Error).message, 0)
    return []
  }
  context.seen(parts.length)
  if (png.width !== size.width || png.height !== size.height) {
    problem('', otherSize(mask.path, png, size), parts.length)
    return []
  }
  return parts.flatMap(({ place, label, runs }) => {
    if (label === null) {
      problem(place, 'stands for no class: the table of labels does not name it', 1)
      return []
    }
    const shape = { box: runsBox(runs), mask: runsToRle(runs), polygon: null }
    return [
      { ...UNMARKED, ...shape, label, place: `${mask.path} ${place}`.trim(), frame: 0, state: 'accepted' as const, score: null },
    ]
  })
}
