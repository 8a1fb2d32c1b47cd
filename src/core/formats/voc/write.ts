/** Pascal VOC 2012: a folder with one XML file an image, indexed PNG masks, lists and the images. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { AppError } from '../../../shared/errors.ts'
import type { Annotation } from '../../../shared/model.ts'
import type { Runs } from '../../../shared/rle.ts'
import { runsArea } from '../../../shared/rleMath.ts'
import { writeFolderAtomically } from '../common/files/atomicFile.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource, FormatOption } from '../source.ts'
import { Tally } from '../common/tally.ts'
import { UniqueStems } from '../common/files/uniqueStems.ts'
import { nameToPlace } from '../common/files/layoutName.ts'
import { IMAGES_OPTION, placeImage } from '../common/files/placeImage.ts'
import type { ImageFiles } from '../common/files/placeImage.ts'
import { VocLists } from './lists.ts'
import { MAX_NUMBER, maskedObjects, writeMasks } from './masks.ts'
import type { Masked } from './masks.ts'
import { isWritable, vocXml } from './xml.ts'

type VocOptions = Readonly<{ images?: ImageFiles; masks?: 'png' | 'none'; void?: '0' | '5' }>

const MASKS_OPTION: FormatOption = {
  id: 'masks',
  help: 'Masks as SegmentationClass and SegmentationObject, or boxes and drawn polygons only.',
  choices: ['png', 'none'],
  default: 'png',
}
const VOID_OPTION: FormatOption = {
  id: 'void',
  help: 'Width in pixels of a border around masks that belongs to nobody (255), as VOC itself has it.',
  choices: ['0', '5'],
  default: '0',
}
const FOLDERS = [
  'Annotations',
  'ImageSets/Main',
  'ImageSets/Segmentation',
  'JPEGImages',
  'SegmentationClass',
  'SegmentationObject',
]
const OWN_NAMES = ['Annotations', 'ImageSets', 'JPEGImages', 'SegmentationClass', 'SegmentationObject', 'labelmap.txt']
const COLOUR_CHANNELS = 3

export const vocWriter: ExportFormat<VocOptions> = {
  id: 'voc',
  name: 'Pascal VOC',
  output: 'folder',
  options: [IMAGES_OPTION, MASKS_OPTION, VOID_OPTION],
  holds: (options) => ({
    objects: 'each',
    boxes: 1,
    masks: options.void === '5' || options.masks === 'none' ? null : 'visible',
    values: ['score', 'difficult', 'truncated', 'occluded', 'attributes'],
  }),
  readOptions: () => ({ base: '1' }),
  async write(source: ExportSource, out: string, options: VocOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    requireNames(source)
    const tally = new Tally(source, job)
    await writeFolderAtomically(out, OWN_NAMES, (folder) => fillFolder(folder, source, options, tally), tally.finish(out))
    return tally.report(out)
  },
}

function requireNames({ labels }: ExportSource): void {
  if (labels.length > MAX_NUMBER) {
    const message = `Pascal VOC holds ${MAX_NUMBER} classes, but the project has ${labels.length} labels. Export COCO instead.`
    throw new AppError('invalid-argument', message)
  }
  const odd = labels.find(({ name }) => !isWritable(name))
  if (odd)
    throw new AppError(
      'invalid-argument',
      `The label ${JSON.stringify(odd.name)} holds characters that XML can't hold. Rename it, or export COCO instead.`,
    )
}

async function fillFolder(folder: string, source: ExportSource, options: VocOptions, tally: Tally): Promise<void> {
  for (const name of FOLDERS) await mkdir(join(folder, name), { recursive: true })
  const stems = new UniqueStems()
  const lists = new VocLists(source.labels, source.splits ?? [])
  const numbers = new Map(source.labels.map((label, index) => [label.id as number, index + 1]))
  for await (const item of tally.imagesToWrite()) {
    const stem = stems.stemOf(nameToPlace(item))
    const filename = await placeImage(item, stem, join(folder, 'JPEGImages'), options.images ?? 'copy', tally)
    const annotations = tally.annotationsOf(item)
    const masked =
      options.masks === 'none' ? { objects: annotations, masks: new Map<Annotation, Runs>() } : maskedObjects(annotations, item)
    const { size } = masked.masks
    const left = size > 0 ? await writeMasks(folder, stem, item.image, masked, { numbers, hasVoid: options.void === '5' }) : []
    await writeFile(join(folder, 'Annotations', `${stem}.xml`), await xmlOf(filename, item, masked, left, tally))
    noteLosses(item, masked, left, options, tally)
    lists.add(stem, item.split ?? null, annotations, size > 0)
    if (source.splits?.length && !item.split)
      tally.note(item.image.path, 'belongs to no part of the split and is in no list of ImageSets')
    for (const annotation of annotations) tally.count(annotation)
    tally.wrote(item.image, filename)
  }
  await lists.write(folder)
  for (const { name } of source.labels) {
    if (/[:\r\n]/.test(name))
      tally.note(
        'labelmap.txt',
        `"${name}" is written percent-encoded; CVAT and datumaro do not know it from Annotations then. Rename the label for them`,
      )
  }
}

/** The k-th object of the file is number k in SegmentationObject; where not all have pixels there, they say which number. */
async function xmlOf(
  filename: string,
  { image, file, source }: ExportImage,
  { objects, masks }: Masked,
  left: readonly number[],
  tally: Tally,
): Promise<string> {
  const tellsOrder = objects.every((_, index) => left[index + 1]! > 0)
  const listed = objects.map((annotation, index) => ({
    name: tally.labelOf(annotation).name,
    annotation,
    segment: tellsOrder || !masks.has(annotation) ? null : index + 1,
  }))
  const depth = await channelsOf(file)
  return vocXml({ filename, size: image, depth, segmented: masks.size > 0, objects: listed, source: source ?? null })
}

/** Of the picture; 3 where it can't be read. */
async function channelsOf(file: string): Promise<number> {
  const header = await sharp(file, { limitInputPixels: false })
    .metadata()
    .catch(() => null)
  return header?.channels ?? COLOUR_CHANNELS
}

/** What Pascal VOC has no place for, in words. */
function noteLosses(
  { image }: ExportImage,
  { objects: annotations, masks }: Masked,
  left: readonly number[],
  options: VocOptions,
  tally: Tally,
): void {
  const note = (count: number, what: string) => count > 0 && tally.note(image.path, `${count} ${what}`)
  const isCovered = (annotation: Annotation, index: number) =>
    masks.has(annotation) && left[index + 1]! < runsArea(masks.get(annotation)!)
  const covered = annotations.filter(isCovered).length
  const why = options.void === '5' ? 'other masks or the void border' : 'objects above them'
  note(covered, `masks are written without the pixels that lie under ${why}`)
  if (options.masks === 'none')
    note(annotations.filter(({ mask, polygon }) => mask && !polygon).length, 'masks were left out, as asked for')
}
