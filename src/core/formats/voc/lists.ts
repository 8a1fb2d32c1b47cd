/** ImageSets and labelmap.txt of a VOC folder. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Annotation, Label } from '../../../shared/model.ts'
import { keptValues } from '../kept.ts'
import { safeName, UniqueStems } from '../common/files/uniqueStems.ts'
import { VOC_PALETTE } from '../common/pixels/palette.ts'
import { childrenNamed, childrenOf, elementsOf, tagOf, textOf } from '../common/xml/xmlTree.ts'
import type { XmlNode } from '../common/xml/xmlTree.ts'

/** In a class list: the class is there, is there only as a difficult object, is not there. */
type Presence = 1 | 0 | -1

interface Listed {
  readonly stem: string
  readonly split: string | null
  readonly isSegmented: boolean
}

const lines = (list: readonly string[]) => list.map((line) => `${line}\n`).join('')

export class VocLists {
  private readonly labels: readonly Label[]
  private readonly splits: readonly string[]
  private readonly listed: Listed[] = []
  /** By label id, for the images that have the label: stem -> presence. */
  private readonly presence = new Map<number, Map<string, Presence>>()

  /** Names of parts and actions that objects of a label have, by label id. */
  private readonly details = new Map<number, Details>()

  /** `splits`: the parts in order; none: all images are in train and trainval. */
  constructor(labels: readonly Label[], splits: readonly string[]) {
    this.labels = labels
    this.splits = splits
    for (const { id, source } of labels) {
      this.presence.set(id, new Map())
      const known = (key: string) =>
        new Set(source?.['format'] === 'voc' && Array.isArray(source[key]) ? (source[key] as string[]) : [])
      this.details.set(id, { parts: known('parts'), actions: known('actions') })
    }
  }

  add(stem: string, split: string | null, annotations: readonly Annotation[], isSegmented: boolean): void {
    this.listed.push({ stem, split, isSegmented })
    for (const annotation of annotations) {
      const { labelId, difficult } = annotation
      const stems = this.presence.get(labelId)!
      if (!difficult || !stems.has(stem)) stems.set(stem, difficult ? 0 : 1)
      const children = keptValues(annotation, 'voc')?.values['children']
      if (Array.isArray(children)) addDetails(this.details.get(labelId)!, children as readonly XmlNode[])
    }
  }

  async write(folder: string): Promise<void> {
    const names = new UniqueStems()
    const labels = this.labels.map((label) => ({
      present: this.presence.get(label.id)!,
      name: names.stemOf(`${label.name}.txt`),
    }))
    for (const [list, images] of this.lists()) {
      const file = (set: string, name: string) => join(folder, 'ImageSets', set, `${name}.txt`)
      await writeFile(file('Main', list), lines(images.map(({ stem }) => stem)))
      await writeFile(file('Segmentation', list), lines(images.filter(({ isSegmented }) => isSegmented).map(({ stem }) => stem)))
      for (const { name, present } of labels) {
        const flags = images.map(({ stem }) => `${stem} ${String(present.get(stem) ?? -1).padStart(2)}`)
        await writeFile(file('Main', `${name}_${list}`), lines(flags))
      }
    }
    await writeFile(join(folder, 'labelmap.txt'), lines(labelmap(this.labels, this.details)))
  }

  /** The parts, and trainval, which VOC has beside train and val. */
  private lists(): (readonly [string, readonly Listed[]])[] {
    if (this.splits.length === 0)
      return [
        ['train', this.listed],
        ['trainval', this.listed],
      ]
    const parts = this.splits.map((name) => [safeName(name), this.listed.filter(({ split }) => split === name)] as const)
    const isDivided = this.splits.includes('train') && this.splits.includes('val') && !this.splits.includes('trainval')
    const both = this.listed.filter(({ split }) => split === 'train' || split === 'val')
    return isDivided ? [...parts, ['trainval', both]] : parts
  }
}

interface Details {
  readonly parts: Set<string>
  readonly actions: Set<string>
}

/** datumaro refuses parts that labelmap.txt does not name. */
function addDetails({ parts, actions }: Details, children: readonly XmlNode[]): void {
  for (const part of elementsOf(children, 'part')) parts.add(textOf(childrenOf(part), 'name') ?? '')
  for (const action of childrenNamed(children, 'actions') ?? []) actions.add(tagOf(action) ?? '')
}

/** Name, colour, parts and actions of each class number, in order, as CVAT and datumaro read it. */
function labelmap(labels: readonly Label[], details: ReadonlyMap<number, Details>): string[] {
  const background = labels.some(({ name }) => name === 'background') ? '_background_' : 'background'
  const listed = (names: ReadonlySet<string>) => [...names].filter((name) => name !== '' && !/[:,\r\n]/.test(name)).join(',')
  const entries = labels.map(({ id, name }, index) => {
    const { parts, actions } = details.get(id)!
    return [escapeName(name), VOC_PALETTE[index + 1]!.join(','), listed(parts), listed(actions)].join(':')
  })
  return ['# label:color_rgb:parts:actions', `${background}:0,0,0::`, ...entries]
}

/** What would break a line, percent-encoded. */
function escapeName(name: string): string {
  const code = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  return name.replace(/%(?=3A|0A|0D|23|25)|[:\r\n]|^#/g, code)
}
