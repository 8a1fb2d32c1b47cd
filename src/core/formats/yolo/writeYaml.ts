/** data.yaml as ultralytics wants it. */
import { stringify } from 'yaml'
import { AppError } from '../../../shared/errors.ts'
import type { Label } from '../../../shared/model.ts'
import type { SourceValues } from '../kept.ts'
import type { YoloTask } from './task.ts'

/** Class numbers have to follow one another; names are made up for as many that are missing in between. */
const MOST_CLASSES = 10_000

/** Class number by label id: 0, 1, ... in label order, or those of the imported dataset, others behind. */
export function classNumbers(labels: readonly Label[], how: 'sequential' | 'source'): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>()
  const taken = new Set<number>()
  if (how === 'source') {
    for (const { id, source } of labels) {
      const number = source?.['format'] === 'yolo' ? source['id'] : null
      if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 && !taken.has(number)) numbers.set(id, number)
      taken.add(numbers.get(id) ?? -1)
    }
  }
  let next = 0
  for (const { id } of labels) {
    while (taken.has(next)) next++
    if (!numbers.has(id)) numbers.set(id, next++)
  }
  const largest = Math.max(0, ...numbers.values())
  if (largest >= MOST_CLASSES) {
    throw new AppError(
      'invalid-argument',
      `A label has the class number ${largest}, and class numbers have to follow one another. Choose classIds=sequential.`,
    )
  }
  return numbers
}

export interface YamlWish {
  readonly labels: readonly Label[]
  readonly numbers: ReadonlyMap<number, number>
  /** Folder or list of each part. */
  readonly parts: ReadonlyMap<string, string>
  readonly remark: string | null
  readonly task: YoloTask
  readonly keypoints: readonly [number, number] | null
  /** Further keys of the data.yaml that was imported. */
  readonly further: SourceValues
}

/** No `path`: then it is the folder of the file. */
export function dataYaml({ labels, numbers, parts, remark, task, keypoints, further }: YamlWish): string {
  const names = new Map(labels.map(({ id, name }) => [numbers.get(id)!, name]))
  const count = Math.max(-1, ...names.keys()) + 1
  const lines = Array.from({ length: count }, (_, number) => `  ${number}: ${quoted(names.get(number) ?? `unused_${number}`)}`)
  const { flip_idx: flip, ...others } = Object.fromEntries(Object.entries(further).filter(([key]) => key !== 'kpt_shape'))
  const more = { ...others, ...(keypoints && flip !== undefined && { flip_idx: flip }) }
  return [
    ...(remark ? [`# ${remark}`] : []),
    ...[...parts].map(([part, where]) => `${part}: ${quoted(where)}`),
    `task: ${task}`,
    ...(keypoints ? [`kpt_shape: [${keypoints.join(', ')}]`] : []),
    ...(Object.keys(more).length > 0 ? [stringify(more).trimEnd()] : []),
    lines.length > 0 ? 'names:' : 'names: {}',
    ...lines,
    '',
  ].join('\n')
}

/** A YAML string in double quotes, which says the same in YAML 1.1 and 1.2. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
