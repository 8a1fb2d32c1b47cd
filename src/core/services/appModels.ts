/** The models of a window: chosen, loaded when first needed, asked for proposals and masks. */
import type { appContract, ModelStatus, PromptAnswer } from '../../shared/appContract.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { ImageId, Recipe } from '../../shared/model.ts'
import type { EngineClient } from '../inference/engineClient.ts'
import type { PictureRef, ProposeResult } from '../inference/engineContract.ts'
import type { Models } from '../models/models.ts'
import { annotateImage } from './annotateImage.ts'
import { imageRow } from './appImages.ts'
import type { AppSession } from './appSession.ts'
import { loadModels, type LoadedModels } from './loadModels.ts'
import { areSamples, defaultGrounder, defaultSegmenter } from './modelChoice.ts'

type Handlers = HandlersOf<typeof appContract>
type ModelHandlers = Pick<
  Handlers,
  'models.propose' | 'models.segment' | 'models.prefetch' | 'models.status' | 'models.list' | 'models.choose'
>

const MAX_BOXES = 100
const MERGE_IOU = 0.7

export class AppModels {
  readonly #session: AppSession
  readonly #engine: EngineClient
  readonly #models: Models
  /** What the person chose; without it the defaults for the open project. */
  #chosen: { readonly grounder: string; readonly segmenter: string } | null = null
  #loaded: Promise<LoadedModels> | null = null
  #loadedFor = ''
  #device: string | null = null
  #ms: ModelStatus['ms'] = null

  constructor(session: AppSession, engine: EngineClient, models: Models) {
    this.#session = session
    this.#engine = engine
    this.#models = models
  }

  get handlers(): ModelHandlers {
    return {
      'models.propose': (args, { signal, report }) => this.#propose(args, { signal, onProgress: report }),
      'models.segment': async ({ imageId, frame, prompts }, { signal }) => {
        await this.#ensureLoaded()
        const { masks, ms } = await this.#engine.segment({ picture: this.#picture(imageId, frame), prompts, speckPixels: 0 }, { signal })
        this.#ms = { boxes: this.#ms?.boxes ?? 0, encode: ms.encode, masks: ms.masks }
        return { masks, ms: ms.masks }
      },
      'models.prefetch': async ({ imageId, frame }, { signal }) => {
        await this.#ensureLoaded()
        return this.#engine.prefetch(this.#picture(imageId, frame), { signal })
      },
      'models.status': () => this.#status(),
      'models.list': () => this.#list(),
      'models.choose': async (choice) => {
        this.#models.resolve(choice.grounder, 'grounder')
        this.#models.resolve(choice.segmenter, 'segmenter')
        this.#chosen = choice
        await this.#ensureLoaded()
        return this.#status()
      },
    }
  }

  async #pair(): Promise<{ grounder: string; segmenter: string }> {
    if (this.#chosen) return this.#chosen
    const roots = this.#session.project.sources.list().map(({ root }) => root)
    return { grounder: await defaultGrounder(this.#models), segmenter: await defaultSegmenter(this.#models, areSamples(roots)) }
  }

  async #ensureLoaded(): Promise<LoadedModels> {
    const pair = await this.#pair()
    const key = JSON.stringify(pair)
    if (this.#loaded === null || this.#loadedFor !== key) {
      this.#loadedFor = key
      this.#loaded = loadModels(this.#engine, this.#models, { ...pair, device: null })
      this.#loaded.catch(() => {
        this.#loaded = null
      })
    }
    const loaded = await this.#loaded
    this.#device = loaded.info.grounder.device
    return loaded
  }

  #picture(imageId: ImageId, frame: number): PictureRef {
    const image = this.#session.project.images.get(imageId)
    if (image.status !== 'ok') throw new AppError('unreadable-image', image.problem ?? 'This image can not be read.')
    return { file: this.#session.project.images.fileOf(image), frame }
  }

  async #propose(
    { imageId, frame, prompts, grid, minScore }: Parameters<ModelHandlers['models.propose']>[0],
    options: Parameters<EngineClient['propose']>[1],
  ): Promise<{ answers: PromptAnswer[]; revision: number }> {
    const { project } = this.#session
    this.#picture(imageId, frame)
    const [{ info }, pair] = [await this.#ensureLoaded(), await this.#pair()]
    const recipe: Recipe = { ...pair, prompts, grid, minScore, maxBoxes: MAX_BOXES, speckPixels: 0, mergeIou: MERGE_IOU }
    const run = project.runs.find(recipe) ?? project.runs.create(recipe)
    const { result, revision } = await annotateImage({ project, engine: this.#engine, info }, run, { id: imageId, frame }, options)
    this.#ms = { boxes: result.ms.boxes, encode: result.ms.encode, masks: result.ms.masks }
    this.#session.changes.announce({ imageId, labels: true })
    return { answers: answersOf(recipe, result), revision }
  }

  async #status(): Promise<ModelStatus> {
    const pair = await this.#pair()
    const grounder = this.#models.resolve(pair.grounder, 'grounder')
    const segmenter = this.#models.resolve(pair.segmenter, 'segmenter')
    return { grounder: grounder.name, segmenter: segmenter.name, demo: grounder.demo, device: this.#device, ms: this.#ms }
  }

  async #list(): Promise<Awaited<ReturnType<ModelHandlers['models.list']>>> {
    const rows = await this.#models.list()
    return rows.map(({ entry, state, bytes }) => ({
      id: entry.id,
      name: entry.name,
      kind: entry.kind,
      installed: state === 'shipped' || state === 'installed',
      demo: entry.demo,
      size: bytes,
      licence: entry.licence,
    }))
  }

  /** Encodes the image ahead, quietly: nobody waits for it. */
  prefetchSoon(imageId: ImageId): void {
    if (this.#loaded && imageRow(this.#session, imageId).status === 'ok') void this.#engine.prefetch(this.#picture(imageId, 0)).catch(() => undefined)
  }
}

function answersOf({ prompts }: Recipe, { objects, replies, merged }: ProposeResult): PromptAnswer[] {
  return prompts.map(({ words, label }, prompt) => {
    const reply = replies[prompt]!
    const own = objects.filter((object) => object.prompt === prompt)
    const guard = reply.ended === 'end-token' ? [] : [`The answer was cut off: ${reply.ended.replace('-', ' ')}.`]
    return {
      words,
      label,
      reply: reply.text,
      found: own.length,
      notes: [...guard, ...own.flatMap(({ notes }) => notes), ...reply.refused.map(({ text, reason }) => `${text}: ${reason}`), ...(prompt === 0 ? merged : [])],
    }
  })
}
