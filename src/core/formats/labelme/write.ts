/** LabelMe JSON: `images` with each picture and its file, and labels.txt. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { writeFolderAtomically } from '../common/files/atomicFile.ts'
import { UniquePaths, withoutEnding } from '../common/files/datasetPath.ts'
import { nameToPlace } from '../common/files/layoutName.ts'
import { IMAGES_OPTION, placeImage } from '../common/files/placeImage.ts'
import type { ImageFiles } from '../common/files/placeImage.ts'
import { ALL_BUT_STATE } from '../source.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource } from '../source.ts'
import { Tally } from '../common/tally.ts'
import { ID, LABELS_FILE, OWN_KEY } from './names.ts'
import { shapesOf } from './writeShapes.ts'

/** LabelMe's own version whose files these are like. */
const VERSION = '5.5.0'
const FOLDER = 'images'

type LabelmeOptions = Readonly<{ images?: ImageFiles }>

export const labelmeWriter: ExportFormat<LabelmeOptions> = {
  id: ID,
  name: 'LabelMe JSON',
  output: 'folder',
  options: [IMAGES_OPTION],
  holds: () => ({ objects: 'each', boxes: 0, masks: 'exact', values: ALL_BUT_STATE }),
  async write(source: ExportSource, out: string, options: LabelmeOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    const tally = new Tally(source, job)
    const ownNames = [FOLDER, LABELS_FILE, ...(source.splits ?? [])]
    await writeFolderAtomically(out, ownNames, (folder) => fillFolder(folder, source, options, tally), tally.finish(out))
    return tally.report(out)
  },
}

async function fillFolder(folder: string, source: ExportSource, options: LabelmeOptions, tally: Tally): Promise<void> {
  const paths = new UniquePaths()
  const places = new UniquePaths()
  const files = new UniquePaths()
  const names = source.labels.map(({ name }) => name).filter((name) => !/[\r\n]/.test(name))
  await writeFile(join(folder, LABELS_FILE), names.map((name) => `${name}\n`).join(''))
  for await (const item of tally.imagesToWrite()) {
    const path = paths.take(nameToPlace(item), item.split ?? null)
    const place = places.take(`${item.split ?? FOLDER}/${nameToPlace(item)}`)
    await mkdir(dirname(join(folder, place)), { recursive: true })
    const placed = await placeImage(item, withoutEnding(place), folder, options.images ?? 'copy', tally)
    await writeFile(join(folder, files.take(fileFor(place, files))), documentOf(item, path, posix.basename(placed), tally))
    tally.wrote(item.image, path)
  }
}

/** LabelMe looks for a.json when a.jpg is opened; a second image of that stem gets its ending too. */
function fileFor(place: string, files: UniquePaths): string {
  const usual = `${withoutEnding(place)}.json`
  return files.has(usual) ? `${place}.json` : usual
}

function documentOf(item: ExportImage, path: string, imagePath: string, tally: Tally): string {
  const isOurs = item.source?.['format'] === ID
  const values = isOurs ? (item.source!['values'] as object) : {}
  const left = isOurs ? ((item.source!['shapes'] as unknown[] | undefined) ?? []) : []
  const { width, height } = item.image
  const document = {
    version: VERSION,
    flags: {},
    ...values,
    shapes: [...shapesOf(item, tally), ...left],
    imagePath,
    imageData: null,
    imageHeight: height,
    imageWidth: width,
    [OWN_KEY]: { path, ...(item.split && { split: item.split }), ...(left.length > 0 && { left: true }) },
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
