/** Which labels of the truth a label of the results stands for. */
import { AppError } from '../../shared/errors.ts'

export interface LabelMatch {
  readonly label: string
  readonly truthLabels: readonly string[]
  /** By the given map, by the same name, or because the truth's names end in the label's words ("circle": "red circle"). */
  readonly how: 'map' | 'name' | 'suffix'
}

export type LabelMap = Readonly<Record<string, readonly string[]>>

/** Null where the truth has no such label. A map that names labels the truth lacks is an error (`invalid-argument`). */
export function matchLabel(label: string, truthNames: readonly string[], labelMap: LabelMap): LabelMatch | null {
  const mapped = Object.entries(labelMap).find(([name]) => plain(name) === plain(label))?.[1]
  if (mapped) return { label, truthLabels: mapped.map((name) => knownName(name, truthNames)), how: 'map' }
  const same = truthNames.filter((name) => plain(name) === plain(label))
  if (same.length > 0) return { label, truthLabels: same, how: 'name' }
  const longer = truthNames.filter((name) => plain(name).endsWith(` ${plain(label)}`))
  return longer.length > 0 ? { label, truthLabels: longer, how: 'suffix' } : null
}

function knownName(name: string, truthNames: readonly string[]): string {
  const known = truthNames.find((one) => plain(one) === plain(name))
  if (known !== undefined) return known
  throw new AppError('invalid-argument', `The truth has no label "${name}". It has: ${truthNames.join(', ')}.`)
}

function plain(name: string): string {
  return name.normalize('NFC').toLowerCase().trim().split(/[\s_-]+/).join(' ')
}
