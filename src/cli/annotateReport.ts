/** What `annotate` tells in the end: images, objects per label, times, device, and what went wrong. */
import type { ExportReport } from '../core/formats/source.ts'
import type { AnnotatedImage } from '../core/services/annotateImage.ts'
import type { LoadedModels } from '../core/services/loadModels.ts'
import type { RunSummary } from '../core/services/runRecipe.ts'
import type { StoredImage } from '../core/store/images.ts'
import type { Project } from '../core/store/project.ts'
import { MAX_ATTEMPTS } from '../core/store/runs.ts'
import type { ImageId, Recipe } from '../shared/model.ts'
import type { Terminal } from './terminal.ts'
import { firstOf, plural, table } from './text.ts'

const STAGES = ['decode', 'boxes', 'encode', 'masks'] as const
type Ms = Record<(typeof STAGES)[number], number>

export interface Note {
  readonly image: string
  readonly text: string
}

/** What came up on the way: times of the stages, and what the models said that became no object. */
export class Findings {
  /** Images done at this start. */
  images = 0
  readonly notes: Note[] = []
  /** Folders that could not be read, in words. */
  readonly passedOver: readonly string[]
  readonly #sums: Ms = { decode: 0, boxes: 0, encode: 0, masks: 0 }
  #missing = 0

  constructor(passedOver: readonly string[]) {
    this.passedOver = passedOver
  }

  /** True when something besides the run's own images was left out. */
  get isPartial(): boolean {
    return this.passedOver.length > 0 || this.#missing > 0
  }

  add({ path, frames }: StoredImage, { result, alreadyThere, belowScore }: AnnotatedImage): void {
    this.images++
    for (const stage of STAGES) this.#sums[stage] += result.ms[stage]
    const note = (text: string) => this.notes.push({ image: path, text })
    if (frames > 1) note(`of its ${String(frames)} pages only the first was looked at`)
    if (alreadyThere.length > 0) note(`${plural(alreadyThere.length, 'object')} on the image already, not added again`)
    if (belowScore > 0) note(`${plural(belowScore, 'object')} left out, below --min-score`)
    for (const { words, ended, refused } of result.replies) {
      for (const { text, reason } of refused) note(`"${words}": ${text} is no box: ${reason}`)
      if (ended === 'box-limit') note(`"${words}": more than --max-boxes, the rest was left out`)
      if (ended === 'token-limit' || ended === 'repetition') note(`"${words}": the reply was broken off (${ended === 'repetition' ? 'it repeated itself' : 'it grew too long'})`)
    }
  }

  /** Something that is not in the files written. */
  addMissing(image: string, text: string): void {
    this.#missing++
    this.notes.push({ image, text })
  }

  addExport({ skipped, notes }: ExportReport): void {
    for (const { image, reason } of skipped) this.addMissing(image, `not exported: ${reason}`)
    for (const { image, reason } of notes) this.notes.push({ image, text: reason })
  }

  /** Mean milliseconds per image, or null before the first image. */
  means(): Ms | null {
    if (this.images === 0) return null
    const mean = (stage: keyof Ms) => Math.round((this.#sums[stage] / this.images) * 10) / 10
    return { decode: mean('decode'), boxes: mean('boxes'), encode: mean('encode'), masks: mean('masks') }
  }
}

export interface Report {
  readonly project: Project
  readonly recipe: Recipe
  readonly summary: RunSummary
  readonly loaded: LoadedModels
  readonly findings: Findings
  /** What was written beside the project. */
  readonly files: readonly string[]
  readonly imageIds: readonly ImageId[]
}

export function writeReport(report: Report, out: Terminal): void {
  const { project, summary, loaded, findings, files } = report
  const { total, done, failed, skipped, pending } = summary.progress
  const labels = labelRows(report)
  out.result({
    project: project.file,
    files,
    images: { total, done, failed, skipped, pending, doneNow: findings.images },
    labels: labels.map(([label, images, objects]) => ({ label, images, objects })),
    ms: findings.means(),
    models: {
      grounder: { id: loaded.grounder.id, device: loaded.info.grounder.device },
      segmenter: { id: loaded.segmenter.id, device: loaded.info.segmenter.device },
    },
    refusedDevices: loaded.info.refusedDevices,
    interrupted: summary.interrupted,
    problems: summary.problems.map(({ imageId, state, error, attempts }) => ({ image: project.images.get(imageId).path, state, error, attempts })),
    notes: findings.notes,
    passedOver: findings.passedOver,
  })
  out.line(table(['label', 'images', 'objects'], labels))
  out.line()
  for (const line of [...summaryLines(report), ...troubleLines(report), project.file, ...files]) out.line(line)
}

function summaryLines({ summary, loaded, findings }: Report): string[] {
  const { progress, interrupted } = summary
  const counts = (['failed', 'skipped', 'pending'] as const).filter((state) => progress[state] > 0).map((state) => `${String(progress[state])} ${state}`)
  const ms = findings.means()
  const times = ms && `per image: read ${ms.decode.toFixed(0)} ms · boxes ${ms.boxes.toFixed(0)} ms · encode ${ms.encode.toFixed(0)} ms · masks ${ms.masks.toFixed(0)} ms`
  const earlier = progress.done - findings.images
  return [
    [`${plural(progress.done, 'image')} done`, ...counts].join(', ') + (earlier > 0 ? `; ${String(earlier)} of them at an earlier start` : ''),
    `${loaded.grounder.name} on ${loaded.info.grounder.device} · ${loaded.segmenter.name} on ${loaded.info.segmenter.device}`,
    ...(times === null ? [] : [times]),
    ...(interrupted ? ['Interrupted: the same command does the rest, "marquee export" writes what there is.'] : []),
  ]
}

function troubleLines({ project, summary, findings, loaded }: Report): string[] {
  const problems = summary.problems.map(({ imageId, state, error, attempts }) => {
    const givenUp = attempts >= MAX_ATTEMPTS ? ` (tried ${String(attempts)} times, not again in this project)` : ''
    return `${state}: ${project.images.get(imageId).path}: ${error}${givenUp}`
  })
  const notes = findings.notes.map(({ image, text }) => `note: ${image}: ${text}`)
  const passedOver = findings.passedOver.map((text) => `passed over: ${text}`)
  // Asked about other pictures than its own kind, a demo model answers all the same.
  const invented = loaded.grounder.demo && !loaded.segmenter.demo ? [`check every box: ${loaded.grounder.name} was trained on generated scenes only and invents boxes on photos`] : []
  return [...firstOf(problems), ...firstOf(passedOver), ...firstOf(notes), ...invented]
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
