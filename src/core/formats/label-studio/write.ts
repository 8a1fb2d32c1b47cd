/** Label Studio: tasks.json to import, the labeling configuration for it, and the pictures for a local storage. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import type { Annotation } from '../../../shared/model.ts'
import { writeFileAtomically, writeFolderAtomically } from '../common/files/atomicFile.ts'
import type { TextSink } from '../common/files/atomicFile.ts'
import { UniquePaths, withoutEnding } from '../common/files/datasetPath.ts'
import { ImageIds } from '../common/imageIds.ts'
import { nameToPlace } from '../common/files/layoutName.ts'
import { IMAGES_OPTION, placeImage } from '../common/files/placeImage.ts'
import type { ImageFiles } from '../common/files/placeImage.ts'
import { ANNOTATION_VALUES } from '../source.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource } from '../source.ts'
import { Tally } from '../common/tally.ts'
import { Controls } from './controls.ts'
import { CONFIG_FILE, ID, IMAGES_FOLDER, OWN_KEY, OWN_MODEL, PATH_KEY, SPLIT_KEY, TASKS_FILE } from './names.ts'
import type { Values } from './names.ts'
import { resultsOf } from './writeRegions.ts'

type LabelStudioOptions = Readonly<{ images?: ImageFiles; addresses?: 'source' | 'local-files' }>

export const labelStudioWriter: ExportFormat<LabelStudioOptions> = {
  id: ID,
  name: 'Label Studio JSON',
  output: 'folder',
  options: [
    IMAGES_OPTION,
    {
      id: 'addresses',
      help: 'Of pictures: those of the imported tasks where there are any, or all in a local storage at the exported folder.',
      choices: ['source', 'local-files'],
      default: 'source',
    },
  ],
  holds: () => ({ objects: 'each', boxes: 0, masks: 'exact', values: ANNOTATION_VALUES }),
  async write(source: ExportSource, out: string, options: LabelStudioOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    const tally = new Tally(source, job)
    const fill = async (folder: string) => {
      const controls = new Controls(source.labels)
      await writeFileAtomically(join(folder, TASKS_FILE), (sink) => writeTasks(sink, options, folder, controls, tally))
      await writeFile(join(folder, CONFIG_FILE), controls.xml())
    }
    await writeFolderAtomically(out, [TASKS_FILE, CONFIG_FILE, IMAGES_FOLDER], fill, tally.finish(out))
    return tally.report(out)
  },
}

async function writeTasks(
  sink: TextSink,
  options: LabelStudioOptions,
  folder: string,
  controls: Controls,
  tally: Tally,
): Promise<void> {
  const paths = new UniquePaths()
  const ids = new ImageIds(1)
  await sink.write('[')
  for await (const item of tally.imagesToWrite()) {
    const path = paths.take(nameToPlace(item), item.split ?? null)
    const place = await putPicture(item, path, folder, options.images ?? 'copy', tally)
    const data = dataOf(item, path, place, options.addresses ?? 'source')
    const id = ids.take((keptOf(item)?.['values'] as Values | undefined)?.['id'])
    await sink.write(`${tally.images === 0 ? '' : ','}\n${JSON.stringify(taskOf(item, id, data, controls, tally))}`)
    tally.wrote(item.image, path)
  }
  await sink.write('\n]\n')
}

/** Where the picture is within the exported folder, or would be. */
async function putPicture(item: ExportImage, path: string, folder: string, how: ImageFiles, tally: Tally): Promise<string> {
  const place = posix.join(IMAGES_FOLDER, path)
  if (how !== 'none') await mkdir(dirname(join(folder, place)), { recursive: true })
  return placeImage(item, withoutEnding(place), folder, how, tally)
}

function keptOf({ source }: ExportImage): Values | null {
  return source?.['format'] === ID ? source : null
}

function dataOf(item: ExportImage, path: string, place: string, addresses: 'source' | 'local-files'): Values {
  const kept = keptOf(item)
  const address = addresses === 'source' ? kept?.['address'] : undefined
  return {
    ...(kept?.['data'] as Values | undefined),
    image: typeof address === 'string' ? address : `/data/local-files/?d=${place.split('/').map(encodeURIComponent).join('/')}`,
    [PATH_KEY]: path,
    ...(item.split && { [SPLIT_KEY]: item.split }),
  }
}

/** Accepted objects are an annotation; proposals are a prediction. */
function taskOf(item: ExportImage, id: number, data: Values, controls: Controls, tally: Tally): Values {
  const kept = keptOf(item)
  const left = (kept?.['results'] ?? []) as readonly Values[]
  for (const result of left) controls.use(result)
  const annotations = tally.annotationsOf(item)
  const write = (some: readonly Annotation[]) =>
    some.flatMap((annotation, serial) => {
      tally.count(annotation)
      const { results, note } = resultsOf(annotation, tally.labelOf(annotation).name, item.image, serial, controls)
      if (note) tally.note(item.image.path, note)
      return results
    })
  const accepted = write(annotations.filter(({ state }) => state === 'accepted'))
  const proposed = write(annotations.filter(({ state }) => state === 'proposed'))
  const hasAnnotation = accepted.length > 0 || left.length > 0
  return {
    ...(kept?.['values'] as Values | undefined),
    id,
    data,
    annotations: hasAnnotation
      ? [{ id, result: [...accepted, ...left], ...(left.length > 0 && { [OWN_KEY]: { left: true } }) }]
      : [],
    predictions: proposed.length > 0 ? [{ id, model_version: OWN_MODEL, result: proposed }] : [],
  }
}
