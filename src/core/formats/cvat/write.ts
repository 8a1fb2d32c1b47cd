/** CVAT for images XML 1.1: a file, or a folder with annotations.xml and the pictures in images/, as CVAT exports it. */
import { mkdir } from 'node:fs/promises'
import { dirname, extname, join, posix } from 'node:path'
import { writeFileAtomically, writeFolderAtomically } from '../common/files/atomicFile.ts'
import type { TextSink } from '../common/files/atomicFile.ts'
import { UniquePaths, withoutEnding } from '../common/files/datasetPath.ts'
import { ImageIds } from '../common/imageIds.ts'
import type { SourceValues } from '../kept.ts'
import { nameOf, nameToPlace } from '../common/files/layoutName.ts'
import { IMAGES_OPTION, placeImage } from '../common/files/placeImage.ts'
import type { ImageFiles } from '../common/files/placeImage.ts'
import { ALL_BUT_STATE } from '../source.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource } from '../source.ts'
import { Tally } from '../common/tally.ts'
import { xmlElement } from '../common/xml/writeXml.ts'
import { LabelSpecs, fields } from './labelSpecs.ts'
import { ANNOTATIONS_FILE, ID, IMAGES_FOLDER, OWN_ATTRIBUTE } from './names.ts'
import type { KeptElement } from './names.ts'
import { keptXml, shapesOf } from './writeShapes.ts'

type CvatOptions = Readonly<{ images?: ImageFiles; imageIds?: 'source' | 'sequential' }>

export const cvatWriter: ExportFormat<CvatOptions> = {
  id: ID,
  name: 'CVAT for images XML 1.1',
  output: 'either',
  options: [
    IMAGES_OPTION,
    {
      id: 'imageIds',
      help: 'Those of the imported file where there are any, or 0, 1, 2, ...',
      choices: ['source', 'sequential'],
      default: 'source',
    },
  ],
  holds: () => ({ objects: 'each', boxes: 0, masks: 'exact', values: ALL_BUT_STATE }),
  async write(source: ExportSource, out: string, options: CvatOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    const tally = new Tally(source, job)
    const finish = tally.finish(out)
    const fill = (folder: string | null) => (sink: TextSink) => writeDocument(sink, source, options, folder, tally)
    if (extname(out).toLowerCase() === '.xml') await writeFileAtomically(out, fill(null), finish)
    else
      await writeFolderAtomically(
        out,
        [ANNOTATIONS_FILE, IMAGES_FOLDER],
        (folder) => writeFileAtomically(join(folder, ANNOTATIONS_FILE), fill(folder)),
        finish,
      )
    return tally.report(out)
  },
}

/** The head is written last, because it names the attributes that objects have. `folder`: where pictures go; null: nowhere. */
async function writeDocument(
  sink: TextSink,
  source: ExportSource,
  options: CvatOptions,
  folder: string | null,
  tally: Tally,
): Promise<void> {
  const specs = new LabelSpecs(source.labels)
  const paths = new UniquePaths()
  const ids = new ImageIds(0)
  for await (const item of tally.imagesToWrite()) {
    const how = options.images ?? 'copy'
    const path =
      folder === null || how === 'none'
        ? paths.take(nameOf(item), null, item.image.path)
        : await putPicture(item, paths.take(nameToPlace(item), item.split ?? null), folder, how, tally)
    await sink.tail.write(
      imageXml(item, path, ids.take(options.imageIds === 'sequential' ? null : keptOf(item)?.['id']), specs, tally),
    )
    tally.wrote(item.image, path)
  }
  await sink.write(headXml(source, specs, tally))
  await sink.tail.write('\n</annotations>\n')
}

/** Returns the name of the picture within images/, or within the folder of its part. */
async function putPicture(item: ExportImage, path: string, folder: string, how: ImageFiles, tally: Tally): Promise<string> {
  const place = posix.join(IMAGES_FOLDER, item.split ?? '')
  await mkdir(dirname(join(folder, place, path)), { recursive: true })
  return placeImage(item, withoutEnding(path), join(folder, place), how, tally)
}

function keptOf({ source }: ExportImage): SourceValues | null {
  return source?.['format'] === ID ? source : null
}

function imageXml(item: ExportImage, path: string, id: number, specs: LabelSpecs, tally: Tally): string {
  const { width, height } = item.image
  const kept = keptOf(item)
  const left = (kept?.['shapes'] ?? []) as KeptElement[]
  const attributes = {
    id,
    name: path,
    ...(item.split && { subset: item.split }),
    ...(kept?.['attributes'] as Record<string, string> | undefined),
    width,
    height,
    ...(left.length > 0 && { [OWN_ATTRIBUTE]: JSON.stringify({ left: true }) }),
  }
  return xmlElement('image', attributes, shapesOf(item, specs, tally) + left.map((one) => keptXml(one)).join(''), '  ')
}

/** A project with a task for each part of the split; without a split a task. */
function headXml({ labels, splits = [], source }: ExportSource, specs: LabelSpecs, { images }: Tally): string {
  const name = source?.['format'] === ID && typeof source['name'] === 'string' ? source['name'] : 'Marquee'
  const inner = (indent: string, subset?: string) => {
    const range = {
      mode: 'annotation',
      overlap: 0,
      start_frame: 0,
      stop_frame: Math.max(0, images - 1),
      frame_filter: '',
      z_order: 'True',
    }
    return fields({ name: subset ?? name, ...(subset === undefined ? { size: images } : { subset }), ...range }, indent)
  }
  const list = labels.length > 0 || splits.length === 0 ? specs.xml('      ') : ''
  const task = `${inner('      ')}${list}`
  const tasks = splits.map((split) => xmlElement('task', {}, inner('          ', split), '        ')).join('')
  const project = `${fields({ name, subsets: splits.join('\n') }, '      ')}${xmlElement('tasks', {}, tasks, '      ')}${list}`
  const owner = splits.length > 0 ? xmlElement('project', {}, project, '    ') : xmlElement('task', {}, task, '    ')
  const head = xmlElement('version', {}, '1.1', '  ') + xmlElement('meta', {}, owner, '  ')
  return `<?xml version="1.0" encoding="utf-8"?>\n<annotations>${head}`
}
