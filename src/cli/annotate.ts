/** `marquee annotate`: words to boxes to masks over files and folders, kept in a project, exported if asked. */
import { mkdir } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { createEngineClient } from '../core/inference/engineClient.ts'
import { openModels } from '../core/models/models.ts'
import { addImages } from '../core/services/addImages.ts'
import { exportProject } from '../core/services/exportProject.ts'
import { loadModels, type LoadedModels } from '../core/services/loadModels.ts'
import { areSamples, defaultGrounder, defaultSegmenter } from '../core/services/modelChoice.ts'
import { runRecipe, type RunSummary } from '../core/services/runRecipe.ts'
import { openProject, type Project } from '../core/store/project.ts'
import { AppError } from '../shared/errors.ts'
import type { GridUse, ImageId, Recipe } from '../shared/model.ts'
import { Timings, writeReport } from './annotateReport.ts'
import { EXIT } from './exitCodes.ts'
import { interruptSignal } from './interrupt.ts'
import { writeOverlays } from './overlays.ts'
import { progress } from './progress.ts'
import { parsePrompt } from './prompts.ts'
import type { Terminal } from './terminal.ts'
import { plural } from './terminal.ts'

export interface AnnotateOptions {
  readonly prompt: readonly string[]
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

/** Where the project lies when it was not said: beside the export, else in the current folder. */
function projectFile({ project, out }: AnnotateOptions): string {
  if (project !== undefined) return resolve(project)
  return out === undefined ? resolve('annotations.marquee') : resolve(out.slice(0, out.length - extname(out).length) + '.marquee')
}

export async function annotate(paths: readonly string[], options: AnnotateOptions, out: Terminal): Promise<number> {
  const models = openModels()
  const recipe: Recipe = {
    prompts: options.prompt.map(parsePrompt),
    grounder: options.model ?? (await defaultGrounder(models)),
    segmenter: options.segmenter ?? (await defaultSegmenter(models, areSamples(paths))),
    grid: options.grid,
    maxBoxes: options.maxBoxes,
    minScore: options.minScore,
    speckPixels: options.specks,
    mergeIou: 0.7,
  }
  const file = projectFile(options)
  await mkdir(dirname(file), { recursive: true })
  const project = await openProject(file, { create: true })
  const engine = createEngineClient()
  const { signal, release } = interruptSignal(() => {
    out.note('Stopping: what is done is kept. Start the same command again to go on.')
  })
  try {
    const images = await addImages(project, paths, { signal })
    if (images.ids.length === 0) throw new AppError('not-found', `No pictures in ${paths.join(', ')}.`)
    const loaded = await loadModels(engine, models, { grounder: recipe.grounder, segmenter: recipe.segmenter, device: options.device ?? null })
    tellModels(loaded, out)
    const timings = new Timings()
    const summary = await runWithProgress({ project, engine, info: loaded.info }, recipe, images.ids, signal, timings)
    const files = summary.interrupted ? [] : await writeFiles(project, images.ids, options, out)
    writeReport({ project, file, recipe, summary, loaded, timings, files, imageIds: images.ids }, out)
    if (summary.interrupted) return EXIT.interrupted
    return summary.problems.length > 0 ? EXIT.partial : EXIT.ok
  } finally {
    release()
    await engine.dispose()
    project.close()
  }
}

function tellModels({ grounder, segmenter }: LoadedModels, out: Terminal): void {
  if (grounder.demo)
    out.note(`${grounder.name} answers: a demo model that knows generated shapes and scan phantoms only. For photos: marquee models install qwen2-vl-2b`)
  if (segmenter.folder === null) out.note('Masks by GrabCut, which needs no weights. For better ones: marquee models install sam2.1-tiny')
  else if (segmenter.demo) out.note(`Masks by ${segmenter.name}.`)
}

async function runWithProgress(
  context: Parameters<typeof runRecipe>[0],
  recipe: Recipe,
  imageIds: readonly ImageId[],
  signal: AbortSignal,
  timings: Timings,
): Promise<RunSummary> {
  const bar = progress()
  try {
    return await runRecipe(context, recipe, imageIds, {
      signal,
      onImage: (image, outcome, { done, failed, skipped, total }) => {
        if (outcome.is === 'done') timings.add(outcome.result.ms)
        const text = outcome.is === 'done' ? `${image.path}: ${plural(outcome.result.objects.length, 'object')}` : `${image.path}: ${outcome.message}`
        bar.update(done + failed + skipped, total, text, outcome.is !== 'done')
      },
    })
  } finally {
    bar.end()
  }
}

async function writeFiles(project: Project, imageIds: readonly ImageId[], options: AnnotateOptions, out: Terminal): Promise<string[]> {
  const written: string[] = []
  if (options.out !== undefined) {
    const report = await exportProject(project, { format: 'coco', out: options.out, states: ['accepted', 'proposed'], labels: null, options: {} })
    written.push(report.path)
    for (const { image, reason } of report.skipped) out.note(`Not exported from ${image}: ${reason}`)
  }
  if (options.overlays !== undefined) written.push(await writeOverlays(project, imageIds, options.overlays))
  return written
}
