/** One PNG for each image, with what was found drawn on it. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UniqueStems } from '../core/formats/uniqueStems.ts'
import { overlayPng } from '../core/media/overlay.ts'
import type { Project } from '../core/store/project.ts'
import type { ImageId } from '../shared/model.ts'
import { rleToBitmap } from '../shared/rleString.ts'

/** Writes `<folder>/<name>.png` for every readable image and gives the folder. */
export async function writeOverlays(project: Project, imageIds: readonly ImageId[], folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const labels = new Map(project.labels.list().map((label) => [label.id, label]))
  const stems = new UniqueStems()
  for (const imageId of imageIds) {
    const image = project.images.get(imageId)
    if (image.status !== 'ok') continue
    const annotations = project.annotations.load(imageId).annotations.filter(({ frame }) => frame === 0)
    const drawn = annotations.map(({ box, mask, labelId, score, state }) => ({
      box,
      mask: mask && rleToBitmap(mask),
      label: labels.get(labelId)!.name,
      color: labels.get(labelId)!.color,
      score,
      proposed: state === 'proposed',
    }))
    await writeFile(join(folder, `${stems.stemOf(image.path)}.png`), await overlayPng(project.images.fileOf(image), 0, drawn))
  }
  return resolve(folder)
}
