/** What `annotate` tells in the end: images, objects per label, times, device, and what went wrong. */
import type { LoadedModels } from '../core/services/loadModels.ts'
import type { RunSummary } from '../core/services/runRecipe.ts'
import type { Project } from '../core/store/project.ts'
import type { ImageId, Recipe } from '../shared/model.ts'
import { plural, table, type Terminal } from './terminal.ts'

type Ms = Readonly<Record<'decode' | 'boxes' | 'encode' | 'masks', number>>

/** Sums of the milliseconds of each stage, over the images of this start. */
export class Timings {
  images = 0
  readonly #sums = { decode: 0, boxes: 0, encode: 0, masks: 0 }

  add(ms: Ms): void {
    this.images++
    for (const stage of Object.keys(this.#sums) as (keyof Ms)[]) this.#sums[stage] += ms[stage]
  }

  /** Means in milliseconds, or null before the first image. */
  means(): Ms | null {
    if (this.images === 0) return null
    const mean = (sum: number) => Math.round((sum / this.images) * 10) / 10
    const { decode, boxes, encode, masks } = this.#sums
    return { decode: mean(decode), boxes: mean(boxes), encode: mean(encode), masks: mean(masks) }
  }
}

export interface Report {
  readonly project: Project
  readonly file: string
  readonly recipe: Recipe
  readonly summary: RunSummary
  readonly loaded: LoadedModels
  readonly timings: Timings
  /** What was written beside the project. */
  readonly files: readonly string[]
  readonly imageIds: readonly ImageId[]
}

export function writeReport(report: Report, out: Terminal): void {
  const { project, summary, loaded, timings, files, file } = report
  const { progress } = summary
  const labels = labelRows(report)
  const problems = summary.problems.map(({ imageId, state, error }) => ({ image: project.images.get(imageId).path, state, error }))
  const ms = timings.means()
  out.result({
    project: file,
    files,
    images: progress,
    labels: labels.map(([label, images, objects]) => ({ label, images, objects })),
    ms,
    device: { grounder: loaded.info.grounder.device, segmenter: loaded.info.segmenter.device },
    refusedDevices: loaded.info.refusedDevices,
    grounder: loaded.grounder.id,
    segmenter: loaded.segmenter.id,
    interrupted: summary.interrupted,
    problems,
  })
  out.line(table(['label', 'images', 'objects'], labels))
  out.line()
  const state = [plural(progress.done, 'image') + ' done', ...(['failed', 'skipped', 'pending'] as const).filter((key) => progress[key] > 0).map((key) => `${String(progress[key])} ${key}`)]
  out.line(`${state.join(', ')} · ${loaded.grounder.name} on ${loaded.info.grounder.device} · ${loaded.segmenter.name} on ${loaded.info.segmenter.device}`)
  if (ms) out.line(`per image: read ${String(ms.decode)} ms · boxes ${String(ms.boxes)} ms · encode ${String(ms.encode)} ms · masks ${String(ms.masks)} ms (${plural(timings.images, 'image')} now)`)
  else if (!summary.interrupted) out.line('Nothing was left to do: these images were done before with the same prompts and models.')
  for (const { image, state, error } of problems) out.line(`${state}: ${image}: ${error}`)
  out.line([file, ...files].join('\n'))
}

/** Label, images with it, objects of it, over the images of this command. */
function labelRows({ project, recipe, imageIds }: Report): [string, number, number][] {
  const names = new Map(project.labels.list().map(({ id, name }) => [id, name]))
  const counts = new Map<string, [number, number]>([...new Set(recipe.prompts.map(({ label }) => label))].map((label) => [label, [0, 0]]))
  for (const imageId of imageIds) {
    const found = Map.groupBy(project.annotations.load(imageId).annotations, ({ labelId }) => names.get(labelId)!)
    for (const [label, annotations] of found) {
      const count = counts.get(label)
      if (count) counts.set(label, [count[0] + 1, count[1] + annotations.length])
    }
  }
  return [...counts].map(([label, [images, objects]]) => [label, images, objects])
}
