/** The models of a window: chosen, loaded when first needed, asked for proposals and masks. */
import { ModelChoice, type appContract, type ModelStatus, type PromptAnswer } from '../../shared/appContract.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import type { Recipe } from '../../shared/model.ts'
import type { EngineClient } from '../inference/engineClient.ts'
import type { Models } from '../models/models.ts'
import { annotateImage, type AnnotatedImage } from './annotateImage.ts'
import type { AppFiles } from './appFiles.ts'
import { AppModelFiles } from './appModelFiles.ts'
import type { AppSession } from './appSession.ts'
import { loadModels, type LoadedModels } from './loadModels.ts'
import { areSamples, defaultGrounder, defaultSegmenter } from './modelChoice.ts'
import { ModelWork } from './modelWork.ts'
import type { PersonalSettings } from './personalSettings.ts'
import type { Roots } from './roots.ts'

type Handlers = HandlersOf<typeof appContract>
type ModelHandlers = { [Name in keyof Handlers as Name extends `models.${string}` ? Name : never]: Handlers[Name] }

const MAX_BOXES = 100
const MERGE_IOU = 0.7
const CHOSEN_KEY = 'models.chosen'

interface ModelPair {
  readonly grounder: string
  readonly segmenter: string
}

export interface AppModelsParts {
  readonly session: AppSession
  readonly files: AppFiles
  readonly engine: EngineClient
  readonly models: Models
  readonly personal: PersonalSettings
  readonly roots: Roots
}

export class AppModels {
  readonly #session: AppSession
  readonly #files: AppFiles
  readonly #engine: EngineClient
  readonly #models: Models
  readonly #personal: PersonalSettings
  readonly #ofMachine: AppModelFiles
  readonly #work = new ModelWork()
  #chosen: ModelPair | 'default' | null = null
  #loaded: { readonly pair: ModelPair; readonly models: Promise<LoadedModels> } | null = null
  #device: string | null = null
  #ms: ModelStatus['ms'] = null

  constructor({ session, files, engine, models, personal, roots }: AppModelsParts) {
    this.#session = session
    this.#files = files
    this.#engine = engine
    this.#models = models
    this.#personal = personal
    this.#ofMachine = new AppModelFiles(models, personal, roots, () => {
      // The pair in use may be another one now.
      this.#work.announce()
    })
  }

  get handlers(): ModelHandlers {
    return {
      'models.propose': (args, { signal, report }) => this.#propose(args, { signal, onProgress: report }),
      'models.segment': (args, { signal }) =>
        this.#files.use(args.imageId, async (file) => {
          await this.#ensureLoaded(await this.#pair())
          const { frame, window, prompts } = args
          const asked = { picture: { file, frame, window }, prompts, speckPixels: 0 }
          const { masks, ms } = await this.#work.during('masks', () => this.#engine.segment(asked, { signal }))
          this.#took({ boxes: this.#ms?.boxes ?? 0, ...ms })
          return { masks, ms: ms.masks }
        }),
      'models.prefetch': ({ imageId, frame, window }, { signal }) =>
        this.#files.use(imageId, async (file) => {
          await this.#ensureLoaded(await this.#pair())
          return this.#work.during('reading-ahead', () => this.#engine.prefetch({ file, frame, window }, { signal }))
        }),
      'models.status': () => this.#status(),
      'models.activity': async ({ after }, { signal }) => ({ ...(await this.#work.next(after, signal)), status: await this.#status() }),
      'models.choose': (choice) => this.#choose(choice),
      ...this.#ofMachine.handlers,
    }
  }

  /** Answers windows that wait for news. */
  end(): void {
    this.#work.end()
  }

  /** What the person chose, in this start or an earlier one, while it can be used; else the defaults for the open project. */
  async #pair(): Promise<ModelPair> {
    this.#chosen ??= ModelChoice.safeParse((await this.#personal.all())[CHOSEN_KEY]).data ?? 'default'
    if (this.#chosen !== 'default' && this.#canBeUsed(this.#chosen)) return this.#chosen
    const roots = this.#session.project.sources.list().map(({ root }) => root)
    return { grounder: await defaultGrounder(this.#models), segmenter: await defaultSegmenter(this.#models, areSamples(roots)) }
  }

  #canBeUsed({ grounder, segmenter }: ModelPair): boolean {
    try {
      this.#models.resolve(grounder, 'grounder')
      this.#models.resolve(segmenter, 'segmenter')
      return true
    } catch {
      return false
    }
  }

  async #ensureLoaded(pair: ModelPair): Promise<LoadedModels> {
    if (this.#loaded?.pair.grounder !== pair.grounder || this.#loaded.pair.segmenter !== pair.segmenter) {
      const models = this.#work.during('loading', () => loadModels(this.#engine, this.#models, { ...pair, device: null }))
      this.#loaded = { pair, models }
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
    await this.#ofMachine.requireKnown(choice.grounder)
    await this.#ofMachine.requireKnown(choice.segmenter)
    this.#loaded = null
    await this.#ensureLoaded(choice)
    this.#chosen = choice
    await this.#personal.set(CHOSEN_KEY, choice)
    this.#work.announce()
    return this.#status()
  }

  #propose(
    { imageId, frame, prompts, grid, minScore, window }: Parameters<ModelHandlers['models.propose']>[0],
    options: Parameters<EngineClient['propose']>[1],
  ): Promise<{ answers: PromptAnswer[]; revision: number }> {
    return this.#files.use(imageId, () =>
      this.#session.during('proposing', async (project) => {
        const pair = await this.#pair()
        const { info } = await this.#ensureLoaded(pair)
        const recipe: Recipe = { ...pair, prompts, grid, minScore, window, maxBoxes: MAX_BOXES, speckPixels: 0, mergeIou: MERGE_IOU }
        const run = project.runs.find(recipe) ?? project.runs.create(recipe)
        const image = { id: imageId, frame }
        const annotated = await this.#work.during('proposing', () => annotateImage({ project, engine: this.#engine, info }, run, image, options))
        const { boxes, encode, masks } = annotated.result.ms
        this.#took({ boxes, encode, masks })
        this.#session.changes.announce({ imageId, labels: true })
        return { answers: answersOf(recipe, annotated), revision: annotated.revision }
      }),
    )
  }

  #took(ms: NonNullable<ModelStatus['ms']>): void {
    this.#ms = ms
    this.#work.announce()
  }

  async #status(): Promise<ModelStatus> {
    const pair = await this.#pair()
    const grounder = this.#models.resolve(pair.grounder, 'grounder')
    const segmenter = this.#models.resolve(pair.segmenter, 'segmenter')
    return { grounder: grounder.name, segmenter: segmenter.name, demo: grounder.demo, device: this.#device, ms: this.#ms }
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
      known: there,
      notes: [...guard, ...known, ...own.flatMap(({ notes }) => notes), ...reply.refused.map(({ text, reason }) => `${text}: ${reason}`), ...(prompt === 0 ? merged : [])],
    }
  })
}
