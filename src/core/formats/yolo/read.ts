/** YOLO datasets of every task: ultralytics' layout and darknet's, an image and its label file at a time. */
import { extname } from 'node:path'
import { throwIfAborted } from '../../../shared/errors.ts'
import type { AppError } from '../../../shared/errors.ts'
import { UNMARKED } from '../../../shared/model.ts'
import type { Dataset, DatasetImage, DatasetObject, ImportFormat, ReadContext } from '../dataset.ts'
import { DatasetFiles } from '../common/files/datasetFiles.ts'
import { keep } from '../kept.ts'
import { classFolders, readClassification } from './classification.ts'
import { YoloClasses } from './classes.ts'
import type { YoloConfig } from './config.ts'
import { descriptionOf, readConfig } from './description.ts'
import type { Row } from './labelFile.ts'
import { rowsOf } from './labelFile.ts'
import type { YoloItem } from './layout.ts'
import { YoloLayout } from './layout.ts'
import { isName, parseLine } from './lines.ts'
import type { YoloLine } from './lines.ts'
import { nameInDataset } from './paths.ts'
import { placeLine } from './place.ts'
import type { YoloTask } from './task.ts'
import { TASK_OPTION, taskOf } from './task.ts'

const FORMAT = 'yolo'

export const yoloReader: ImportFormat = {
  id: FORMAT,
  name: 'YOLO',
  options: [TASK_OPTION],
  detect,
  async open(named: DatasetFiles, context: ReadContext): Promise<Dataset> {
    const files = await wholeDataset(named)
    const classes = await classFolders(files)
    if (classes.length > 0) return readClassification(classes, context)
    const config = await readConfig(files, context)
    const items = await YoloLayout.itemsOf(files, config, context)
    const task = await taskOf(files, config, items, context)
    const met = config.names.size > 0 ? [] : await classesMet(files, items)
    return new YoloReading(
      files,
      config,
      items,
      task,
      new YoloClasses(config, met, (reason) =>
        context.problem({ file: config.file ?? items[0]!.from, place: 'names', reason, objects: 0 }),
      ),
      context,
    )
  },
}

/** A description that is named stands for its folder. */
async function wholeDataset(files: DatasetFiles): Promise<DatasetFiles> {
  return files.named !== null && /\.(ya?ml|data|names)$/i.test(files.named) ? DatasetFiles.at(files.root) : files
}

/** How many label files are tried. */
const TRIED = 20

async function detect(files: DatasetFiles): Promise<string | null> {
  const description = await descriptionOf(files).catch((error: unknown) => (error as AppError).message)
  if (description !== null) return `${description} names classes and images`
  const there = new Set(await files.list())
  const candidates = [...there].filter(
    (path) => /\.txt$/i.test(path) && (/(^|\/)labels\//.test(path) || hasImageBeside(path, there)),
  )
  for (const path of candidates.slice(0, TRIED)) {
    const [row] = await rowsOf(files, path).catch(() => [])
    const [first = '', ...rest] = row?.text.split(/\s+/) ?? []
    // Its lines are told then, one by one.
    const what = isName(first) ? 'name' : 'number'
    if (row && typeof parseLine([what === 'name' ? '0' : first, ...rest].join(' '), 'segment', null) !== 'string')
      return `${path} holds lines of a class ${what} and coordinates`
  }
  const folders = await classFolders(files)
  return folders.length > 0 ? `images are sorted into a folder for each class (${folders[0]!.split}/${folders[0]!.name})` : null
}

function hasImageBeside(path: string, there: ReadonlySet<string>): boolean {
  const stem = path.slice(0, -'txt'.length)
  return ['jpg', 'png', 'jpeg', 'JPG', 'PNG', 'bmp', 'webp', 'tif'].some((ending) => there.has(stem + ending))
}

/** The class numbers in the label files. */
async function classesMet(files: DatasetFiles, items: readonly YoloItem[]): Promise<number[]> {
  const met = new Set<number>()
  for (const { label } of items) {
    for (const { text } of label === null ? [] : await rowsOf(files, label).catch(() => [])) {
      const line = parseLine(text, 'segment', null)
      if (typeof line !== 'string') met.add(line.classId)
    }
  }
  return [...met]
}

class YoloReading implements Dataset {
  readonly labels
  readonly source
  readonly #files: DatasetFiles
  readonly #config: YoloConfig
  readonly #items: readonly YoloItem[]
  readonly #task: YoloTask
  readonly #classes: YoloClasses
  readonly #context: ReadContext

  constructor(
    files: DatasetFiles,
    config: YoloConfig,
    items: readonly YoloItem[],
    task: YoloTask,
    classes: YoloClasses,
    context: ReadContext,
  ) {
    this.labels = classes.labels
    this.source = config.further && { format: FORMAT, yaml: config.further }
    this.#files = files
    this.#config = config
    this.#items = items
    this.#task = task
    this.#classes = classes
    this.#context = context
  }

  async *images(): AsyncGenerator<DatasetImage> {
    for (const item of this.#items) {
      throwIfAborted(this.#context.signal)
      const image = await this.#imageOf(item)
      if (image) yield image
    }
  }

  async #imageOf({ image, isNamed, label, split, from }: YoloItem): Promise<DatasetImage | null> {
    const rows = label === null ? [] : await this.#rowsOf(label)
    this.#context.seen(rows.length)
    const found = await this.#context.find(image)
    if (!found) {
      const reason = `the image ${image} was not found, and without its size the coordinates have no meaning`
      this.#context.problem({ file: label ?? from, place: '', reason, objects: rows.length })
      return null
    }
    const path = isNamed ? image : image.replace(/\.jpg$/, extname(found.file))
    const objects = rows.flatMap((row, z) => this.#objectOf(row, z, label!, found) ?? [])
    const cut = objects.filter(({ isCut }) => isCut).length
    if (cut > 0)
      this.#context.problem({
        file: label!,
        place: '',
        reason: `${cut} objects reached a little over the edge of the image and were cut there`,
        objects: 0,
      })
    const name = nameInDataset(path, split, this.#config.file)
    return { path, name, ...found, split, source: null, objects: objects.map(({ object }) => object) }
  }

  async #rowsOf(label: string): Promise<Row[]> {
    return rowsOf(this.#files, label).catch((error: unknown) => {
      this.#context.problem({ file: label, place: '', reason: (error as Error).message, objects: 0 })
      return []
    })
  }

  #objectOf(
    { text, line }: Row,
    z: number,
    label: string,
    found: Pick<DatasetImage, 'size'>,
  ): { object: DatasetObject; isCut: boolean } | null {
    const parsed = parseLine(text, this.#task, this.#config.keypoints)
    if (typeof parsed === 'string') {
      this.#context.problem({ file: label, place: `line ${line}`, reason: parsed, objects: 1 })
      return null
    }
    const { cut, ...geometry } = placeLine(parsed, found.size, this.#task === 'obb')
    const shape = { ...geometry, mask: null }
    const object = {
      ...UNMARKED,
      ...shape,
      frame: 0,
      z,
      ...stateOf(parsed),
      label: this.#classes.nameOf(parsed.classId),
      place: `${label} line ${line}`,
    }
    return {
      object: Object.keys(parsed.extra).length > 0 ? { ...object, source: keep(FORMAT, parsed.extra, shape) } : object,
      isCut: cut,
    }
  }
}

/** A line with a confidence is a prediction that nobody has looked at. */
function stateOf({ score }: YoloLine): Pick<DatasetObject, 'state' | 'score'> {
  return { state: score === null ? 'accepted' : 'proposed', score }
}
