/** Labels, their colours and attributes from the <meta> of a CVAT file. */
import type { DatasetLabel } from '../dataset.ts'
import { childrenNamed, childrenOf, elementsOf, tagOf, textOf } from '../common/xml/xmlTree.ts'
import type { XmlNode } from '../common/xml/xmlTree.ts'
import { ID } from './names.ts'
import type { CvatAttribute } from './names.ts'

export interface Meta {
  readonly labels: readonly DatasetLabel[]
  /** Kinds of attributes (checkbox, number, ...) by label and name. */
  readonly kinds: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Of the task or project. */
  readonly name: string | null
  /** 'annotation' for images, 'interpolation' for a video; null where it is not said. */
  readonly mode: string | null
}

export const NO_META: Meta = { labels: [], kinds: new Map(), name: null, mode: null }

/** `meta`: the element itself. */
export function readMeta(meta: XmlNode): Meta {
  const owner = childrenOf(meta).find((node) => ['task', 'project', 'job'].includes(tagOf(node) ?? ''))
  if (!owner) return NO_META
  const children = childrenOf(owner)
  const declared = elementsOf(childrenNamed(children, 'labels') ?? [], 'label').map(childrenOf)
  // Labels with a parent are the points of a skeleton.
  const labels = declared.filter((label) => textOf(label, 'name') && !textOf(label, 'parent'))
  return {
    labels: labels.map(labelOf),
    kinds: new Map(
      labels.map((label) => [
        textOf(label, 'name')!,
        new Map(attributesOfLabel(label).map(({ name, input_type }) => [name, input_type])),
      ]),
    ),
    name: textOf(children, 'name'),
    mode: textOf(children, 'mode'),
  }
}

function labelOf(label: readonly XmlNode[]): DatasetLabel {
  const color = textOf(label, 'color')?.toLowerCase() ?? ''
  const attributes = attributesOfLabel(label)
  return {
    name: textOf(label, 'name')!,
    ...(/^#[0-9a-f]{6}$/.test(color) && { color }),
    source: { format: ID, type: textOf(label, 'type') || 'any', ...(attributes.length > 0 && { attributes }) },
  }
}

function attributesOfLabel(label: readonly XmlNode[]): CvatAttribute[] {
  return elementsOf(childrenNamed(label, 'attributes') ?? [], 'attribute').map((node) => {
    const values = childrenOf(node)
    const text = (name: string) => textOf(values, name) ?? ''
    return {
      name: text('name'),
      mutable: text('mutable'),
      input_type: text('input_type'),
      default_value: text('default_value'),
      values: text('values'),
    }
  })
}
