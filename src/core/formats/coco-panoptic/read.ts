/** COCO panoptic: a JSON file that lists the segments of each image, and a PNG for each image that shows them. */
import { basename, dirname, join, parse } from 'node:path/posix'
import { AppError } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'
import type { Runs } from '../../../shared/rle.ts'
import { runsToRle } from '../../../shared/rleString.ts'
import type { CocoDocument, CocoRecord } from '../coco/document.ts'
import { imagePaths } from '../coco/imagePath.ts'
import { CocoImages, countRecords } from '../coco/images.ts'
import type { ImagePart, ObjectMaker } from '../coco/images.ts'
import { CocoLabels, isId } from '../coco/labels.ts'
import { cocoObject } from '../coco/object.ts'
import { closeAll, closingOnError, datasetSource, inFewWords, openDocuments } from '../coco/read.ts'
import { cocoFiles, firstOfKind } from '../coco/recognize.ts'
import type { Dataset, DatasetObject, ImportFormat, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { keep } from '../kept.ts'
import { readMaskPng } from '../common/pixels/maskPng.ts'
import { segmentsOf } from './segments.ts'

export const cocoPanopticReader: ImportFormat = {
  id: 'coco-panoptic',
  name: 'COCO panoptic',
  options: [],
  async detect(files: DatasetFiles): Promise<string | null> {
    const path = await firstOfKind(files, 'panoptic')
    return path && `${path} lists "segments_info"`
  },
  async open(files: DatasetFiles, given: ReadContext): Promise<Dataset> {
    const context = inFewWords(given)
    // An object is a segment; a record of several that can't be read at all counts as one.
    const byRecord: ReadContext = {
      ...context,
      seen: () => undefined,
      problem: (problem) => {
        context.seen(problem.objects)
        context.problem(problem)
      },
    }
    const documents = await openDocuments(files, await cocoFiles(files, 'panoptic'), byRecord)
    return closingOnError(documents, async () => {
      const labels = new CocoLabels(context)
      const images = await CocoImages.of(files, byRecord)
      for (const document of documents) labels.declare(document)
      for (const document of documents) images.addOrphans(document, images.add(document))
      const segments = new PanopticSegments(files, labels, context, byRecord)
      return {
        labels: labels.list(),
        source: datasetSource(documents),
        images: () => images.images(segments),
        close: () => closeAll(documents),
      }
    })
  },
}

class PanopticSegments implements ObjectMaker {
  private readonly files: DatasetFiles
  private readonly labels: CocoLabels
  private readonly context: ReadContext
  private readonly byRecord: ReadContext

  constructor(files: DatasetFiles, labels: CocoLabels, context: ReadContext, byRecord: ReadContext) {
    this.files = files
    this.labels = labels
    this.context = context
    this.byRecord = byRecord
  }

  async objectsOf(parts: readonly ImagePart[], size: Size): Promise<readonly DatasetObject[]> {
    const objects: DatasetObject[] = []
    for (const { document, id } of parts) {
      if (id === null) continue
      for (const record of document.annotationsOf(id, this.byRecord)) objects.push(...(await this.ofRecord(document, record, size, objects.length)))
    }
    return objects
  }

  /** A list of segments that is never looked into counts as one. */
  countOf(parts: readonly ImagePart[]): number {
    return countRecords(parts)
  }

  private async ofRecord(document: CocoDocument, record: CocoRecord, size: Size, before: number): Promise<readonly DatasetObject[]> {
    const infos = record['segments_info']
    const place = `image_id ${String(record['image_id'])}`
    if (!Array.isArray(infos)) {
      this.byRecord.problem({ file: document.path, place, reason: 'has no list of segments', objects: 1 })
      return []
    }
    this.context.seen(infos.length)
    const segments = await this.segments(document, record, size)
    if (typeof segments === 'string') {
      this.context.problem({ file: document.path, place, reason: segments, objects: infos.length })
      return []
    }
    const left = new Map(segments)
    left.delete(0)
    const objects: DatasetObject[] = []
    for (const info of infos as unknown[]) {
      const made = this.ofInfo(document, info, left, size, before + objects.length)
      if (typeof made !== 'string') objects.push(made)
      else this.context.problem({ file: document.path, place: `${place}, segment ${String((info as CocoRecord | null)?.['id'])}`, reason: made, objects: 1 })
    }
    if (left.size > 0) {
      const numbers = [...left.keys()].slice(0, 5).join(', ')
      this.context.problem({ file: document.path, place, reason: `its PNG shows ${left.size} segments that are not listed (${numbers})`, objects: 0 })
    }
    return objects
  }

  /** The object of a segment, which is taken out of those left; or in words why there is none. */
  private ofInfo(document: CocoDocument, info: unknown, left: Map<number, Runs>, size: Size, order: number): DatasetObject | string {
    if (typeof info !== 'object' || info === null || Array.isArray(info)) return 'is not an object'
    const record = info as CocoRecord
    const { id, category_id: category } = record
    const runs = typeof id === 'number' ? left.get(id) : undefined
    if (!runs) return 'has no pixel of its own in the PNG'
    left.delete(id as number)
    if (!isId(category)) return 'has no category_id'
    const mask = runsToRle(runs)
    const at = { label: this.labels.nameOf(document, category), size, place: `segment ${String(id)} of ${document.path}`, state: 'accepted', order } as const
    const made = cocoObject({ ...record, segmentation: mask }, at)
    return typeof made === 'string' ? made : { ...made.object, source: keep('coco-panoptic', made.values, made.object) }
  }

  private async segments(document: CocoDocument, record: CocoRecord, size: Size): Promise<ReadonlyMap<number, Runs> | string> {
    const name = record['file_name']
    const path = typeof name === 'string' ? await this.locate(document.path, name) : null
    if (path === null) return `its PNG ${typeof name === 'string' ? `"${name}" ` : ''}was not found in ${parse(document.path).name}/ or beside the JSON file`
    try {
      const png = readMaskPng(await this.files.readBytes(path), path)
      if (png.width === size.width && png.height === size.height) return segmentsOf(png)
      return `its PNG ${path} is ${png.width} x ${png.height} pixels, the image ${size.width} x ${size.height}`
    } catch (error) {
      if (error instanceof AppError) return error.message
      throw error
    }
  }

  /** The PNG lies in a folder that is called like the JSON file, or beside it. */
  private async locate(json: string, name: string): Promise<string | null> {
    const [folder, stem] = [dirname(json), basename(json, '.json')]
    for (const path of imagePaths(name)) {
      for (const place of [join(folder, stem), folder, join(dirname(folder), stem)]) {
        const whole = join(place, path)
        if (await this.files.has(whole)) return whole
      }
    }
    return null
  }
}
