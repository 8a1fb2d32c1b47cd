/** COCO panoptic: annotations/panoptic_<part>.json, a folder of PNG files of the same name, and images/. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { encode } from 'fast-png'
import type { Image } from '../../../shared/model.ts'
import { FileNames } from '../coco/fileNames.ts'
import { bboxOf } from '../coco/geometry.ts'
import { categoryIds, IDS_OPTION, ImageIds } from '../coco/ids.ts'
import type { CategoryIds, IdsChoice } from '../coco/ids.ts'
import { writeFolder } from '../coco/layout.ts'
import type { Part, PartOf } from '../coco/layout.ts'
import { documentHead, imageRecord } from '../coco/records.ts'
import { keptValues } from '../kept.ts'
import type { SourceValues } from '../kept.ts'
import { omit } from '../common/omit.ts'
import { IMAGES_OPTION } from '../common/files/placeImage.ts'
import type { ImageFiles } from '../common/files/placeImage.ts'
import type { ExportFormat, ExportImage, ExportJob, ExportReport, ExportSource } from '../source.ts'
import { Tally } from '../common/tally.ts'
import { UniqueStems } from '../common/files/uniqueStems.ts'
import { layersOf } from './layers.ts'
import type { Layer } from './layers.ts'

type PanopticOptions = Readonly<{ ids?: IdsChoice; images?: ImageFiles }>

const WRITTEN = ['id', 'category_id', 'area', 'bbox', 'iscrowd']

export const cocoPanopticWriter: ExportFormat<PanopticOptions> = {
  id: 'coco-panoptic',
  name: 'COCO panoptic',
  output: 'folder',
  options: [IDS_OPTION, IMAGES_OPTION],
  holds: () => ({ objects: 'each', boxes: 0, masks: 'visible', values: ['iscrowd'] }),
  async write(source: ExportSource, out: string, options: PanopticOptions = {}, job: ExportJob = {}): Promise<ExportReport> {
    const tally = new Tally(source, job)
    const categories = categoryIds(source.labels, options.ids ?? 'keep')
    const whole = { head: documentHead(source, categories, isThing), finish: tally.finish(out) }
    const fill = (partOf: PartOf, folder: string) => new PanopticWork(source, options, categories, tally, folder).write(partOf)
    await writeFolder('panoptic', out, source.splits ?? [], whole, fill)
    return tally.report(out)
  },
}

function isThing({ source }: { readonly source: SourceValues | null }): object {
  return { isthing: source?.['isthing'] === 0 ? 0 : 1 }
}

class PanopticWork {
  private readonly tally: Tally
  private readonly folder: string
  private readonly how: ImageFiles
  private readonly categories: CategoryIds
  private readonly imageIds: ImageIds
  private readonly names = new FileNames()
  private readonly stems = new UniqueStems()

  constructor(
    source: ExportSource,
    { ids = 'keep', images = 'copy' }: PanopticOptions,
    categories: CategoryIds,
    tally: Tally,
    folder: string,
  ) {
    this.tally = tally
    this.folder = folder
    this.how = images
    this.categories = categories
    this.imageIds = new ImageIds(source, ids, tally)
  }

  async write(partOf: PartOf): Promise<void> {
    for await (const item of this.tally.imagesToWrite({ isPainted: true })) {
      await this.writeImage(partOf(item.split), item)
    }
  }

  private async writeImage(part: Part, item: ExportImage): Promise<void> {
    const { image } = item
    const { name, stem } = await this.names.place(item, join(this.folder, 'images'), this.how, this.tally)
    const id = this.imageIds.of(item)
    await part.addImage(imageRecord(item, id, name))
    const { pixels, layers } = layersOf(this.tally.annotationsOf(item), image, this.tally)
    const file = `${this.stems.stemOf(stem)}.png`
    const place = join(this.folder, 'annotations', `panoptic_${part.name}`, file)
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, encode({ width: image.width, height: image.height, data: pixels, channels: 3, depth: 8 }))
    await part.addAnnotations([{ image_id: id, file_name: file, segments_info: layers.map((layer) => this.segment(layer, image)) }])
    this.tally.wrote(image, name)
  }

  private segment({ annotation, id, visible, whole }: Layer, image: Image): object {
    this.tally.count(annotation)
    if (visible < whole) this.tally.note(image.path, `${whole - visible} of ${whole} pixels of a "${this.tally.labelOf(annotation).name}" lie under other objects and are theirs in the export`)
    const kept = keptValues(annotation, 'coco-panoptic')
    const verbatim = kept?.untouched === true && visible === whole ? kept.values : {}
    return {
      id,
      category_id: this.categories.get(annotation.labelId)!,
      area: verbatim['area'] ?? visible,
      bbox: verbatim['bbox'] ?? bboxOf(annotation.box),
      iscrowd: annotation.iscrowd ? 1 : 0,
      ...omit(kept?.values ?? {}, ...WRITTEN),
    }
  }
}
