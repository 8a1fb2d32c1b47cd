/** Images and labels by the ids a foreign format gave them on an earlier import. */
import type { ReadContext } from '../../formats/dataset.ts'
import type { Project } from '../../store/project.ts'

type Known = NonNullable<ReadContext['known']>
type KnownImage = NonNullable<ReturnType<Known['image']>>

/** Read from the project at the first question. */
export function knownIds(project: Project): Known {
  let images: Map<string, KnownImage> | null = null
  let labels: Map<string, string> | null = null
  return {
    image: (format, id) => (images ??= imagesOf(project)).get(key(format, id)) ?? null,
    label: (format, id) => (labels ??= labelsOf(project)).get(key(format, id)) ?? null,
  }
}

function imagesOf(project: Project): Map<string, KnownImage> {
  const images = new Map<string, KnownImage>()
  for (const image of project.images.iterate()) {
    const { path, width, height } = image
    const source = project.imports.ofImage(image.id)?.source
    if (source) images.set(key(source['format'], source['id']), { path, size: { width, height } })
  }
  return images
}

function labelsOf(project: Project): Map<string, string> {
  return new Map(project.labels.list().flatMap(({ name, source }) => (source ? [[key(source['format'], source['id']), name] as const] : [])))
}

function key(format: unknown, id: unknown): string {
  return JSON.stringify([format, id])
}
