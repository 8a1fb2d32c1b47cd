/** What an export does not hold as the project does: how often, and why. */
import { isSame } from '../../../shared/changes.ts'
import { UNMARKED } from '../../../shared/model.ts'
import type { Annotation } from '../../../shared/model.ts'
import { ANNOTATION_VALUES } from '../../formats/source.ts'
import type { AnnotationValue, ExportNote, ExportReport, Holds } from '../../formats/source.ts'

export interface ExportChange {
  /** What of and why, so that a number can follow: 'boxes that reach over the border end there'. */
  readonly words: string
  readonly count: number
}

const PLAIN: Pick<Annotation, AnnotationValue> = { state: 'accepted', score: null, ...UNMARKED }
/** Followed by the name of the format. */
const LOST: Readonly<Record<AnnotationValue, string>> = {
  state: 'proposals are not told from accepted objects in',
  score: 'scores are not held in',
  iscrowd: 'crowds are ordinary objects in',
  difficult: 'flags "difficult" are not held in',
  truncated: 'flags "truncated" are not held in',
  occluded: 'flags "occluded" are not held in',
  attributes: 'attributes of objects are not held in',
  group: 'groups of objects are not held in',
}

/** Counts what was found to differ; words are the key. */
export class Changes {
  readonly #counts = new Map<string, number>()

  add(words: string, count = 1): void {
    if (count > 0) this.#counts.set(words, (this.#counts.get(words) ?? 0) + count)
  }

  /** What an object says that the format has no place for. */
  addLostValues(values: Partial<Pick<Annotation, AnnotationValue>>, holds: Holds, format: string): void {
    for (const value of ANNOTATION_VALUES) {
      const isLost = values[value] !== undefined && !isSame(values[value], PLAIN[value]) && !holds.values.includes(value)
      if (isLost) this.add(`${LOST[value]} ${format}`)
    }
  }

  list(): ExportChange[] {
    return [...this.#counts].map(([words, count]) => ({ words, count }))
  }
}

/** The report's own notes in groups: those that differ only in names and numbers are one. */
export function notedChanges({ holesBridged, skipped, notes }: ExportReport): ExportChange[] {
  const changes = new Changes()
  changes.add('holes joined to their outline by a bridge of no width', holesBridged)
  for (const { reason, objects } of skipped.filter((note) => note.objects > 0)) changes.add(`objects left out: ${groupOf(reason)}`, objects)
  for (const { reason } of skipped.filter((note) => note.objects === 0)) changes.add(`files left out: ${groupOf(reason)}`)
  for (const note of notes) changes.add(groupOf(note.reason), timesOf(note))
  return changes.list()
}

/** '3 masks have another size' -> 'masks have another size'; names and further numbers become an ellipsis. */
function groupOf(reason: string): string {
  return reason
    .replace(/^\d+ (?=[a-z])/, '')
    .replace(/"[^"]*"|[^\s:;,]+\.[a-z]{2,4}\b|-?\d+(\.\d+)?/gi, '…')
    .replace(/^…:? /, '')
}

function timesOf({ reason }: ExportNote): number {
  return Number(/^\d+(?= [a-z])/.exec(reason)?.[0] ?? 1)
}
