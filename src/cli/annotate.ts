/** `marquee annotate`: words to boxes to masks over files and folders, kept in a project, exported if asked. */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createEngineClient, type EngineClient } from '../core/inference/engineClient.ts'
import type { ProposeProgress } from '../core/inference/engineContract.ts'
import { openModels } from '../core/models/models.ts'
import { addImages } from '../core/services/addImages.ts'
import type { AnnotatedImage } from '../core/services/annotateImage.ts'
import { exportProject } from '../core/services/exporting/exportProject.ts'
import { loadModels, type LoadedModels } from '../core/services/loadModels.ts'
import { runRecipe, type ImageOutcome, type RunSummary } from '../core/services/runRecipe.ts'
import { openProject, type Project } from '../core/store/project.ts'
import type { ImageId, Recipe } from '../shared/model.ts'
import { planAnnotation, type AnnotateOptions } from './annotatePlan.ts'
import { Findings, writeReport } from './annotateReport.ts'
import { EXIT } from './exitCodes.ts'
import { interruptSignal } from './interrupt.ts'
import { writeOverlays } from './overlays.ts'
import { progress, type Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { plural } from './text.ts'

export async function annotate(paths: readonly string[], options: AnnotateOptions, out: Terminal): Promise<number> {
  const models = openModels()
  const { recipe, file } = await planAnnotation(paths, options, models)
  await mkdir(dirname(file), { recursive: true })
  const project = await openProject(file, { create: true })
  const engine = createEngineClient()
  const bar = progress()
  const { signal, release } = interruptSignal(() => {
    bar.end()
    out.note('Stopping: what is done is kept. The same command goes on from there; Ctrl+C again ends at once.')
  })
  try {
    bar.say('Looking for pictures')
    const onFound = (images: number) => {
      bar.say(`${plural(images, 'picture')} found`)
    }
    const { ids, removed, passedOver } = await addImages(project, paths, { signal, onFound })
    bar.end()
    if (removed.length > 0) out.note(`${plural(removed.length, 'picture')} left out: removed from the project before. Show removed images again in the window.`)
    bar.say('Loading the models')
    const loaded = await loadModels(engine, models, { ...recipe, device: options.device ?? null }, signal)
    bar.end()
    tellModels(loaded, out)
    const findings = new Findings(passedOver)
    const summary = await runWithProgress({ project, engine, loaded, bar, findings }, recipe, ids, signal)
    const files = summary.interrupted ? [] : await writeFiles(project, doneOf(ids, summary), options, { bar, findings, signal })
    writeReport({ project, recipe, summary, loaded, findings, files, imageIds: ids }, out)
    if (summary.interrupted) return EXIT.interrupted
    return summary.problems.length > 0 || findings.isPartial ? EXIT.partial : EXIT.ok
  } finally {
    bar.end()
    release()
    await engine.dispose()
    project.close()
  }
}

function tellModels({ grounder, segmenter }: LoadedModels, out: Terminal): void {
  if (grounder.demo)
    out.note(`Boxes by ${grounder.name}, which knows generated shapes and scan phantoms only. For photos: marquee models install qwen2-vl-2b`)
  if (segmenter.folder === null) out.note('Masks by GrabCut, which needs no weights. For finer ones: marquee models install sam2.1-tiny')
  else if (segmenter.demo) out.note(`Masks by ${segmenter.name}, which knows the same only. For photos: --segmenter grabcut, or marquee models install sam2.1-tiny`)
}

interface Work {
  readonly project: Project
  readonly engine: EngineClient
  readonly loaded: LoadedModels
  readonly bar: Progress
  readonly findings: Findings
}

async function runWithProgress(work: Work, recipe: Recipe, imageIds: readonly ImageId[], signal: AbortSignal): Promise<RunSummary> {
  const { project, engine, loaded, bar, findings } = work
  bar.begin()
  try {
    return await runRecipe({ project, engine, info: loaded.info }, recipe, imageIds, {
      signal,
      onStage: (image, progress) => {
        bar.say(`${image.path}: ${stageWords(progress, recipe)}`)
      },
      onImage: (image, outcome, { done, failed, total }) => {
        if (outcome.is === 'done') findings.add(image, outcome)
        bar.update(done + failed, total, `${image.path}: ${describe(outcome)}`, outcome.is === 'failed')
      },
    })
  } finally {
    bar.end()
  }
}

/** What the bar says while the models are at an image. */
function stageWords({ stage, prompt }: ProposeProgress, recipe: Recipe): string {
  if (stage === 'decode') return 'reading'
  if (stage === 'boxes') return prompt === undefined ? 'looking at it' : `looking for ${recipe.prompts[prompt]!.words}`
  return 'making masks'
}

const describe = (outcome: ImageOutcome) => (outcome.is === 'failed' ? outcome.message : plural(objectsOf(outcome), 'object'))
const objectsOf = ({ result }: AnnotatedImage) => result.objects.length

/** Those that are neither failed nor skipped. */
function doneOf(imageIds: readonly ImageId[], { problems }: RunSummary): ImageId[] {
  const wrong = new Set(problems.map(({ imageId }) => imageId))
  return imageIds.filter((id) => !wrong.has(id))
}

interface Writing {
  readonly bar: Progress
  readonly findings: Findings
  readonly signal: AbortSignal
}

/** The export of the project and the overlays of these images, where they were asked for; gives what was written, absolute. */
async function writeFiles(project: Project, imageIds: readonly ImageId[], options: AnnotateOptions, { bar, findings, signal }: Writing): Promise<string[]> {
  const written: string[] = []
  if (options.out !== undefined) {
    const onImage = (images: number) => {
      bar.say(`Writing ${String(options.out)}: ${plural(images, 'image')}`)
    }
    const wish = { format: 'coco', out: options.out, states: ['accepted', 'proposed'], labels: null, options: {}, allowIncomplete: true } as const
    const report = await exportProject(project, wish, { signal, onImage })
    written.push(report.path)
    findings.addExport(report)
  }
  if (options.overlays !== undefined) written.push(await writeOverlays(project, imageIds, options.overlays, { bar, signal, onSkip: (image, text) => findings.addMissing(image, `no overlay: ${text}`) }))
  bar.end()
  return written
}
