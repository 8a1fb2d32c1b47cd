/**
 * Whether the boxes of a dataset begin at 1, as VOC's own do (inclusive: xmin 1, xmax width), or at 0, as many tools write
 * them. In both xmax is the right edge: only xmin and ymin differ.
 */
import { throwIfAborted } from '../../../shared/errors.ts'
import { askFor } from '../dataset.ts'
import type { ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import type { FormatOption } from '../source.ts'
import { decodeXml } from '../common/xml/xmlTree.ts'
import { LARGEST_XML } from './objects.ts'

export type Base = 0 | 1

export const BASE_OPTION: FormatOption = {
  id: 'base',
  help: 'Whether the first pixel is 1, as in VOC itself, or 0, as some tools write it; auto: 0 where a box begins at 0.',
  choices: ['auto', '1', '0'],
  default: 'auto',
}

/** Parts lie within objects and may reach over the edge; they prove nothing. */
const PARTS = /<part>[^]*?<\/part>/g

interface Evidence {
  /** The first box that begins before 1: '@.xml: xmin 0'. */
  zero: { file: string; text: string } | null
  /** Boxes one pixel wide or high if inclusive, and empty if not. */
  inclusive: string | null
  hasFractions: boolean
  /** A file with a box. */
  first: string | null
  /** A file that says it is VOC's own, or written by this program. */
  byBook: string | null
}

/** What all files say together. */
export interface Survey {
  readonly base: Base
  /** Names of objects and of their parts, as they stand there. */
  readonly names: ReadonlySet<string>
}

/** @throws AppError ambiguous-dataset where files contradict each other */
export async function surveyOf(files: DatasetFiles, xmls: readonly string[], context: ReadContext): Promise<Survey> {
  const names = new Set<string>()
  const evidence: Evidence = { zero: null, inclusive: null, hasFractions: false, first: null, byBook: null }
  for (const file of xmls) {
    throwIfAborted(context.signal)
    const text = await files
      .readBytes(file, LARGEST_XML)
      .then(
        (bytes) => decodeXml(bytes, file).text,
        () => '',
      )
      .catch(() => '')
    look(text, file, evidence)
    for (const [, name] of text.matchAll(/<name>\s*([^<]{1,200}?)\s*<\/name>/g)) names.add(name!)
  }
  const chosen = context.options['base'] ?? BASE_OPTION.default
  return { base: chosen === '0' || chosen === '1' ? (Number(chosen) as Base) : baseBy(evidence, context), names }
}

function baseBy(evidence: Evidence, context: ReadContext): Base {
  const against = evidence.byBook ?? evidence.inclusive
  if (evidence.zero && against)
    throw askFor(BASE_OPTION, `Boxes may begin at 0 (${evidence.zero.file}: ${evidence.zero.text}) or at 1 (${against}).`)
  if (evidence.zero)
    remark(
      context,
      evidence.zero.file,
      `boxes begin at 0 here (${evidence.zero.text}) and were read so. If they begin at 1, set base to 1`,
    )
  else if (!evidence.byBook && evidence.first) {
    const hint = evidence.hasFractions ? 'but coordinates with fractions are often written from 0' : 'and no box says otherwise'
    remark(context, evidence.first, `boxes were read from 1, as Pascal VOC counts, ${hint}. If they begin at 0, set base to 0`)
  }
  return evidence.zero ? 0 : 1
}

function remark(context: ReadContext, file: string, reason: string): void {
  context.problem({ file, place: '', reason, objects: 0 })
}

function look(text: string, file: string, evidence: Evidence): void {
  for (const [, corners] of text.replace(PARTS, '').matchAll(/<bndbox>([^]{0,1000}?)<\/bndbox>/g)) {
    const values = new Map([...corners!.matchAll(/<([xy]m(?:in|ax))>\s*([\d.]+)\s*</g)].map(([, tag, value]) => [tag!, value!]))
    for (const axis of ['x', 'y']) {
      const [least, most] = [values.get(`${axis}min`), values.get(`${axis}max`)]
      if (least === undefined) continue
      evidence.first ??= file
      if (Number(least) < 1) evidence.zero ??= { file, text: `${axis}min ${least}` }
      if (least.includes('.')) evidence.hasFractions = true
      if (Number(least) === Number(most)) evidence.inclusive ??= `${file}: ${axis}min and ${axis}max are ${least}`
    }
  }
  const source = /<(?:annotation|database)>\s*(PASCAL VOC ?20\d\d|The VOC ?20\d\d Database|Marquee)\s*</i.exec(text)
  if (source) evidence.byBook ??= `${file} is from ${source[1]}`
}
