/** Pascal VOC 2012: a folder with one XML file an image, indexed PNG masks, lists and the images. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import type { Annotation } from '../../../shared/model.ts'
import { rasterizePolygon } from '../../../shared/rasterize.ts'
import type { Runs } from '../../../shared/rle.ts'
import { runsArea } from '../../../shared/rleMath.ts'
import { rleToRuns } from '../../../shared/rleString.ts'
import { writeFolderAtomically } from '../atomicFile.ts'
import { encodeIndexedPng } from '../indexedPng.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource } from '../source.ts'
import { finishOf, Tally } from '../tally.ts'
import { UniqueStems } from '../uniqueStems.ts'
import { IMAGES_OPTION, placeImage } from '../placeImage.ts'
import type { ImageFiles } from '../placeImage.ts'
import { VocLists } from './lists.ts'
import { vocXml } from './xml.ts'

type VocOptions = Readonly<{ images?: ImageFiles }>

const FOLDERS = ['Annotations', 'ImageSets/Main', 'ImageSets/Segmentation', 'JPEGImages', 'SegmentationClass', 'SegmentationObject']
const OWN_NAMES = ['Annotations', 'ImageSets', 'JPEGImages', 'SegmentationClass', 'SegmentationObject', 'labelmap.txt']
/** Numbers of classes and objects in the PNG files: 0 is background, 255 is left for "ignore". */
const MAX_NUMBER = 254

export const vocWriter: ExportFormat<VocOptions> = {
  id: 'voc',
  name: 'Pascal VOC',
  output: 'folder',
  options: [IMAGES_OPTION],
  holds: () => ({ objects: 'each', boxes: 1, masks: 'visible' }),
  async write(source: ExportSource, out: string, options: VocOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    if (source.labels.length > MAX_NUMBER) {
      const message = `Pascal VOC holds ${MAX_NUMBER} classes, but the project has ${source.labels.length} labels. Export COCO instead.`
      throw new AppError('invalid-argument', message)
    }
    const tally = new Tally(source)
    await writeFolderAtomically(out, OWN_NAMES, (folder) => fillFolder(folder, source, options, tally, job), finishOf(job, tally, out))
    return tally.report(resolve(out))
  },
}

async function fillFolder(folder: string, source: ExportSource, options: VocOptions, tally: Tally, job: ExportJob): Promise<void> {
  for (const name of FOLDERS) await mkdir(join(folder, name), { recursive: true })
  const stems = new UniqueStems()
  const lists = new VocLists(source.labels)
  const numbers = new Map(source.labels.map((label, index) => [label.id as number, index + 1]))
  for await (const item of source.images()) {
    throwIfAborted(job.signal)
    if (!tally.takes(item)) continue
    const stem = stems.stemOf(item.image.path)
    const filename = await placeImage(item, stem, join(folder, 'JPEGImages'), options.images ?? 'copy', tally)
    const annotations = tally.annotationsOf(item)
    const masks = masksOf(annotations, item, tally)
    if (masks.size > 0) await writeMasks(folder, stem, item, masks, numbers)
    await writeFile(join(folder, 'Annotations', `${stem}.xml`), xmlOf(filename, item, annotations, masks, tally))
    lists.add(stem, annotations, masks.size > 0)
    for (const annotation of annotations) tally.count(annotation)
    tally.wrote(item.image, filename)
    job.onImage?.(tally.images)
  }
  await lists.write(folder)
}

/** The masks of an image in order of z; none, with words, where there are more objects than numbers. */
function masksOf(annotations: readonly Annotation[], { image }: ExportImage, tally: Tally): ReadonlyMap<Annotation, Runs> {
  const masks = new Map<Annotation, Runs>()
  for (const annotation of annotations) {
    const runs = annotation.polygon ? rasterizePolygon(annotation.polygon, image) : annotation.mask && rleToRuns(annotation.mask)
    if (runs && runsArea(runs) > 0) masks.set(annotation, runs)
  }
  if (masks.size <= MAX_NUMBER) return masks
  tally.skip(image.path, `${masks.size} objects have masks, but a VOC mask file holds ${MAX_NUMBER}; only their boxes were written`, 0)
  return new Map()
}

/** Objects are numbered as in the XML file; what lies higher covers what lies lower. */
async function writeMasks(
  folder: string,
  stem: string,
  { image }: ExportImage,
  masks: ReadonlyMap<Annotation, Runs>,
  numbers: ReadonlyMap<number, number>,
): Promise<void> {
  const classes = new Uint8Array(image.width * image.height)
  const objects = new Uint8Array(image.width * image.height)
  let object = 0
  for (const [annotation, runs] of masks) {
    object++
    paint(classes, runs, numbers.get(annotation.labelId)!)
    paint(objects, runs, object)
  }
  await writeFile(join(folder, 'SegmentationClass', `${stem}.png`), encodeIndexedPng(classes, image))
  await writeFile(join(folder, 'SegmentationObject', `${stem}.png`), encodeIndexedPng(objects, image))
}

/** Sets the foreground of column-major runs in row-major pixels. */
function paint(pixels: Uint8Array, { width, height, counts }: Runs, value: number): void {
  for (let i = 1, at = counts[0]!; i < counts.length; i += 2) {
    for (const end = at + counts[i]!; at < end; at++) pixels[(at % height) * width + Math.floor(at / height)] = value
    at += counts[i + 1] ?? 0
  }
}

/** Objects with masks come first, so that the k-th object of the file is number k in SegmentationObject. */
function xmlOf(
  filename: string,
  { image }: ExportImage,
  annotations: readonly Annotation[],
  masks: ReadonlyMap<Annotation, Runs>,
  tally: Tally,
): string {
  const ordered = [...masks.keys(), ...annotations.filter((annotation) => !masks.has(annotation))]
  const objects = ordered.map((annotation) => ({ name: tally.labelOf(annotation).name, annotation, box: annotation.box }))
  return vocXml({ folder: 'JPEGImages', filename, size: image, segmented: masks.size > 0, objects })
}
