/** Conversations to fine-tune Qwen2-VL with: a jsonl file for each part, one line for each image and label. */
import { createHash } from 'node:crypto'
import { appendFile, writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Box } from '../../../shared/geometry.ts'
import { writeFolderAtomically } from '../common/files/atomicFile.ts'
import { datasetPath, UniquePaths } from '../common/files/datasetPath.ts'
import { nameToPlace } from '../common/files/layoutName.ts'
import { IMAGES_OPTION } from '../common/files/placeImage.ts'
import type { ImageFiles } from '../common/files/placeImage.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource, FormatOption } from '../source.ts'
import { Tally } from '../common/tally.ts'
import { safeName } from '../common/files/uniqueStems.ts'
import { boxOn, conversationLine, isAskable } from './ask.ts'
import type { Coordinates, Style } from './ask.ts'
import { placePicture } from './picture.ts'

const OPTIONS: readonly FormatOption[] = [
  { id: 'style', help: 'Whose records they are.', choices: ['llama-factory', 'sharegpt', 'ms-swift'], default: 'llama-factory' },
  {
    id: 'coordinates',
    help: "Qwen2-VL's own box tokens with thousandths, or lists of values from 0 to 1.",
    choices: ['qwen-tokens', 'unit-list'],
    default: 'qwen-tokens',
  },
  { id: 'grid', help: 'Draws the 9 x 9 grid on the copied pictures.', choices: ['off', 'on'], default: 'off' },
  {
    id: 'negatives',
    help: 'Questions about labels that are not on the image: as many as there are others, none, or all.',
    choices: ['equal', 'none', 'all'],
    default: 'equal',
  },
  IMAGES_OPTION,
]

type QwenVlOptions = Readonly<{
  style?: Style
  coordinates?: Coordinates
  grid?: 'off' | 'on'
  negatives?: 'equal' | 'none' | 'all'
  images?: ImageFiles
}>

const OWN_NAMES = ['images', 'dataset_info.json', 'train.jsonl', 'val.jsonl', 'test.jsonl']
/** The part that all images go to where nobody split them. */
const WHOLE = 'train'

export const qwenVlWriter: ExportFormat<QwenVlOptions> = {
  id: 'qwen-vl',
  name: 'Qwen-VL conversations',
  output: 'folder',
  options: OPTIONS,
  holds: () => ({ objects: 'each', boxes: ({ width, height }) => Math.max(width, height) / 1000, masks: null, values: [] }),
  async write(source: ExportSource, out: string, options: QwenVlOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    if (options.grid === 'on' && (options.images ?? 'copy') !== 'copy') {
      throw new AppError('invalid-argument', 'The grid is drawn on copies of the pictures. Choose images=copy, or grid=off.')
    }
    const tally = new Tally(source, job)
    await writeFolderAtomically(
      out,
      OWN_NAMES,
      (folder) => new ConversationFolder(folder, source, options, tally).fill(),
      tally.finish(out),
    )
    return tally.report(out)
  },
}

class ConversationFolder {
  readonly #folder: string
  readonly #source: ExportSource
  readonly #options: Required<QwenVlOptions>
  readonly #tally: Tally
  readonly #paths = new UniquePaths()
  /** Paths of pictures that stay where they are. */
  readonly #taken = new Set<string>()
  readonly #parts = new Set<string>()

  constructor(folder: string, source: ExportSource, options: QwenVlOptions, tally: Tally) {
    this.#folder = folder
    this.#source = source
    this.#options = {
      style: 'llama-factory',
      coordinates: 'qwen-tokens',
      grid: 'off',
      negatives: 'equal',
      images: 'copy',
      ...options,
    }
    this.#tally = tally
  }

  async fill(): Promise<void> {
    for (const part of [WHOLE, ...(this.#source.splits ?? [])]) await this.#append(safeName(part), '')
    for (const { name } of this.#source.labels)
      if (!isAskable(name)) this.#tally.note('train.jsonl', `"${name}" can not be asked for: it holds control tokens`)
    for await (const item of this.#tally.imagesToWrite()) {
      await this.#writeImage(item)
    }
    if (this.#options.style !== 'ms-swift') await writeFile(join(this.#folder, 'dataset_info.json'), this.#datasetInfo())
    else
      this.#tally.note(
        'train.jsonl',
        'paths of pictures are relative to the folder of the export: start ms-swift there, or set ROOT_IMAGE_DIR to it',
      )
  }

  async #writeImage(item: ExportImage): Promise<void> {
    const boxes = this.#boxesByLabel(item)
    const absent = this.#negatives(item, boxes)
    if (boxes.size + absent.length === 0) {
      return this.#tally.skip(
        item.image.path,
        'nothing is asked about it: it has no object that can be asked for, and no negatives',
        0,
      )
    }
    const path = await this.#pictureOf(item)
    const { style, coordinates } = this.#options
    const asked = [...boxes, ...absent.map((label): [string, Box[]] => [label, []])]
    const lines = asked.map(([label, found]) => conversationLine(style, coordinates, path, label, found, item.image))
    await this.#append(safeName(item.split ?? this.#source.splits?.[0] ?? WHOLE), lines.join(''))
    this.#tally.wrote(item.image, path)
  }

  async #pictureOf(item: ExportImage): Promise<string> {
    const { images, grid } = this.#options
    if (images === 'none') {
      const path = datasetPath(item.image.path)
      const unique = this.#taken.has(path) ? datasetPath(item.file) : path
      this.#taken.add(unique)
      return unique
    }
    const { dir, name } = posix.parse(nameToPlace(item))
    const stem = this.#paths.take(
      posix
        .join(dir, name)
        .split('/')
        .map((part) => part.replace(/^\.+/, '_'))
        .join('/'),
    )
    return placePicture(item, stem, this.#folder, { images, grid: grid === 'on' }, this.#tally)
  }

  /** In label order; boxes as one reads, from the top, then from the left. */
  #boxesByLabel(item: ExportImage): Map<string, Box[]> {
    const found = new Map<number, Box[]>()
    for (const annotation of this.#tally.annotationsOf(item)) {
      const { name } = this.#tally.labelOf(annotation)
      const box = boxOn(annotation.box, item.image)
      const reason = !isAskable(name)
        ? 'it can not be asked for'
        : annotation.iscrowd
          ? 'a crowd is no single object to find'
          : box
            ? null
            : 'it lies outside the image'
      if (reason) {
        this.#tally.skip(item.image.path, `"${name}": ${reason}`, 1)
        continue
      }
      this.#tally.count(annotation)
      found.set(annotation.labelId, [...(found.get(annotation.labelId) ?? []), box!])
    }
    const labels = this.#source.labels.filter(({ id }) => found.has(id))
    return new Map(labels.map(({ id, name }) => [name, found.get(id)!.sort((a, b) => a.y0 - b.y0 || a.x0 - b.x0)]))
  }

  /** Labels that are not on the image, in an order that only names decide: the same export is the same file. */
  #negatives({ image, annotations }: ExportImage, boxes: ReadonlyMap<string, unknown>): string[] {
    const { negatives } = this.#options
    if (negatives === 'none') return []
    const present = new Set(annotations.map(({ labelId }) => labelId))
    const absent = this.#source.labels.filter(({ id, name }) => !present.has(id) && isAskable(name)).map(({ name }) => name)
    if (negatives === 'all') return absent
    const rank = new Map(absent.map((name) => [name, createHash('sha256').update(`${image.path}\0${name}`).digest('hex')]))
    return absent.sort((a, b) => (rank.get(a)! < rank.get(b)! ? -1 : 1)).slice(0, Math.max(1, boxes.size))
  }

  async #append(part: string, text: string): Promise<void> {
    this.#parts.add(part)
    await appendFile(join(this.#folder, `${part}.jsonl`), text)
  }

  /** What LLaMA-Factory has to be told about the files (its data/README.md). */
  #datasetInfo(): string {
    const isPlain = this.#options.style === 'sharegpt'
    const columns = { messages: isPlain ? 'conversations' : 'messages', images: 'images' }
    const tags = isPlain
      ? {}
      : { tags: { role_tag: 'role', content_tag: 'content', user_tag: 'user', assistant_tag: 'assistant' } }
    const entries = [...this.#parts].map((part) => [
      `marquee_${part}`,
      { file_name: `${part}.jsonl`, formatting: 'sharegpt', columns, ...tags },
    ])
    return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`
  }
}
