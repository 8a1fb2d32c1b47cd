/** Tasks of Label Studio in its full form, whether they came as JSON or as JSON-MIN. */
import { asRecord } from '../common/foreignShapes.ts'
import type { Values } from './names.ts'

export interface Task {
  /** All of it but annotations and predictions. */
  readonly rest: Values
  readonly data: Values
  readonly annotations: readonly Values[]
  readonly predictions: readonly Values[]
}

const LISTS: ReadonlySet<string> = new Set(['annotations', 'completions', 'predictions', 'drafts'])

export function taskOf(values: Values): Task {
  const data = asRecord(values['data'])
  if (!data) return minTask(values)
  const rest = Object.fromEntries(Object.entries(values).filter(([key]) => !LISTS.has(key) && key !== 'data'))
  return {
    rest,
    data,
    annotations: records(values['annotations'] ?? values['completions']),
    predictions: records(values['predictions']),
  }
}

function records(list: unknown): Values[] {
  return (Array.isArray(list) ? (list as unknown[]) : []).map(asRecord).filter((one) => one !== null)
}

/** JSON-MIN: values of the data, and by the name of each control a list of what it said. */
function minTask(values: Values): Task {
  const entries = Object.entries(values)
  const isResult = (value: unknown) =>
    Array.isArray(value) && value.some((one) => asRecord(one)?.['original_width'] !== undefined)
  const result = entries
    .filter(([, value]) => isResult(value))
    .flatMap(([name, list]) => records(list).map((value) => minResult(name, value)))
  const data = Object.fromEntries(entries.filter(([, value]) => !isResult(value)))
  return { rest: {}, data, annotations: [{ id: values['annotation_id'], result }], predictions: [] }
}

function minResult(name: string, { original_width, original_height, ...value }: Values): Values {
  const type = Object.keys(value).find((key) => key.endsWith('labels')) ?? 'labels'
  return { from_name: name, to_name: 'image', type, original_width, original_height, value }
}

export interface Chosen {
  readonly annotation: Values | null
  readonly others: readonly Values[]
  /** Why this one, in words. */
  readonly why: string
}

/** The ground truth where one is marked, else the newest; cancelled ones never. */
export function chooseAnnotation(annotations: readonly Values[]): Chosen {
  const valid = annotations.filter((one) => one['was_cancelled'] !== true && one['skipped'] !== true)
  const truth = valid.find((one) => one['ground_truth'] === true)
  const newest = valid.reduce<Values | undefined>(
    (best, one) => (best === undefined || timeOf(one) >= timeOf(best) ? one : best),
    undefined,
  )
  const annotation = truth ?? newest ?? null
  return { annotation, others: annotations.filter((one) => one !== annotation), why: truth ? 'the ground truth' : 'the newest' }
}

function timeOf(annotation: Values): number {
  const said = [annotation['updated_at'], annotation['created_at']].find(
    (one) => typeof one === 'string' || typeof one === 'number',
  )
  const time = typeof said === 'number' ? said : Date.parse(String(said))
  return Number.isNaN(time) ? -Infinity : time
}
