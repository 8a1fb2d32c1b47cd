/**
 * COCO results: a list of what a model found, [{ image_id, category_id, bbox or segmentation, score }]. They come in as proposals.
 * Ids are those of a file with images and categories beside it, else of an earlier import, else names of images.
 */
import { basename } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { CocoAnnotations } from '../coco/annotations.ts'
import { CocoDocument, idKey } from '../coco/document.ts'
import type { CocoId } from '../coco/document.ts'
import { CocoImages } from '../coco/images.ts'
import type { ImagePart } from '../coco/images.ts'
import { CocoLabels } from '../coco/labels.ts'
import { closeAll, closingOnError, inFewWords, openDocuments } from '../coco/read.ts'
import { cocoFiles, cocoKind, firstOfKind } from '../coco/recognize.ts'
import type { Dataset, DatasetImage, ImportFormat, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'

/** Digits in the file names of COCO's own images. */
const NAME_DIGITS = 12

export const cocoResultsReader: ImportFormat = {
  id: 'coco-results',
  name: 'COCO results',
  options: [],
  async detect(files: DatasetFiles): Promise<string | null> {
    const path = await firstOfKind(files, 'results')
    return path && `${path} is a list of objects with image_id and category_id`
  },
  async open(files: DatasetFiles, given: ReadContext): Promise<Dataset> {
    const context = inFewWords(given)
    const documents = [...(await openDocuments(files, await cocoFiles(files, 'results'), context))]
    const results = [...documents]
    return closingOnError(documents, async () => {
      const companions = await openCompanions(files, results, documents, context)
      const labels = new CocoLabels(context)
      const images = await CocoImages.of(files, context)
      for (const companion of companions) labels.declare(companion)
      for (const companion of companions) for (const result of results) labels.lend(companion, result)
      await resolveImages(images, results, companions, context)
      const annotations = new CocoAnnotations('coco-results', 'proposed', labels, context)
      return {
        labels: labels.list(),
        source: null,
        images: () => resultImages(images, results, annotations),
        close: () => closeAll(documents),
      }
    })
  },
}

/** Files with images and categories, those that know the most images of the results first. */
async function openCompanions(
  files: DatasetFiles,
  results: readonly CocoDocument[],
  opened: CocoDocument[],
  context: ReadContext,
): Promise<readonly CocoDocument[]> {
  // What a companion says about objects is not part of this dataset.
  const quiet: ReadContext = { ...context, seen: () => undefined, problem: (problem) => context.problem({ ...problem, objects: 0 }) }
  const companions: CocoDocument[] = []
  for (const path of await companionPaths(files)) {
    const companion = await CocoDocument.open(files, path, quiet).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code === 'cancelled') throw error
      context.problem({ file: path, place: '', reason: error.message, objects: 0 })
    })
    if (!companion) continue
    opened.push(companion)
    companions.push(companion)
  }
  const wanted = new Set(results.flatMap((result) => [...result.imageIds()]))
  const coverage = new Map(companions.map((one) => [one, one.images.filter(({ id }) => id !== null && wanted.has(idKey(id))).length]))
  return companions.sort((a, b) => coverage.get(b)! - coverage.get(a)!)
}

async function companionPaths(files: DatasetFiles): Promise<readonly string[]> {
  if (files.named === null) return cocoFiles(files, 'instances')
  const paths: string[] = []
  for (const path of await files.atTop('.json')) {
    if (path !== files.named && (await cocoKind(files, path)) === 'instances') paths.push(path)
  }
  return paths
}

/** @throws AppError invalid-dataset where not one image is known */
async function resolveImages(images: CocoImages, results: readonly CocoDocument[], companions: readonly CocoDocument[], context: ReadContext): Promise<void> {
  const wanted = new Set(results.flatMap((result) => [...result.imageIds()]))
  const resolved = new Set<CocoId>()
  for (const companion of companions) {
    const isListOnly = companion.annotations === 0
    const ids = images.add(companion, (id) => id !== null && !resolved.has(id) && (isListOnly || wanted.has(id)))
    for (const id of ids) resolved.add(id)
  }
  for (const result of results) {
    const own = new Set(resolved)
    for (const id of result.imageIds()) if (!own.has(id) && (await addByName(images, result, id, context))) own.add(id)
    images.addOrphans(result, own)
  }
  if (images.count > 0 || wanted.size === 0) return
  const { path } = results[0]!
  const advice = 'Put the instances or image_info file it belongs to beside it, or import it into the project that file was imported into.'
  throw new AppError('invalid-dataset', `${path} names images only by ids, and none of them is known. ${advice}`, { path })
}

/** Some tools write the name of the image for its id, or its number where the name is one. */
async function addByName(images: CocoImages, document: CocoDocument, id: CocoId, context: ReadContext): Promise<boolean> {
  if (context.known?.image('coco', id)) return false
  for (const name of [String(id), String(id).padStart(NAME_DIGITS, '0')]) {
    const found = await context.find(name)
    if (!found) continue
    images.addPart(basename(found.file), { document, id, place: null }, found.size)
    return true
  }
  return false
}

async function* resultImages(images: CocoImages, results: readonly CocoDocument[], annotations: CocoAnnotations): AsyncGenerator<DatasetImage> {
  const ofResults = ({ document, id }: ImagePart) => (results.includes(document) ? [{ document, id, place: null }] : results.map((result) => ({ document: result, id, place: null })))
  yield* images.images({
    objectsOf: (parts, size) => annotations.objectsOf(parts.flatMap(ofResults), size),
    countOf: (parts) => annotations.countOf(parts.flatMap(ofResults)),
  })
  annotations.tellKinds()
}
