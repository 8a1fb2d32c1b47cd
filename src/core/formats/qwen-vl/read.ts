/** Conversations that teach Qwen2-VL (and its successors) where things are: questions, answers with boxes, images. */
import { posix } from 'node:path'
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import { UNMARKED } from '../../../shared/model.ts'
import type { Dataset, DatasetImage, DatasetObject, ImportFormat, ReadContext } from '../dataset.ts'
import { askFor } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { datasetPath } from '../common/files/datasetPath.ts'
import { boxesSaid, labelsSaid } from './answers.ts'
import type { SaidBox } from './answers.ts'
import { detect } from './detect.ts'
import { ConversationFiles } from './files.ts'
import type { Place } from './files.ts'
import { placeSaid, SCALE_OPTION } from './place.ts'
import { conversationOf } from './record.ts'

/** The label of what a conversation boxes without naming it. */
const UNNAMED = 'object'

export const qwenVlReader: ImportFormat = {
  id: 'qwen-vl',
  name: 'Qwen-VL conversations',
  options: [SCALE_OPTION],
  detect,
  async open(files: DatasetFiles, context: ReadContext): Promise<Dataset> {
    const reading = new ConversationReading(new ConversationFiles(files), context)
    try {
      const candidates = await ConversationFiles.candidates(files)
      for (const file of candidates) await reading.index(file)
      if (!reading.holdsSomething && !(candidates.length > 0 && reading.isEmpty)) {
        throw new AppError(
          'invalid-dataset',
          `${candidates[0] ?? files.named ?? files.root} holds no conversations about images.`,
        )
      }
    } catch (error) {
      await reading.close()
      throw error
    }
    return reading
  },
}

interface ImagePlaces {
  /** The image as the first record that names it writes it. */
  readonly file: string
  readonly places: { readonly place: Place; readonly isAlone: boolean }[]
}

class ConversationReading implements Dataset {
  readonly source = null
  readonly #files: ConversationFiles
  readonly #context: ReadContext
  readonly #images = new Map<string, ImagePlaces>()
  readonly #labels = new Set<string>()
  readonly #used = new Set<string>()
  #records = 0
  #unread = 0

  constructor(files: ConversationFiles, context: ReadContext) {
    this.#files = files
    this.#context = context
  }

  get labels() {
    return [...this.#labels].map((name) => ({ name, source: { format: 'qwen-vl' } }))
  }

  /** Notes which images a file's conversations are about. */
  async index(file: string): Promise<void> {
    try {
      for await (const { place, record, problem, text } of this.#files.recordsOf(file)) {
        throwIfAborted(this.#context.signal)
        this.#records++
        const conversation = conversationOf(record)
        if (conversation) this.#note(place, conversation)
        else this.#tell(place, problem ?? 'is no conversation', text.split('<|box_start|>').length - 1)
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'cancelled' || error.code === 'ambiguous-dataset') throw error
      this.#unread++
      this.#context.problem({ file, place: '', reason: error.message, objects: 0 })
    }
  }

  #note(place: Place, conversation: NonNullable<ReturnType<typeof conversationOf>>): void {
    const { images } = conversation
    const isUnsure = conversation.turns.some(({ answer }) => answer.includes('bbox_2d'))
    if (isUnsure && (this.#context.options['scale'] ?? 'auto') === 'auto') {
      throw askFor(
        SCALE_OPTION,
        `${place.file} has boxes as "bbox_2d", which are pixels for Qwen2.5-VL and thousandths for Qwen3-VL.`,
      )
    }
    if (images.length === 0) return this.#tell(place, 'names no image', boxesSaid(conversation).length)
    this.#used.add(place.file)
    for (const label of labelsSaid(conversation)) this.#labels.add(label)
    for (const written of new Set(images)) {
      const path = datasetPath(written, posix.dirname(place.file))
      const known = this.#images.get(path)
      if (known) known.places.push({ place, isAlone: images.length === 1 })
      else this.#images.set(path, { file: place.file, places: [{ place, isAlone: images.length === 1 }] })
    }
    if (images.length > 1)
      this.#tell(place, 'is about several images, and which one a box is on is not told', boxesSaid(conversation).length)
  }

  get holdsSomething(): boolean {
    return this.#images.size > 0
  }

  /** Without a record, as an export in which nothing is asked. */
  get isEmpty(): boolean {
    return this.#records + this.#unread === 0
  }

  async *images(): AsyncGenerator<DatasetImage> {
    for (const [path, { file, places }] of this.#images) {
      throwIfAborted(this.#context.signal)
      const found = await this.#context.find(path)
      const objects: DatasetObject[] = []
      for (const { place, isAlone } of places) {
        if (!isAlone) continue
        const said = boxesSaid(await this.#files.at(place))
        if (!found)
          this.#tell(place, `the image ${path} was not found, and without its size the boxes have no meaning`, said.length)
        else objects.push(...this.#objectsOf(said, place, found.size, objects.length))
      }
      const splits = new Set(places.map(({ place }) => splitOf(place.file)))
      if (splits.size > 1)
        this.#context.problem({ file, place: path, reason: 'the image is in several parts; the first holds', objects: 0 })
      if (found) yield { path, ...found, split: this.#used.size > 1 ? splitOf(file) : null, source: null, objects }
    }
  }

  #objectsOf(said: readonly SaidBox[], place: Place, size: DatasetImage['size'], z: number): DatasetObject[] {
    this.#context.seen(said.length)
    return said.flatMap((one, index) => {
      const box = placeSaid(one, size, this.#context.options['scale'] ?? 'auto')
      if (typeof box === 'string') {
        this.#context.problem({
          file: place.file,
          place: `line ${place.number} box ${index + 1}`,
          reason: `${one.text.slice(0, 60)}: ${box}`,
          objects: 1,
        })
        return []
      }
      const shape = { box, mask: null, polygon: null, frame: 0, z: z + index, state: 'accepted' as const, score: null }
      const attributes = one.label === null && one.question !== '' ? { question: one.question } : {}
      return [
        {
          ...UNMARKED,
          ...shape,
          attributes,
          label: one.label ?? UNNAMED,
          place: `${place.file} line ${place.number} box ${index + 1}`,
        },
      ]
    })
  }

  /** Boxes of a record that can't be used, told as seen and explained. */
  #tell({ file, number }: Place, reason: string, objects: number): void {
    this.#context.seen(objects)
    this.#context.problem({ file, place: `line ${number}`, reason, objects })
  }

  close(): Promise<void> {
    return this.#files.close()
  }
}

function splitOf(file: string): string | null {
  const [, split] = /(?:^|[/_-])(train|val|valid|validation|test|eval)(?=[._-])/i.exec(file) ?? []
  return split ? split.toLowerCase().replace(/^valid.*/, 'val') : null
}
