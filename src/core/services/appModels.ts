/** The models of a window: chosen, loaded when first needed, asked for proposals and masks. */
import type { appContract, ModelStatus, PromptAnswer } from '../../shared/appContract.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import type { Recipe } from '../../shared/model.ts'
import type { EngineClient } from '../inference/engineClient.ts'
import type { Models } from '../models/models.ts'
import { annotateImage, type AnnotatedImage } from './annotateImage.ts'
import type { AppFiles } from './appFiles.ts'
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

interface ModelPair {
  readonly grounder: string
  readonly segmenter: string
}

export class AppModels {
  readonly #session: AppSession
  readonly #files: AppFiles
  readonly #engine: EngineClient
  readonly #models: Models
  /** What the person chose; without it the defaults for the open project. */
  #chosen: ModelPair | null = null
  #loaded: { readonly pair: ModelPair; readonly models: Promise<LoadedModels> } | null = null
  #device: string | null = null
  #ms: ModelStatus['ms'] = null

  constructor(session: AppSession, files: AppFiles, engine: EngineClient, models: Models) {
    this.#session = session
    this.#files = files
    this.#engine = engine
    this.#models = models
  }

  get handlers(): ModelHandlers {
    return {
      'models.propose': (args, { signal, report }) => this.#propose(args, { signal, onProgress: report }),
      'models.segment': (args, { signal }) =>
        this.#files.use(args.imageId, async (file) => {
          await this.#ensureLoaded(await this.#pair())
          const { masks, ms } = await this.#engine.segment({ picture: { file, frame: args.frame }, prompts: args.prompts, speckPixels: 0 }, { signal })
          this.#ms = { boxes: this.#ms?.boxes ?? 0, encode: ms.encode, masks: ms.masks }
          return { masks, ms: ms.masks }
        }),
      'models.prefetch': ({ imageId, frame }, { signal }) =>
        this.#files.use(imageId, async (file) => {
          await this.#ensureLoaded(await this.#pair())
          return this.#engine.prefetch({ file, frame }, { signal })
        }),
      'models.status': () => this.#status(),
      'models.list': () => this.#list(),
      'models.choose': (choice) => this.#choose(choice),
    }
  }

  async #pair(): Promise<ModelPair> {
    if (this.#chosen) return this.#chosen
    const roots = this.#session.project.sources.list().map(({ root }) => root)
    return { grounder: await defaultGrounder(this.#models), segmenter: await defaultSegmenter(this.#models, areSamples(roots)) }
  }

  async #ensureLoaded(pair: ModelPair): Promise<LoadedModels> {
    if (this.#loaded?.pair.grounder !== pair.grounder || this.#loaded.pair.segmenter !== pair.segmenter) {
      this.#loaded = { pair, models: loadModels(this.#engine, this.#models, { ...pair, device: null }) }
    }
    const own = this.#loaded
    try {
      const models = await own.models
      this.#device = models.info.grounder.device
      return models
    } catch (error) {
      if (this.#loaded === own) this.#loaded = null
      throw error
    }
  }

  /** Loads even what is loaded already: an engine that gave up after crashes starts again so. What can't be loaded is not chosen. */
  async #choose(choice: ModelPair): Promise<ModelStatus> {
    this.#loaded = null
    await this.#ensureLoaded(choice)
    this.#chosen = choice
    return this.#status()
  }

  #propose(
    { imageId, frame, prompts, grid, minScore }: Parameters<ModelHandlers['models.propose']>[0],
    options: Parameters<EngineClient['propose']>[1],
  ): Promise<{ answers: PromptAnswer[]; revision: number }> {
    return this.#files.use(imageId, () =>
      this.#session.during('proposing', async (project) => {
        const pair = await this.#pair()
        const { info } = await this.#ensureLoaded(pair)
        const recipe: Recipe = { ...pair, prompts, grid, minScore, maxBoxes: MAX_BOXES, speckPixels: 0, mergeIou: MERGE_IOU }
        const run = project.runs.find(recipe) ?? project.runs.create(recipe)
        const annotated = await annotateImage({ project, engine: this.#engine, info }, run, { id: imageId, frame }, options)
        const { boxes, encode, masks } = annotated.result.ms
        this.#ms = { boxes, encode, masks }
        this.#session.changes.announce({ imageId, labels: true })
        return { answers: answersOf(recipe, annotated), revision: annotated.revision }
      }),
    )
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
}

function answersOf({ prompts }: Recipe, { result: { objects, replies, merged }, alreadyThere }: AnnotatedImage): PromptAnswer[] {
  return prompts.map(({ words, label }, prompt) => {
    const there = alreadyThere.filter((object) => object.prompt === prompt).length
    const reply = replies[prompt]!
    const own = objects.filter((object) => object.prompt === prompt)
    const known = there === 0 ? [] : [`${String(there)} of them on the image already: not added again.`]
    const guard = reply.ended === 'end-token' ? [] : [`The answer was cut off: ${reply.ended.replace('-', ' ')}.`]
    return {
      words,
      label,
      reply: reply.text,
      found: own.length + there,
      notes: [...guard, ...known, ...own.flatMap(({ notes }) => notes), ...reply.refused.map(({ text, reason }) => `${text}: ${reason}`), ...(prompt === 0 ? merged : [])],
    }
  })
}
