/** What `annotate` is asked to do, made sure of before anything is made: a wrong command line leaves no trace. */
import { extname, resolve } from 'node:path'
import { devicesToTry } from '../core/inference/devices.ts'
import type { Models } from '../core/models/models.ts'
import { requirePictures } from '../core/services/addImages.ts'
import { areSamples, defaultGrounder, defaultSegmenter } from '../core/services/modelChoice.ts'
import { AppError } from '../shared/errors.ts'
import type { GridUse, Recipe } from '../shared/model.ts'
import { isSamePlace, requireFilePlace, requireFolderPlace, requireOutsideInputs } from './outputs.ts'
import { parsePrompt } from './prompts.ts'

export interface AnnotateOptions {
  readonly prompt?: readonly string[]
  readonly project?: string
  readonly out?: string
  readonly overlays?: string
  readonly grid: GridUse
  readonly model?: string
  readonly segmenter?: string
  readonly device?: string
  readonly maxBoxes: number
  readonly minScore: number
  readonly specks: number
}

export interface AnnotatePlan {
  readonly recipe: Recipe
  /** The project's file, absolute; its folder may have to be made. */
  readonly file: string
}

const MERGE_IOU = 0.7

/** @throws AppError invalid-argument, not-found, model-missing, model-invalid, read-only */
export async function planAnnotation(paths: readonly string[], options: AnnotateOptions, models: Models): Promise<AnnotatePlan> {
  const prompts = (options.prompt ?? []).map(parsePrompt)
  if (prompts.length === 0) throw new AppError('invalid-argument', 'Say what to mark: --prompt "red circle", as often as there are things to mark.')
  devicesToTry(options.device ?? null)
  const recipe: Recipe = {
    prompts,
    grounder: models.resolve(options.model ?? (await defaultGrounder(models)), 'grounder').id,
    segmenter: models.resolve(options.segmenter ?? (await defaultSegmenter(models, areSamples(paths))), 'segmenter').id,
    grid: options.grid,
    maxBoxes: options.maxBoxes,
    minScore: options.minScore,
    speckPixels: options.specks,
    mergeIou: MERGE_IOU,
  }
  const file = projectFile(options)
  await requirePictures(paths)
  requirePlaces(file, paths, options)
  return { recipe, file }
}

/** Where the project lies when it was not said: beside the export, else in the current folder. */
function projectFile({ project, out }: AnnotateOptions): string {
  if (project !== undefined) return resolve(project)
  return out === undefined ? resolve('annotations.marquee') : resolve(out.slice(0, out.length - extname(out).length) + '.marquee')
}

function requirePlaces(file: string, paths: readonly string[], { project, out, overlays }: AnnotateOptions): void {
  if (out !== undefined) {
    requireFilePlace('--out', out, 'coco.json')
    if (isSamePlace(out, file)) throw new AppError('invalid-argument', `--out "${out}" is the project itself. Name another file, e.g. one ending in .json.`)
  }
  if (overlays !== undefined) {
    requireFolderPlace('--overlays', overlays)
    requireOutsideInputs(overlays, paths)
  }
  requireFilePlace(project === undefined ? 'The project' : '--project', project ?? file, 'annotations.marquee')
}
