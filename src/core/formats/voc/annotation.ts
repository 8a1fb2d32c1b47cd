/** One annotation file: <annotation>. */
import type { Size } from '../../../shared/geometry.ts'
import type { ImportProblem, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import type { SourceValues } from '../kept.ts'
import { childrenNamed, childrenOf, decodeXml, parseXml, tagOf, textOf } from '../common/xml/xmlTree.ts'
import type { XmlNode } from '../common/xml/xmlTree.ts'
import type { Base } from './base.ts'
import { LARGEST_XML, readObject } from './objects.ts'
import type { VocObject } from './objects.ts'

export interface VocAnnotation {
  /** As the file says; null where it doesn't. */
  readonly filename: string | null
  readonly size: Size | null
  readonly objects: readonly VocObject[]
  /** Elements that have no place in the project, e.g. folder and source. */
  readonly source: SourceValues | null
}

const READ = new Set(['filename', 'size', 'segmented', 'object'])
const LARGEST_SIDE = 1_000_000

/** Null, with a problem, where the file can't be read or is no annotation of an image. */
export async function readAnnotation(
  files: DatasetFiles,
  file: string,
  base: Base,
  context: ReadContext,
): Promise<VocAnnotation | null> {
  const problem = (place: string, reason: string, objects: number) =>
    context.problem({ file, place, reason, objects } satisfies ImportProblem)
  let bytes: Buffer = Buffer.alloc(0)
  try {
    bytes = await files.readBytes(file, LARGEST_XML)
    const { text, isDamaged } = decodeXml(bytes, file)
    const root = parseXml(text, file).find((node) => tagOf(node) === 'annotation')
    if (!root) return (problem('', 'has no <annotation> and is not Pascal VOC', 0), null)
    if (isDamaged) problem('', "some bytes are not of the file's encoding; names may be wrong", 0)
    return annotationOf(childrenOf(root), base, context, problem)
  } catch (error) {
    const objects = bytes.toString('latin1').match(/<object[\s/>]/g)?.length ?? 0
    context.seen(objects)
    problem('', (error as Error).message, objects)
    return null
  }
}

function annotationOf(
  nodes: readonly XmlNode[],
  base: Base,
  context: ReadContext,
  problem: (place: string, reason: string, objects: number) => void,
): VocAnnotation {
  const elements = nodes.filter((node) => tagOf(node) === 'object')
  context.seen(elements.length)
  const objects = elements.flatMap((node, index) => {
    const place = `object ${index + 1}`
    const object = readObject(node, base, place, index)
    if (typeof object !== 'string') return [object]
    problem(place, object, 1)
    return []
  })
  const kept = nodes.filter((node) => !READ.has(tagOf(node) ?? ''))
  return {
    filename: textOf(nodes, 'filename') || null,
    size: readSize(childrenNamed(nodes, 'size') ?? []),
    objects,
    source: kept.length > 0 ? { format: 'voc', children: kept } : null,
  }
}

function readSize(nodes: readonly XmlNode[]): Size | null {
  const [width, height] = ['width', 'height'].map((side) => Number(textOf(nodes, side)))
  const isSide = (side: number | undefined): side is number => Number.isInteger(side) && side! > 0 && side! <= LARGEST_SIDE
  return isSide(width) && isSide(height) ? { width, height } : null
}
