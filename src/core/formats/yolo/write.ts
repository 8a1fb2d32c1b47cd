/** A YOLO dataset as ultralytics trains from it: data.yaml, images/PART, labels/PART. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Image } from '../../../shared/model.ts'
import { writeFolderAtomically } from '../common/files/atomicFile.ts'
import { UniquePaths } from '../common/files/datasetPath.ts'
import { nameInLayout, nameToPlace, standardPart } from '../common/files/layoutName.ts'
import { IMAGES_OPTION, placeImage } from '../common/files/placeImage.ts'
import type { ImageFiles } from '../common/files/placeImage.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource, FormatOption, Holds } from '../source.ts'
import { Tally } from '../common/tally.ts'
import { safeName, UniqueStems } from '../common/files/uniqueStems.ts'
import { LabelWriter } from './writeLabels.ts'
import type { Settled } from './writeLabels.ts'
import type { HolesForm } from './writeLines.ts'
import { classNumbers, dataYaml } from './writeYaml.ts'
import { YOLO_TASKS } from './task.ts'
import type { YoloTask } from './task.ts'

const OPTIONS: readonly FormatOption[] = [
  {
    id: 'task',
    help: 'What lines hold; auto: outlines where there are any, else boxes.',
    choices: ['auto', ...YOLO_TASKS],
    default: 'auto',
  },
  {
    id: 'holes',
    help: 'Holes and parts: joined by bridges of no width, a line for each part, or left out and listed.',
    choices: ['bridge', 'split', 'report'],
    default: 'bridge',
  },
  {
    id: 'classIds',
    help: '0..N-1 in label order, or those of the imported dataset.',
    choices: ['sequential', 'source'],
    default: 'sequential',
  },
  {
    id: 'folders',
    help: 'Folders of the images stay, or become part of their names.',
    choices: ['keep', 'flat'],
    default: 'keep',
  },
  IMAGES_OPTION,
]

type YoloOptions = Readonly<{
  task?: 'auto' | YoloTask
  holes?: HolesForm
  classIds?: 'sequential' | 'source'
  folders?: 'keep' | 'flat'
  images?: ImageFiles
}>

const OWN_NAMES = ['images', 'labels', 'data.yaml', 'train.txt', 'val.txt', 'test.txt']
/** The part that all images go to where nobody split them. */
const WHOLE = 'train'

export const yoloWriter: ExportFormat<YoloOptions> = {
  id: 'yolo',
  name: 'YOLO',
  output: 'folder',
  options: OPTIONS,
  holds,
  async write(source: ExportSource, out: string, options: YoloOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    const tally = new Tally(source, job)
    await writeFolderAtomically(
      out,
      OWN_NAMES,
      (folder) => new YoloFolder(folder, source, options, tally).fill(),
      tally.finish(out),
    )
    return tally.report(out)
  },
}

function holds({ task = 'auto', holes = 'bridge' }: YoloOptions): Holds {
  if (task === 'detect' || task === 'pose') return { objects: 'each', boxes: decimalsOf, masks: null, values: [] }
  if (task === 'obb') return { objects: 'each', boxes: null, masks: null, values: [] }
  return { objects: holes === 'split' ? 'parts' : 'each', boxes: decimalsOf, boxesOf: 'outline', masks: 'exact', values: [] }
}

/** Pixels by which eight decimals may move an edge. */
const decimalsOf = ({ width, height }: Image): number => Math.max(width, height) * 5e-8

class YoloFolder {
  readonly #folder: string
  readonly #source: ExportSource
  readonly #options: YoloOptions
  readonly #tally: Tally
  readonly #numbers: ReadonlyMap<number, number>
  readonly #paths = new UniquePaths()
  readonly #stems = new UniqueStems()
  /** Images of each part, where their files are not there to be found. */
  readonly #parts = new Map<string, string[]>()
  readonly #labels: LabelWriter

  constructor(folder: string, source: ExportSource, options: YoloOptions, tally: Tally) {
    this.#folder = folder
    this.#source = source
    this.#options = options
    this.#tally = tally
    this.#numbers = classNumbers(source.labels, options.classIds ?? 'sequential')
    this.#labels = new LabelWriter(folder, options, this.#numbers, tally)
  }

  async fill(): Promise<void> {
    for (const name of ['images', 'labels']) await mkdir(join(this.#folder, name, WHOLE), { recursive: true })
    for await (const item of this.#tally.imagesToWrite()) {
      await this.#writeImage(item)
    }
    await this.#describe(await this.#labels.settle())
  }

  async #writeImage(item: ExportImage): Promise<void> {
    const part = safeName(standardPart(item.split ?? this.#source.splits?.[0] ?? WHOLE))
    const stem = this.#stemOf(item, part)
    const { dir, base } = posix.parse(stem)
    await mkdir(join(this.#folder, 'images', dir), { recursive: true })
    await mkdir(join(this.#folder, 'labels', dir), { recursive: true })
    const file = await placeImage(item, base, join(this.#folder, 'images', dir), this.#options.images ?? 'copy', this.#tally)
    const path = `images/${dir}/${file}`
    const images = this.#parts.get(part)
    if (images) images.push(path)
    else this.#parts.set(part, [path])
    await this.#labels.write(item, `labels/${stem}.txt`)
    this.#tally.wrote(item.image, path)
  }

  /** Without the ending, for a.jpg and a.png would share a label file. */
  #stemOf(item: ExportImage, part: string): string {
    const own = nameInLayout(nameToPlace(item), part)
    return this.#options.folders === 'flat' ? `${part}/${this.#stems.stemOf(own)}` : this.#paths.take(`${part}/${plainStem(own)}`)
  }

  /** ultralytics wants both train and val: the one that is missing is the other. */
  async #describe({ task, keypoints }: Settled): Promise<void> {
    // An empty list says that there is no image; an empty folder could have been forgotten.
    const isListed = this.#options.images === 'none' || this.#parts.size === 0
    if (this.#parts.size === 0) this.#parts.set(WHOLE, [])
    const names = [...this.#parts.keys()]
    const first = names[0] ?? WHOLE
    const wanted = [...new Set(['train', 'val', ...names])]
    const remark =
      names.length > 1 && wanted.length === names.length
        ? null
        : `Without a split of its own ${wanted.filter((name) => !names.includes(name)).join(' and ')} is the same as ${first}.`
    if (remark) this.#tally.note('data.yaml', remark)
    if (isListed)
      for (const [name, images] of this.#parts)
        await writeFile(join(this.#folder, `${name}.txt`), images.map((path) => `./${path}\n`).join(''))
    const where = (name: string) => (isListed ? `${name}.txt` : `images/${name}`)
    const parts = new Map(wanted.map((name) => [name, where(names.includes(name) ? name : first)]))
    const kept = this.#source.source
    const further =
      kept?.['format'] === 'yolo' && typeof kept['yaml'] === 'object' && kept['yaml'] !== null
        ? (kept['yaml'] as Record<string, unknown>)
        : {}
    const { labels } = this.#source
    await writeFile(
      join(this.#folder, 'data.yaml'),
      dataYaml({ labels, numbers: this.#numbers, parts, remark, task, keypoints, further }),
    )
  }
}

/** Folders and stem that nothing passes over; a folder 'images' would lead readers to other labels. */
function plainStem(path: string): string {
  const { dir, name } = posix.parse(path)
  const folders = dir.split('/').map((folder) => (folder === 'images' ? 'images_' : folder))
  return [...folders, name]
    .filter((part) => part !== '')
    .map((part) => part.trim().replace(/^\./, '_') || '_')
    .join('/')
}
