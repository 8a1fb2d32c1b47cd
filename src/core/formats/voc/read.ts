/**
 * Pascal VOC (VOC2012 development kit, section "annotation"): XML files with boxes, masks as PNG files, lists of images.
 * Also what datumaro, CVAT, labelImg, labelme, Roboflow and supervision make of it.
 */
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'
import { runsBox } from '../../../shared/rleMath.ts'
import { runsToRle } from '../../../shared/rleString.ts'
import { UNMARKED } from '../../../shared/model.ts'
import type { Dataset, DatasetImage, DatasetLabel, DatasetObject, ImportFormat, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { frameOf, upright } from '../common/upright.ts'
import { keep } from '../kept.ts'
import { readAnnotation } from './annotation.ts'
import { BASE_OPTION, surveyOf } from './base.ts'
import type { Base, Survey } from './base.ts'
import { classesOf } from './classes.ts'
import type { VocClasses } from './classes.ts'
import { readImageSets } from './imageSets.ts'
import type { ImageSets } from './imageSets.ts'
import { groupsOf } from './layout.ts'
import type { VocEntry, VocGroup } from './layout.ts'
import type { VocObject } from './objects.ts'
import { pictureOf } from './picture.ts'
import { pairUp, readSegmentation } from './segments.ts'
import type { Segment, Segmentation } from './segments.ts'

/** How much of a file is looked at to recognise it, and how many files. */
const HEAD_BYTES = 2 ** 16
const MOST_LOOKED_AT = 20

export const vocReader: ImportFormat = {
  id: 'voc',
  name: 'Pascal VOC',
  options: [BASE_OPTION],
  detect,
  async open(files: DatasetFiles, context: ReadContext): Promise<Dataset> {
    const groups = groupsOf(await files.list())
    if (groups.length === 0)
      throw new AppError(
        'invalid-dataset',
        `${files.root} has no Pascal VOC annotations: neither Annotations/*.xml nor SegmentationClass nor ImageSets.`,
      )
    const xmls = groups.flatMap(({ entries }) => [...entries.values()].flatMap(({ xml }) => xml ?? []))
    context.setAside?.(
      groups.flatMap(({ entries }) =>
        [...entries.values()].flatMap(({ classPng, objectPng }) => [classPng, objectPng].filter((path) => path !== null)),
      ),
    )
    const survey = await surveyOf(files, xmls, context)
    const parts: Part[] = []
    for (const group of groups) parts.push(await openGroup(files, group, survey, context))
    const labels = new Map(
      parts.flatMap(({ classes }) => classes.labels.map((label): [string, DatasetLabel] => [label.name, label])).reverse(),
    )
    return { labels: [...labels.values()].reverse(), source: null, images: () => readImages(files, parts, context) }
  },
}

async function detect(files: DatasetFiles): Promise<string | null> {
  for (const group of groupsOf(await files.list())) {
    const entries = [...group.entries.values()]
    const mask = entries.find(({ classPng, objectPng }) => classPng ?? objectPng)
    if (mask) return `${mask.classPng ?? mask.objectPng} is a mask of Pascal VOC`
    for (const { xml } of entries.filter((entry) => entry.xml).slice(0, MOST_LOOKED_AT)) {
      const text = (await files.readHead(xml!, HEAD_BYTES)).toString('latin1')
      if (/<annotation[\s>]/.test(text) && /<bndbox>|<segmented>|<size>/.test(text)) return `${xml} has the root <annotation>`
    }
    if (group.lists.some((path) => /(^|\/)ImageSets\/(Main|Segmentation|Layout|Action)\//.test(path)))
      return `${group.lists[0]} is a list of Pascal VOC`
  }
  return null
}

interface Part {
  readonly group: VocGroup
  readonly sets: ImageSets
  readonly classes: VocClasses
  readonly base: Base
}

async function openGroup(files: DatasetFiles, group: VocGroup, { base, names }: Survey, context: ReadContext): Promise<Part> {
  const sets = await readImageSets(files, group)
  const labelmap = group.labelmap === null ? null : { path: group.labelmap, text: await files.readText(group.labelmap) }
  const classes = classesOf(labelmap, sets.classes, names)
  for (const { line, reason } of classes.problems)
    context.problem({ file: group.labelmap!, place: `line ${line}`, reason, objects: 0 })
  return { group, sets, classes, base }
}

async function* readImages(files: DatasetFiles, parts: readonly Part[], context: ReadContext): AsyncIterable<DatasetImage> {
  for (const part of parts) {
    const { entries, lists } = part.group
    for (const stem of new Set([...entries.keys(), ...part.sets.stems])) {
      throwIfAborted(context.signal)
      if (/(^|\/)\.\.(\/|$)|^\/|\\|\0/.test(stem)) {
        context.problem({ file: lists[0]!, place: stem, reason: 'leads out of the dataset and was not read', objects: 0 })
        continue
      }
      const entry = entries.get(stem) ?? { stem, xml: null, picture: null, classPng: null, objectPng: null }
      const image = await readImage(files, entry, part, context)
      if (image) yield image
    }
  }
}

async function readImage(files: DatasetFiles, entry: VocEntry, part: Part, context: ReadContext): Promise<DatasetImage | null> {
  const annotation = entry.xml ? await readAnnotation(files, entry.xml, part.base, context) : null
  if (entry.xml && !annotation && !entry.picture && !entry.classPng && !entry.objectPng) return null
  const { found, ...picture } = await pictureOf(entry, annotation, part.group.prefix, context)
  const segmentation = await readSegmentation(files, entry, part.classes, context.problem)
  const frame = frameOf(found, annotation?.size ?? segmentation?.size)
  const file = entry.xml ?? entry.objectPng ?? entry.classPng ?? part.group.lists[0] ?? picture.path
  if (!frame) {
    const reason = `the picture ${picture.path} was not found, and its size is said nowhere. Point to the folder it is in`
    context.problem({ file, place: entry.xml ? '' : entry.stem, reason, objects: annotation?.objects.length ?? 0 })
    return null
  }
  const { size } = frame
  if (annotation?.size && !isSame(annotation.size, size)) {
    const [said, is] = [annotation.size, size].map(sizeText)
    const reason = `says the image has ${said} pixels, but the picture has ${is}; boxes may lie elsewhere`
    context.problem({ file, place: 'size', reason, objects: 0 })
  }
  const objects = objectsOf(annotation?.objects ?? [], segmentation, size, entry, context)
  const image = {
    ...picture,
    file: found?.file ?? null,
    size,
    split: part.sets.splitOf(entry.stem) ?? folderSplit(entry),
    source: annotation?.source ?? null,
    objects,
  }
  return upright(image, frame, (reason) => context.problem({ file, place: 'size', reason, objects: 0 }))
}

/** Roboflow's datasets are divided by folders: train/a.xml beside train/a.jpg. */
function folderSplit({ xml }: VocEntry): string | null {
  return /^(train|valid|validation|val|test)\/[^/]*$/i.exec(xml ?? '')?.[1] ?? null
}

const isSame = (a: Size, b: Size) => a.width === b.width && a.height === b.height
const sizeText = ({ width, height }: Size) => `${width} x ${height}`

function objectsOf(
  found: readonly VocObject[],
  segmentation: Segmentation | null,
  size: Size,
  entry: VocEntry,
  context: ReadContext,
): DatasetObject[] {
  if (!segmentation) return found.map((object) => withMask(object, undefined, entry))
  if (!isSame(segmentation.size, size)) {
    const { segments } = segmentation
    context.seen(segments.length)
    const [own, its] = [segmentation.size, size].map(sizeText)
    const reason = `the mask has ${own} pixels, but the image has ${its}: ${segments.length} masks were left out`
    context.problem({
      file: segments[0]?.file ?? entry.objectPng ?? entry.classPng!,
      place: '',
      reason,
      objects: segments.length,
    })
    return found.map((object) => withMask(object, undefined, entry))
  }
  const { masks, further, undivided } = pairUp(found, segmentation)
  for (const { file, place, label } of undivided) {
    const reason = `the pixels of "${label}" can't be divided among its objects without SegmentationObject; their boxes are there`
    context.problem({ file, place, reason, objects: 0 })
  }
  context.seen(further.length)
  const own = found.map((object) => withMask(object, masks.get(object), entry))
  return [...own, ...further.flatMap((segment, index) => maskObject(segment, found.length + index, context) ?? [])]
}

function withMask({ xml, ...object }: VocObject, segment: Segment | undefined, entry: VocEntry): DatasetObject {
  const geometry = { box: object.box, polygon: object.polygon, mask: segment && !object.polygon ? runsToRle(segment.runs) : null }
  return { ...object, ...geometry, place: `${entry.xml} ${object.place}`, source: keep('voc', xml.values, geometry) }
}

/** An object that has a mask and stands in no XML file. */
function maskObject({ file, place, runs, label }: Segment, z: number, context: ReadContext): DatasetObject | null {
  if (label === undefined) {
    const reason = 'stands for no class: labelmap.txt does not name it, and no object of the XML file lies there'
    context.problem({ file, place, reason, objects: 1 })
    return null
  }
  const shape = { box: runsBox(runs), mask: runsToRle(runs), polygon: null }
  return { ...UNMARKED, ...shape, label, place: `${file} ${place}`, frame: 0, state: 'accepted', score: null, z }
}
