/** COCO results: results.json as pycocotools' loadRes takes it, and image_info.json, which says what its ids mean. */
import { join } from 'node:path'
import type { Annotation, Image, Rle } from '../../../shared/model.ts'
import { shapeRuns } from '../../../shared/rasterize.ts'
import { runsArea } from '../../../shared/rleMath.ts'
import { runsToRle } from '../../../shared/rleString.ts'
import { writeFileAtomically, writeFolderAtomically } from '../common/files/atomicFile.ts'
import type { TextSink } from '../common/files/atomicFile.ts'
import { FileNames } from '../coco/fileNames.ts'
import { bboxOf } from '../coco/geometry.ts'
import { categoryIds, IDS_OPTION, ImageIds } from '../coco/ids.ts'
import type { IdsChoice } from '../coco/ids.ts'
import { Part } from '../coco/layout.ts'
import { documentHead, imageRecord } from '../coco/records.ts'
import { keptValues } from '../kept.ts'
import type { SourceValues } from '../kept.ts'
import { omit } from '../common/omit.ts'
import type { ExportFormat, ExportJob, ExportReport, ExportSource } from '../source.ts'
import { Tally } from '../common/tally.ts'

const RESULTS = 'results.json'
const IMAGES = 'image_info.json'
/** What a person drew has no score; readers need one. */
const SURE = 1
const WRITTEN = ['image_id', 'category_id', 'bbox', 'segmentation', 'score', 'attributes']

type ResultsOptions = Readonly<{ ids?: IdsChoice }>

export const cocoResultsWriter: ExportFormat<ResultsOptions> = {
  id: 'coco-results',
  name: 'COCO results',
  output: 'folder',
  options: [IDS_OPTION],
  holds: () => ({ objects: 'each', boxes: 0, masks: 'exact', values: ['score'] }),
  async write(source: ExportSource, out: string, options: ResultsOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    const tally = new Tally(source, job)
    const fill = (folder: string) =>
      writeFileAtomically(join(folder, RESULTS), (results) =>
        writeFileAtomically(join(folder, IMAGES), (images) => writeResults(source, options.ids ?? 'keep', results, new Part(images), tally)))
    await writeFolderAtomically(out, [RESULTS, IMAGES], fill, tally.finish(out))
    return tally.report(out)
  },
}

async function writeResults(source: ExportSource, how: IdsChoice, results: TextSink, list: Part, tally: Tally): Promise<void> {
  const categories = categoryIds(source.labels, how)
  const imageIds = new ImageIds(source, how, tally)
  const names = new FileNames()
  let written = 0
  await list.begin(documentHead(source, categories))
  await results.write('[')
  for await (const item of tally.imagesToWrite()) {
    const name = names.keep(item, tally)
    const id = imageIds.of(item)
    await list.addImage(imageRecord(item, id, name))
    for (const annotation of tally.annotationsOf(item)) {
      tally.count(annotation)
      const record = { image_id: id, category_id: categories.get(annotation.labelId)!, ...resultOf(annotation, item.image, tally) }
      await results.write(`${written++ === 0 ? '' : ','}\n${JSON.stringify(record)}`)
    }
    tally.wrote(item.image, name)
  }
  await results.write('\n]\n')
  await list.end()
}

function resultOf(annotation: Annotation, image: Image, tally: Tally): object {
  const kept = keptValues(annotation, 'coco-results')
  const values: SourceValues = kept?.untouched === true ? kept.values : omit(kept?.values ?? {}, 'bbox', 'segmentation', 'area')
  const mask = maskOf(annotation, image, tally)
  return {
    bbox: values['bbox'] ?? bboxOf(annotation.box),
    ...(mask && { segmentation: values['segmentation'] ?? mask }),
    score: annotation.score ?? values['score'] ?? SURE,
    ...omit(values, ...WRITTEN),
  }
}

/** Masks of results are run lengths, polygons too. */
function maskOf(annotation: Annotation, image: Image, tally: Tally): Rle | null {
  const runs = shapeRuns(annotation, image)
  if (!runs) return null
  if (runsArea(runs) > 0) return runsToRle(runs)
  tally.note(image.path, 'a mask without a pixel was written as a box')
  return null
}
