/** Which images a YOLO dataset has and where their label files lie, by the list of its files: nothing out of it is looked at. */
import { posix } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import type { YoloConfig } from './config.ts'
import { rowsOf } from './labelFile.ts'
import { candidatesOf, imageOf, isImage, labelFolderOf, splitByFolder, swapLast } from './paths.ts'

export interface YoloItem {
  /** Within the dataset; of an image that isn't in it as near as can be told. */
  readonly image: string
  /** False where only its label file is there, and the ending of `image` is a guess. */
  readonly isNamed: boolean
  /** Null where it has none, which means no objects. */
  readonly label: string | null
  readonly split: string | null
  /** The file of the dataset that names it. */
  readonly from: string
}

const NO_LABELS = /(^|\/)(classes|train|val|valid|test|trainval|readme[^/]*|requirements|license|notes?|names?)\.txt$/i

export class YoloLayout {
  readonly #files: DatasetFiles
  readonly #config: YoloConfig
  readonly #context: Pick<ReadContext, 'problem'>
  readonly #listing: readonly string[]
  readonly #there: ReadonlySet<string>
  /** Splits of each image; the first is the one that counts. */
  readonly #found = new Map<string, Omit<YoloItem, 'image' | 'split'> & { splits: string[] }>()
  readonly #claimed = new Set<string>()
  /** Lists that are there and hold nothing: so a dataset without an image says that it has none. */
  #emptyLists = 0

  private constructor(
    files: DatasetFiles,
    listing: readonly string[],
    config: YoloConfig,
    context: Pick<ReadContext, 'problem'>,
  ) {
    this.#files = files
    this.#listing = listing
    this.#there = new Set(listing)
    this.#config = config
    this.#context = context
  }

  /** @throws AppError invalid-dataset where no image is found, unless lists say that there is none */
  static async itemsOf(files: DatasetFiles, config: YoloConfig, context: Pick<ReadContext, 'problem'>): Promise<YoloItem[]> {
    const layout = new YoloLayout(files, await files.list(), config, context)
    for (const { name, entries } of config.splits) for (const entry of entries) await layout.#addEntry(entry, name)
    if (config.splits.length === 0) await layout.#addFolder('', null)
    else layout.#tellLeftOut()
    const entries = config.splits.flatMap((split) => split.entries)
    if (layout.#found.size === 0 && (entries.length === 0 || layout.#emptyLists < entries.length))
      throw new AppError(
        'invalid-dataset',
        `${config.file ?? files.root} names no images, and there are no label files. Name the folder with both.`,
      )
    return layout.#items()
  }

  #items(): YoloItem[] {
    const names = new Set([...this.#found.values()].flatMap(({ splits }) => splits))
    // Training needs a part to validate with: where both are the same images nobody split them.
    const isSplit = names.size < 2 || [...this.#found.values()].some(({ splits }) => new Set(splits).size < names.size)
    return [...this.#found].map(([image, { splits, ...item }]) => {
      if (isSplit && new Set(splits).size > 1) this.#remark(image, `is in several parts (${splits.join(', ')}); the first holds`)
      return { image, ...item, split: isSplit ? (splits[0] ?? splitByFolder(image)) : null }
    })
  }

  /** A folder, a list of images, or an image. */
  async #addEntry(entry: string, split: string): Promise<void> {
    const { file, path } = this.#config
    const base = file === null ? '' : posix.dirname(file)
    const candidates = candidatesOf(entry, [posix.join(base, path), base])
    // 'images' of another folder are not the images of this one.
    const folders = candidatesOf(entry, [posix.join(base, path), base], 2)
    const folder = folders.find((one) => this.#isFolder(one))
    const listed = candidates.find((one) => this.#there.has(one))
    if (listed !== undefined && /\.txt$/i.test(listed)) await this.#addList(listed, split)
    else if (listed !== undefined) this.#addImage(listed, split)
    else if (folder !== undefined) await this.#addFolder(folder, split)
    else if (isImage(entry)) this.#addImage(entry, split)
    else {
      const labels = folders.map(labelFolderOf).find((one) => this.#isFolder(one))
      if (labels === undefined) this.#remark(file ?? '', `the dataset has no "${entry}" (${split})`)
      else await this.#addLabels(labels, folders[0]!, split)
    }
  }

  async #addList(list: string, split: string): Promise<void> {
    this.#claimed.add(list)
    const rows = await rowsOf(this.#files, list)
    if (rows.length === 0) this.#emptyLists++
    for (const { text, line } of rows) {
      if (isImage(text)) this.#addImage(text, split, list)
      else
        this.#context.problem({
          file: list,
          place: `line ${line}`,
          reason: `"${text.slice(0, 80)}" is not the name of an image`,
          objects: 0,
        })
    }
  }

  /** The images below a folder, and label files there without an image. */
  async #addFolder(folder: string, split: string | null): Promise<void> {
    for (const path of this.#below(folder)) if (isImage(path)) this.#addImage(path, split)
    if (folder === '') await this.#addLabels('', null, split)
    else await this.#addLabels(labelFolderOf(folder), folder, split)
  }

  async #addLabels(folder: string, images: string | null, split: string | null): Promise<void> {
    const left = this.#below(folder).filter((path) => /\.txt$/i.test(path) && !this.#claimed.has(path) && !NO_LABELS.test(path))
    for (const label of left) {
      const image = images === null ? imageOf(label) : posix.join(images, posix.relative(folder || '.', label))
      if (await this.#holdsRows(label)) this.#put(image.replace(/\.txt$/i, '.jpg'), { label, isNamed: false, from: label }, split)
    }
  }

  async #holdsRows(label: string): Promise<boolean> {
    const [row] = await rowsOf(this.#files, label).catch(() => [])
    return row === undefined
      ? /(^|\/)labels\//.test(label)
      : row.text.split(/\s+/).length >= 5 && !Number.isNaN(Number(row.text.split(/\s+/)[0]))
  }

  /** `written` is a path of the dataset or of where it came from: then the ending of it that is in the dataset is meant. */
  #addImage(written: string, split: string | null, list: string | null = null): void {
    const { file, path } = this.#config
    const base = file === null ? '' : posix.dirname(file)
    const candidates = this.#there.has(written)
      ? [written]
      : candidatesOf(written, [posix.dirname(list ?? file ?? ''), posix.join(base, path), base])
    const image =
      candidates.find((one) => this.#there.has(one)) ?? candidates.find((one) => this.#labelOf(one) !== null) ?? candidates[0]
    if (image === undefined) return this.#remark(file ?? '', `"${written}" is not the name of an image`)
    const label = this.#labelOf(image)
    this.#put(image, { label, isNamed: true, from: list ?? label ?? file ?? image }, split)
  }

  #put(image: string, item: Omit<YoloItem, 'image' | 'split'>, split: string | null): void {
    const known = this.#found.get(image)
    if (!known) this.#found.set(image, { ...item, splits: split === null ? [] : [split] })
    else if (split !== null && !known.splits.includes(split)) known.splits.push(split)
    if (item.label !== null) this.#claimed.add(item.label)
  }

  /** In labels/ for images/, the last of the path, or beside the image. */
  #labelOf(image: string): string | null {
    const label = image.replace(/\.[^./]*$/, '') + '.txt'
    return [swapLast(label, 'images', 'labels'), label].find((path) => this.#there.has(path)) ?? null
  }

  #isFolder(path: string): boolean {
    return path === '' || this.#below(path).length > 0
  }

  /** Files below a folder, by binary search in the sorted list. */
  #below(folder: string): readonly string[] {
    if (folder === '') return this.#listing
    const from = this.#firstFrom(`${folder}/`)
    return this.#listing.slice(from, this.#firstFrom(`${folder}0`))
  }

  #firstFrom(text: string): number {
    let low = 0
    for (let high = this.#listing.length; low < high;) {
      const middle = (low + high) >>> 1
      if (this.#listing[middle]! < text) low = middle + 1
      else high = middle
    }
    return low
  }

  #tellLeftOut(): void {
    const left = this.#listing.filter(
      (path) => /(^|\/)labels\/.*\.txt$/i.test(path) && !this.#claimed.has(path) && !NO_LABELS.test(path),
    )
    if (left.length > 0)
      this.#remark(
        left[0]!,
        `${left.length} label files belong to no part that ${this.#config.file ?? 'the dataset'} names and were not read`,
      )
  }

  #remark(file: string, reason: string): void {
    this.#context.problem({ file, place: '', reason, objects: 0 })
  }
}
