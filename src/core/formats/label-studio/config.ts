/** Labels and their colours from a labeling configuration (XML with the root <View>). */
import type { DatasetLabel, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { attributeOf, childrenOf, parseXml, tagOf } from '../common/xml/xmlTree.ts'
import type { XmlNode } from '../common/xml/xmlTree.ts'
import { CONFIG_FILE, ID } from './names.ts'

const NAMES = [CONFIG_FILE, 'label_config.xml', 'labeling-config.xml', 'config.xml']
const LARGEST = 2 ** 22

export interface LabelingConfig {
  readonly labels: readonly DatasetLabel[]
  /** The value of a task's data that names the picture; null where it is not said. */
  readonly imageKey: string | null
}

const NO_CONFIG: LabelingConfig = { labels: [], imageKey: null }

/** The configuration beside the tasks; empty where there is none. One that can't be read is told and passed over. */
export async function readConfig(files: DatasetFiles, { problem }: Pick<ReadContext, 'problem'>): Promise<LabelingConfig> {
  for (const name of NAMES) {
    if (!(await files.has(name))) continue
    try {
      return configOf(parseXml(await files.readText(name, LARGEST), name))
    } catch (error) {
      problem({ file: name, place: '', reason: `the labeling configuration was not used: ${(error as Error).message}`, objects: 0 })
    }
  }
  return NO_CONFIG
}

function configOf(nodes: readonly XmlNode[]): LabelingConfig {
  const all = nodes.flatMap(withInner)
  const labels = new Map<string, DatasetLabel>()
  for (const node of all.filter((one) => tagOf(one) === 'Label')) {
    const name = (attributeOf(node, 'alias') ?? attributeOf(node, 'value') ?? '').trim()
    const color = colorOf(attributeOf(node, 'background') ?? '')
    if (name !== '' && !labels.has(name)) labels.set(name, { name, ...(color && { color }), source: { format: ID } })
  }
  const image = all.find((node) => tagOf(node) === 'Image')
  const key = /^\$([\w-]+)$/.exec((image && attributeOf(image, 'value')) ?? '')
  return { labels: [...labels.values()], imageKey: key?.[1] ?? null }
}

function withInner(node: XmlNode): XmlNode[] {
  return [node, ...childrenOf(node).flatMap(withInner)]
}

/** #rrggbb from '#RRGGBB' or 'rgba(r, g, b, a)'; null for names of colours. */
function colorOf(text: string): string | null {
  if (/^#[0-9a-f]{6}$/i.test(text)) return text.toLowerCase()
  const parts = /^rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*[,)]/.exec(text)?.slice(1).map(Number)
  if (!parts || parts.some((part) => part > 255)) return null
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
