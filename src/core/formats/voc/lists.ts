/** ImageSets and labelmap.txt of a VOC folder. There is no split: all images are in train and trainval, none in val. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Annotation, Label } from '../../../shared/model.ts'
import { UniqueStems } from '../uniqueStems.ts'
import { VOC_PALETTE } from '../palette.ts'

/** In a class list: the class is there, is there only as a difficult object, is not there. */
type Presence = 1 | 0 | -1

export class VocLists {
  private readonly labels: readonly Label[]
  private readonly stems: string[] = []
  private readonly segmented: string[] = []
  /** By label id, for the images that have the label: stem -> presence. */
  private readonly presence = new Map<number, Map<string, Presence>>()

  constructor(labels: readonly Label[]) {
    this.labels = labels
    for (const label of labels) this.presence.set(label.id, new Map())
  }

  add(stem: string, annotations: readonly Annotation[], isSegmented: boolean): void {
    this.stems.push(stem)
    if (isSegmented) this.segmented.push(stem)
    for (const { labelId, difficult } of annotations) {
      const stems = this.presence.get(labelId)!
      if (!difficult || !stems.has(stem)) stems.set(stem, difficult ? 0 : 1)
    }
  }

  async write(folder: string): Promise<void> {
    const lines = (list: readonly string[]) => list.map((line) => `${line}\n`).join('')
    for (const [set, stems] of [['Main', this.stems], ['Segmentation', this.segmented]] as const) {
      for (const name of ['train', 'trainval']) await writeFile(join(folder, 'ImageSets', set, `${name}.txt`), lines(stems))
      await writeFile(join(folder, 'ImageSets', set, 'val.txt'), '')
    }
    const names = new UniqueStems()
    for (const label of this.labels) {
      const present = this.presence.get(label.id)!
      const list = this.stems.map((stem) => `${stem} ${String(present.get(stem) ?? -1).padStart(2)}`)
      await writeFile(join(folder, 'ImageSets/Main', `${names.stemOf(`${label.name}_trainval.txt`)}.txt`), lines(list))
    }
    await writeFile(join(folder, 'labelmap.txt'), lines(labelmap(this.labels)))
  }
}

/** Name and colour of each class number, in order (as CVAT and datumaro read it); ':' separates fields, so names lose theirs. */
function labelmap(labels: readonly Label[]): string[] {
  const names = ['background', ...labels.map((label) => label.name.replace(/[:\r\n]+/g, ' '))]
  return ['# label:color_rgb:parts:actions', ...names.map((name, index) => `${name}:${VOC_PALETTE[index]!.join(',')}::`)]
}
