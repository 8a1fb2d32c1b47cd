/** COCO instances and the files of its other tasks (key points, stuff, captions, labels, image_info), read as a stream. */
import { AppError } from '../../../shared/errors.ts'
import type { Dataset, DatasetImage, ImportFormat, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { CocoAnnotations } from './annotations.ts'
import { CocoDocument } from './document.ts'
import { CocoImages } from './images.ts'
import { CocoLabels } from './labels.ts'
import { cocoFiles, firstOfKind } from './recognize.ts'

export const cocoReader: ImportFormat = {
  id: 'coco',
  name: 'COCO JSON',
  options: [],
  async detect(files: DatasetFiles): Promise<string | null> {
    const path = await firstOfKind(files, 'instances')
    return path && `${path} lists "images" and "annotations"`
  },
  async open(files: DatasetFiles, given: ReadContext): Promise<Dataset> {
    const context = inFewWords(given)
    const documents = await openDocuments(files, await cocoFiles(files, 'instances'), context)
    return closingOnError(documents, async () => {
      const labels = new CocoLabels(context)
      const images = await CocoImages.of(files, context)
      for (const document of documents) labels.declare(document)
      for (const document of documents) images.addOrphans(document, images.add(document))
      await tellOtherFiles(files, context)
      const annotations = new CocoAnnotations('coco', 'accepted', labels, context)
      return {
        labels: labels.list(),
        source: datasetSource(documents),
        images: () => allImages(images, annotations),
        close: () => closeAll(documents),
      }
    })
  },
}

const MOST_WORDS = 300

/** Problems that quote a damaged file stay short enough to read. */
export function inFewWords(context: ReadContext): ReadContext {
  const short = (text: string) => (text.length > MOST_WORDS ? `${text.slice(0, MOST_WORDS)}…` : text)
  return { ...context, problem: ({ place, reason, ...rest }) => context.problem({ ...rest, place: short(place), reason: short(reason) }) }
}

async function* allImages(images: CocoImages, annotations: CocoAnnotations): AsyncGenerator<DatasetImage> {
  yield* images.images(annotations)
  annotations.tellKinds()
}

/**
 * Walks the files; one that can't be read is a problem where others can.
 * @throws AppError invalid-dataset where none can be read
 */
export async function openDocuments(files: DatasetFiles, paths: readonly string[], context: ReadContext): Promise<readonly CocoDocument[]> {
  const documents: CocoDocument[] = []
  let failure: AppError | null = null
  return closingOnError(documents, async () => {
    for (const path of paths) {
      try {
        documents.push(await CocoDocument.open(files, path, context))
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'cancelled') throw error
        failure ??= error
        context.problem({ file: path, place: '', reason: error.message, objects: 0 })
      }
    }
    if (documents.length > 0) return documents
    throw failure ?? new AppError('invalid-dataset', `${files.root} holds no JSON file of this kind. Name the file itself.`)
  })
}

/** `make`, or its error once the files are closed. */
export async function closingOnError<T>(documents: readonly CocoDocument[], make: () => Promise<T>): Promise<T> {
  try {
    return await make()
  } catch (error) {
    await closeAll(documents)
    throw error
  }
}

export async function closeAll(documents: readonly CocoDocument[]): Promise<void> {
  for (const document of documents) await document.close()
}

/** What the first file says about the dataset as a whole, and ids that are free. */
export function datasetSource(documents: readonly CocoDocument[]): Dataset['source'] {
  const [first] = documents
  const members = [...(first?.members ?? [])].map(([key, place]) => [key, first!.value(place)] as const)
  const image = Math.max(0, ...documents.map(({ largest }) => largest.image))
  const annotation = Math.max(0, ...documents.map(({ largest }) => largest.annotation))
  return { format: 'coco', members: Object.fromEntries(members.filter(([, value]) => !(value instanceof Error))), largest: { image, annotation } }
}

/** Files in the folder that another of COCO's formats reads. */
async function tellOtherFiles(files: DatasetFiles, context: ReadContext): Promise<void> {
  if (files.named !== null) return
  for (const path of await cocoFiles(files, 'panoptic')) {
    context.problem({ file: path, place: '', reason: 'holds panoptic segments: import the folder as coco-panoptic to read it', objects: 0 })
  }
}
