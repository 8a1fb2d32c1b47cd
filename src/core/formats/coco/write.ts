/** COCO instances JSON (cocodataset.org, format-data), as pycocotools reads it. */
import { join } from 'node:path'
import { ALL_BUT_STATE } from '../source.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource, FormatOption } from '../source.ts'
import { IMAGES_OPTION } from '../common/files/placeImage.ts'
import type { ImageFiles } from '../common/files/placeImage.ts'
import { keptValues } from '../kept.ts'
import { Tally } from '../common/tally.ts'
import { FileNames } from './fileNames.ts'
import type { MaskForm } from './geometry.ts'
import { categoryIds, Ids, IDS_OPTION, ImageIds, largestIds } from './ids.ts'
import type { CategoryIds, IdsChoice } from './ids.ts'
import { isFileName, writeFolder, writeOneFile } from './layout.ts'
import type { Part, PartOf } from './layout.ts'
import { annotationRecord, documentHead, imageRecord } from './records.ts'
import type { Kept } from './records.ts'

const OPTIONS: readonly FormatOption[] = [
  { id: 'masks', help: 'How masks are written; drawn polygons stay polygons in any case.', choices: ['auto', 'polygon', 'rle'], default: 'auto' },
  IDS_OPTION,
  { ...IMAGES_OPTION, help: 'What becomes of the pictures where a folder is written; a single file has none.' },
]

type CocoOptions = Readonly<{ masks?: MaskForm; ids?: IdsChoice; images?: ImageFiles }>

export const cocoWriter: ExportFormat<CocoOptions> = {
  id: 'coco',
  name: 'COCO JSON',
  output: 'either',
  options: OPTIONS,
  holds: () => ({ objects: 'each', boxes: 0, masks: 'exact', values: ALL_BUT_STATE }),
  async write(source: ExportSource, out: string, options: CocoOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    const tally = new Tally(source, job)
    const categories = categoryIds(source.labels, options.ids ?? 'keep')
    const whole = { head: documentHead(source, categories), finish: tally.finish(out) }
    const fill = (partOf: PartOf, folder: string | null) =>
      new CocoWork(source, options, categories, tally, folder && join(folder, 'images')).write(partOf)
    if (isFileName(out)) await writeOneFile(out, whole, fill)
    else await writeFolder('instances', out, source.splits ?? [], whole, fill)
    return tally.report(out)
  },
}

class CocoWork {
  private readonly source: ExportSource
  private readonly tally: Tally
  private readonly form: MaskForm
  private readonly how: ImageFiles
  private readonly keeps: boolean
  private readonly folder: string | null
  private readonly categories: CategoryIds
  private readonly imageIds: ImageIds
  private readonly annotationIds: Ids
  private readonly names = new FileNames()

  /** `folder`: where images go; null where they are not written. */
  constructor(
    source: ExportSource,
    { masks = 'auto', ids = 'keep', images = 'copy' }: CocoOptions,
    categories: CategoryIds,
    tally: Tally,
    folder: string | null,
  ) {
    this.source = source
    this.tally = tally
    this.form = masks
    this.how = images
    this.keeps = ids === 'keep'
    this.folder = folder
    this.categories = categories
    this.imageIds = new ImageIds(source, ids, tally)
    this.annotationIds = new Ids(this.keeps ? largestIds(source).annotation : 0)
  }

  async write(partOf: PartOf): Promise<void> {
    if (this.folder === null && this.source.splits?.length) this.tally.note('', 'one file does not tell the parts of the split apart; name a folder to have a file for each')
    for await (const item of this.tally.imagesToWrite()) {
      await this.writeImage(partOf(item.split), item)
    }
  }

  private async writeImage(part: Part, item: ExportImage): Promise<void> {
    const name = await this.place(item)
    const id = this.imageIds.of(item)
    await part.addImage(imageRecord(item, id, name))
    const records = this.tally.annotationsOf(item).map((annotation) => {
      this.tally.count(annotation)
      const kept = keptValues(annotation, 'coco')
      const ids = { id: this.annotationIdOf(kept, item), image: id, category: this.categories.get(annotation.labelId)! }
      return annotationRecord(annotation, kept, item, ids, this.form, this.tally)
    })
    await part.addAnnotations(records)
    this.tally.wrote(item.image, name)
  }

  /** The image's name in the export, once it lies there where it shall. */
  private async place(item: ExportImage): Promise<string> {
    if (this.folder === null || this.how === 'none') return this.names.keep(item, this.tally)
    return (await this.names.place(item, this.folder, this.how, this.tally)).name
  }

  private annotationIdOf(kept: Kept, { image }: ExportImage): number | string {
    const before = this.keeps ? kept?.values['id'] : undefined
    const id = this.annotationIds.take(before)
    if (before !== undefined && id !== before) this.tally.note(image.path, `annotation ${String(before)} has the id of another; it has the id ${id}`)
    return id
  }
}
