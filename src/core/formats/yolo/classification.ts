/** Datasets for classification: a folder for each part, in it one for each class with its images. Nothing has a place. */
import { posix } from 'node:path'
import { IMAGE_EXTENSIONS } from '../../media/formats.ts'
import type { Dataset, DatasetImage, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'

const PART = /(?:^|\/)(train|val|valid|test)\/([^/]+)\/[^/]+$/

interface ClassFolder {
  readonly name: string
  readonly split: string
  readonly images: string[]
}

/** The folders of classes; empty unless all files are images in such folders, and at least two classes or parts tell so. */
export async function classFolders(files: DatasetFiles): Promise<ClassFolder[]> {
  const folders = new Map<string, ClassFolder>()
  for (const path of await files.list()) {
    const [, split, name] = PART.exec(path) ?? []
    const isImage = IMAGE_EXTENSIONS.has(posix.extname(path).slice(1).toLowerCase())
    if (split === undefined || name === undefined || !isImage || name === 'images') return []
    const folder = folders.get(posix.dirname(path)) ?? { name, split: split === 'valid' ? 'val' : split, images: [] }
    folders.set(posix.dirname(path), folder)
    folder.images.push(path)
  }
  return folders.size >= 2 ? [...folders.values()] : []
}

/** The images; the class of each is kept with it and explained, for it is of the whole image. */
export function readClassification(folders: readonly ClassFolder[], context: ReadContext): Dataset {
  const names = [...new Set(folders.map(({ name }) => name))]
  return {
    labels: names.map((name, id) => ({ name, source: { format: 'yolo', id } })),
    source: null,
    async *images(): AsyncGenerator<DatasetImage> {
      for (const { name, split, images } of folders) {
        context.seen(images.length)
        const reason = `its images are of the class "${name}"; the class of a whole image has no box or outline and makes no object`
        context.problem({ file: posix.dirname(images[0]!), place: '', reason, objects: images.length })
        for (const path of images) {
          const found = await context.find(path)
          if (!found) context.problem({ file: path, place: '', reason: 'the image was not found or can not be read', objects: 0 })
          else yield { path, ...found, split, source: { format: 'yolo', class: name }, objects: [] }
        }
      }
    },
  }
}
