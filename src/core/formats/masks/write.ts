/** Masks as PNG files: one an object, one a label, or one an image whose pixels are numbers of labels. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { AppError } from '../../../shared/errors.ts'
import type { Annotation, Label } from '../../../shared/model.ts'
import { pixelsOf } from '../../../shared/rasterize.ts'
import { decodeRuns } from '../../../shared/rle.ts'
import type { Runs } from '../../../shared/rle.ts'
import { mergeRuns } from '../../../shared/rleMath.ts'
import { writeFolderAtomically } from '../common/files/atomicFile.ts'
import { columnsWithout, headerOf, imageRow, linesOf, objectRow } from '../csv/rows.ts'
import { textCell } from '../csv/columns.ts'
import type { Column } from '../csv/columns.ts'
import type { Row } from '../csv/rows.ts'
import { encodeIndexedPng } from '../common/pixels/indexedPng.ts'
import { paintRuns } from '../common/pixels/paintRuns.ts'
import { VOC_PALETTE } from '../common/pixels/palette.ts'
import { nameToPlace } from '../common/files/layoutName.ts'
import { IMAGES_OPTION, placeImage } from '../common/files/placeImage.ts'
import type { ImageFiles } from '../common/files/placeImage.ts'
import { ANNOTATION_VALUES } from '../source.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource, FormatOption, Holds } from '../source.ts'
import { Tally } from '../common/tally.ts'
import { UniqueStems } from '../common/files/uniqueStems.ts'
import { IMAGE_COLUMNS, LABELS_FILE, labelLines, OBJECTS_FILE, IMAGES_FILE } from './tables.ts'

type Kind = 'objects' | 'labels' | 'index'
type MasksOptions = Readonly<{ kind?: Kind; images?: ImageFiles }>

const KIND_OPTION: FormatOption = {
  id: 'kind',
  help: 'A PNG for each object, for each label of an image, or for each image with the numbers of labels as pixels.',
  choices: ['objects', 'labels', 'index'],
  default: 'objects',
}
const OWN_NAMES = ['images', 'masks', OBJECTS_FILE, LABELS_FILE, IMAGES_FILE]
const HOLDS: Readonly<Record<Kind, Holds>> = {
  objects: { objects: 'each', boxes: 0, masks: 'exact', values: ANNOTATION_VALUES },
  labels: { objects: 'per-label', boxes: null, masks: 'exact', values: [] },
  index: { objects: 'per-label', boxes: null, masks: 'visible', values: [] },
}
/** 0 is background, 255 is for what is nobody's. */
const MAX_NUMBER = 254
const OBJECT_COLUMNS = columnsWithout('rle')

export const masksWriter: ExportFormat<MasksOptions> = {
  id: 'masks',
  name: 'Masks (PNG)',
  output: 'folder',
  options: [KIND_OPTION, IMAGES_OPTION],
  holds: ({ kind }) => HOLDS[kind ?? 'objects'],
  async write(source: ExportSource, out: string, options: MasksOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    if (options.kind === 'index' && source.labels.length > MAX_NUMBER) {
      const message = `An index map holds ${MAX_NUMBER} labels, but the project has ${source.labels.length}.`
      throw new AppError('invalid-argument', `${message} Export a PNG for each label or object instead: --option kind=objects.`)
    }
    const tally = new Tally(source, job)
    const work = new Work(source, options, tally)
    await writeFolderAtomically(out, OWN_NAMES, (folder) => work.fill(folder), tally.finish(out))
    return tally.report(out)
  },
}

class Work {
  readonly #source: ExportSource
  readonly #kind: Kind
  readonly #images: ImageFiles
  readonly #tally: Tally
  readonly #folders: ReadonlyMap<Label, string>

  constructor(source: ExportSource, { kind, images }: MasksOptions, tally: Tally) {
    this.#source = source
    this.#kind = kind ?? 'objects'
    this.#images = images ?? 'copy'
    this.#tally = tally
    const names = new UniqueStems()
    this.#folders = new Map(source.labels.map((label) => [label, asInTables(names.stemOf(`${label.name.replaceAll('.', '_')}.png`))]))
  }

  async fill(folder: string): Promise<void> {
    for (const name of ['images', 'masks']) await mkdir(join(folder, name), { recursive: true })
    await writeFile(this.#tableIn(folder), headerOf(this.#columns))
    const stems = new UniqueStems()
    for await (const item of this.#tally.imagesToWrite({ isPainted: this.#kind === 'index' })) {
      const stem = asInTables(stems.stemOf(nameToPlace(item)))
      const name = await placeImage(item, stem, join(folder, 'images'), this.#images, this.#tally)
      const annotations = this.#tally.annotationsOf(item)
      if (this.#kind === 'objects') await this.#writeObjects(folder, stem, name, item, annotations)
      else await this.#writeUnions(folder, stem, name, item, annotations)
      this.#tally.wrote(item.image, name)
    }
    if (this.#kind !== 'objects')
      await writeFile(join(folder, LABELS_FILE), labelLines(this.#source.labels.map((label) => this.#labelRow(label))))
  }

  #tableIn(folder: string): string {
    return join(folder, this.#kind === 'objects' ? OBJECTS_FILE : IMAGES_FILE)
  }

  get #columns(): readonly Column[] {
    return this.#kind === 'objects' ? OBJECT_COLUMNS : IMAGE_COLUMNS
  }

  #labelRow(label: Label) {
    const number = this.#source.labels.indexOf(label) + 1
    return {
      number,
      name: label.name,
      color: colorOf(this.#kind === 'index' ? number : 0, label),
      folder: this.#kind === 'labels' ? this.#folders.get(label)! : '',
    }
  }

  /** A file for each object with pixels, and a row for each object. */
  async #writeObjects(
    folder: string,
    stem: string,
    name: string,
    item: ExportImage,
    annotations: readonly Annotation[],
  ): Promise<void> {
    const rows: Row[] = []
    for (const [index, annotation] of annotations.entries()) {
      const label = this.#tally.labelOf(annotation)
      const runs = pixelsOf(annotation, item.image)
      const file = `masks/${stem}/${String(index + 1).padStart(3, '0')}_${this.#folders.get(label)!}.png`
      if (runs) await writeBinary(join(folder, file), runs)
      rows.push({ ...imageRow(item, name), ...objectRow(annotation, label, item.image), mask: runs ? file : '' })
      this.#tally.count(annotation)
    }
    await appendFile(this.#tableIn(folder), linesOf(OBJECT_COLUMNS, rows.length > 0 ? rows : [imageRow(item, name)]))
  }

  /** All of a label in one; what has no pixels is told. */
  async #writeUnions(
    folder: string,
    stem: string,
    name: string,
    item: ExportImage,
    annotations: readonly Annotation[],
  ): Promise<void> {
    const masks = annotations.flatMap((annotation) => {
      const runs = pixelsOf(annotation, item.image)
      return runs ? [{ annotation, runs, label: this.#tally.labelOf(annotation) }] : []
    })
    const boxes = annotations.length - masks.length
    if (boxes > 0) this.#tally.skip(item.image.path, `${boxes} objects are boxes without a mask`, boxes)
    for (const { annotation } of masks) this.#tally.count(annotation)
    await appendFile(this.#tableIn(folder), linesOf(IMAGE_COLUMNS, [imageRow(item, name)]))
    if (this.#kind === 'index') await this.#writeIndexMap(join(folder, 'masks', `${stem}.png`), item, masks)
    else {
      for (const [label, same] of Map.groupBy(masks, (mask) => mask.label)) {
        await writeBinary(
          join(folder, 'masks', this.#folders.get(label)!, `${stem}.png`),
          mergeRuns(same.map(({ runs }) => runs)),
        )
      }
    }
  }

  /** What lies higher covers what lies lower. */
  async #writeIndexMap(file: string, { image }: ExportImage, masks: readonly { runs: Runs; label: Label }[]): Promise<void> {
    const pixels = new Uint8Array(image.width * image.height)
    const numbered = masks.map(({ runs, label }) => ({ runs, number: this.#source.labels.indexOf(label) + 1 }))
    for (const { runs, number } of numbered) paintRuns(pixels, runs, number)
    const isCovered = ({ runs, number }: (typeof numbered)[number]) =>
      decodeRuns(runs).data.some((value, index) => value && pixels[index] !== number)
    const covered = numbered.filter(isCovered).length
    if (covered > 0)
      this.#tally.note(image.path, `${covered} masks are written without the pixels that lie under objects above them`)
    await writeFile(file, encodeIndexedPng(pixels, image))
  }
}

/** Names that the tables hold as they are, without the apostrophe that keeps spreadsheets from running them. */
function asInTables(stem: string): string {
  return textCell(stem) === stem ? stem : `_${stem}`
}

/** 8-bit grey: 255 where the mask is, 0 elsewhere. */
async function writeBinary(file: string, runs: Runs): Promise<void> {
  const { width, height, data } = decodeRuns(runs)
  await mkdir(join(file, '..'), { recursive: true })
  const raw = { raw: { width, height, channels: 1 as const }, limitInputPixels: false }
  await sharp(
    data.map((value) => value * 255),
    raw,
  )
    .toColourspace('b-w')
    .png()
    .toFile(file)
}

/** Colour of a number in the palette, or of the label. */
function colorOf(number: number, label: Label): string {
  return number === 0 ? label.color : `#${VOC_PALETTE[number]!.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
