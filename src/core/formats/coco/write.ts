/** COCO instances JSON (cocodataset.org, format-data), as pycocotools reads it. */
import { resolve } from 'node:path'
import { throwIfAborted } from '../../../shared/errors.ts'
import type { Annotation, Image, Label } from '../../../shared/model.ts'
import { writeFileAtomically } from '../atomicFile.ts'
import type { TextSink } from '../atomicFile.ts'
import { cocoGeometry } from './geometry.ts'
import type { MaskForm } from './geometry.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource, FormatOption } from '../source.ts'
import { finishOf, Tally } from '../tally.ts'

const OPTIONS: readonly FormatOption[] = [
  { id: 'masks', help: 'How masks are written; drawn polygons stay polygons in any case.', choices: ['auto', 'polygon', 'rle'], default: 'auto' },
  { id: 'categoryIds', help: '1..N in label order, or those of the imported file.', choices: ['sequential', 'source'], default: 'sequential' },
]

type CocoOptions = Readonly<{ masks?: MaskForm; categoryIds?: 'sequential' | 'source' }>

export const cocoWriter: ExportFormat<CocoOptions> = {
  id: 'coco',
  name: 'COCO JSON',
  output: 'file',
  options: OPTIONS,
  holds: () => ({ objects: 'each', boxes: 0, masks: 'exact' }),
  async write(source: ExportSource, out: string, options: CocoOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    const tally = new Tally(source)
    await writeFileAtomically(out, (sink) => writeDocument(sink, source, options, tally, job), finishOf(job, tally, out))
    return tally.report(resolve(out))
  },
}

async function writeDocument(sink: TextSink, source: ExportSource, options: CocoOptions, tally: Tally, job: ExportJob): Promise<void> {
  const categories = categoryIds(source.labels, options.categoryIds ?? 'sequential')
  const names = new Set<string>()
  let nextId = 1
  await sink.write(`${documentHead(source.labels, categories)},\n"images": [`)
  await sink.tail.write('\n],\n"annotations": [')
  for await (const item of source.images()) {
    throwIfAborted(job.signal)
    if (!tally.takes(item)) continue
    await sink.write(`${tally.images === 0 ? '' : ','}\n${JSON.stringify(imageRecord(item.image))}`)
    noteSharedName(item.image, names, tally)
    for (const record of annotationRecords(item, categories, options.masks ?? 'auto', tally)) {
      await sink.tail.write(`${nextId === 1 ? '' : ','}\n${JSON.stringify({ id: nextId++, ...record })}`)
    }
    tally.wrote(item.image, item.image.path)
    job.onImage?.(tally.images)
  }
  await sink.tail.write('\n]\n}\n')
}

/** Category id by label id. */
function categoryIds(labels: readonly Label[], how: 'sequential' | 'source'): ReadonlyMap<number, number> {
  if (how === 'sequential') return new Map(labels.map((label, index) => [label.id, index + 1]))
  const ids = new Map<number, number>()
  for (const label of labels) {
    const id = label.source?.['id']
    if (typeof id === 'number' && Number.isInteger(id) && ![...ids.values()].includes(id)) ids.set(label.id, id)
  }
  let next = 1 + Math.max(0, ...ids.values())
  for (const label of labels) if (!ids.has(label.id)) ids.set(label.id, next++)
  return ids
}

function documentHead(labels: readonly Label[], ids: ReadonlyMap<number, number>): string {
  const info = { description: 'Exported by Marquee', version: '1.0' }
  const categories = labels.map((label) => ({ id: ids.get(label.id)!, name: label.name, supercategory: supercategoryOf(label) }))
  const list = categories.map((category) => JSON.stringify(category)).join(',\n')
  return `{\n"info": ${JSON.stringify(info)},\n"licenses": [],\n"categories": [\n${list}\n]`
}

function supercategoryOf(label: Label): string {
  const given = label.source?.['supercategory']
  return typeof given === 'string' ? given : ''
}

function imageRecord({ id, path, width, height }: Image): object {
  return { id, file_name: path.replaceAll('\\', '/'), width, height }
}

/** Readers match images by file_name: two that share one (case aside) are worth a word. */
function noteSharedName({ path }: Image, names: Set<string>, tally: Tally): void {
  const key = path.normalize('NFC').toLowerCase()
  if (names.has(key)) tally.note(path, 'another image has the same file_name')
  names.add(key)
}

function* annotationRecords(item: ExportImage, categories: ReadonlyMap<number, number>, form: MaskForm, tally: Tally): Generator<object> {
  for (const annotation of tally.annotationsOf(item)) {
    tally.count(annotation)
    yield annotationRecord(annotation, item.image, categories.get(annotation.labelId)!, form, tally)
  }
}

function annotationRecord(annotation: Annotation, image: Image, categoryId: number, form: MaskForm, tally: Tally): object {
  const geometry = cocoGeometry(annotation, image, form)
  tally.holesBridged += geometry.bridged
  if (geometry.note) tally.note(image.path, geometry.note)
  return {
    image_id: annotation.imageId,
    category_id: categoryId,
    segmentation: geometry.segmentation,
    area: geometry.area,
    bbox: geometry.bbox,
    iscrowd: annotation.iscrowd ? 1 : 0,
    ...(annotation.score === null ? {} : { score: annotation.score }),
  }
}
