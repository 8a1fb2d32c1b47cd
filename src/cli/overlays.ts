/** One PNG for each image, with what was found drawn on it. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UniqueStems } from '../core/formats/common/files/uniqueStems.ts'
import { overlayPng } from '../core/media/overlay.ts'
import type { Project } from '../core/store/project.ts'
import { AppError, throwIfAborted } from '../shared/errors.ts'
import type { ImageId } from '../shared/model.ts'
import { rleToBitmap } from '../shared/rleString.ts'
import type { Progress } from './progress.ts'

export interface OverlayJob {
  readonly bar: Progress
  readonly signal: AbortSignal
  /** Told of each picture that can't be drawn on, with the reason in words. */
  readonly onSkip: (image: string, reason: string) => void
}

/** Writes `<folder>/<name>.png` for each of these images and gives the folder, absolute. */
export async function writeOverlays(project: Project, imageIds: readonly ImageId[], folder: string, job: OverlayJob): Promise<string> {
  await mkdir(folder, { recursive: true })
  const labels = new Map(project.labels.list().map((label) => [label.id, label]))
  const stems = new UniqueStems()
  for (const [written, imageId] of imageIds.entries()) {
    throwIfAborted(job.signal)
    const image = project.images.get(imageId)
    job.bar.say(`Overlay ${String(written + 1)}/${String(imageIds.length)}: ${image.path}`)
    const annotations = project.annotations.load(imageId).annotations.filter(({ frame }) => frame === 0)
    const drawn = annotations.map(({ box, mask, labelId, score, state }) => ({
      box,
      mask: mask && rleToBitmap(mask),
      label: labels.get(labelId)!.name,
      color: labels.get(labelId)!.color,
      score,
      proposed: state === 'proposed',
    }))
    const png = await overlayPng(project.images.fileOf(image), 0, drawn, job.signal).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code === 'cancelled') throw error
      job.onSkip(image.path, error.message)
      return null
    })
    if (png !== null) await writeFile(join(folder, `${stems.stemOf(image.path)}.png`), png)
  }
  return resolve(folder)
}
