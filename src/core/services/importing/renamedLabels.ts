/** Labels that a dataset brought before and that have another name by now, or went into another label. */
import { isSame } from '../../../shared/changes.ts'
import type { Label } from '../../../shared/model.ts'
import { GEOMETRY_HASH_LENGTH } from '../../formats/kept.ts'
import type { Project } from '../../store/project.ts'

/**
 * Whether the dataset at `place` brought a label, by its id in the dataset or by its objects. One that is not in the
 * project under its name any more need not come back without a new object.
 */
export function broughtBefore(project: Project, format: string, place: string): (label: Pick<Label, 'name' | 'source'>) => boolean {
  const earlier = project.imports.list().filter((one) => one.state === 'finished' && one.format === format && one.place === place)
  if (earlier.length === 0) return () => false
  const ids = new Set(earlier.flatMap(({ labels }) => labels))
  const brought = project.labels.list().filter(({ id }) => ids.has(id))
  const named = project.imports.fingerprintEnds(format, place, GEOMETRY_HASH_LENGTH)
  const isOne = (a: Label['source'], b: Label['source']) => a?.['id'] !== undefined && a['format'] === b?.['format'] && isSame(a['id'], b?.['id'])
  return ({ name, source }) => named.has(name) || brought.some((label) => isOne(label.source, source))
}
