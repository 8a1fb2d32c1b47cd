/** Labels of a dataset under the names they get in the project; makes those that are not there. */
import type { Label, LabelId } from '../../../shared/model.ts'
import type { Dataset } from '../../formats/dataset.ts'
import type { Import } from '../../store/imports.ts'
import type { Project } from '../../store/project.ts'
import type { ImportReport } from './importReport.ts'
import { likeName } from './likeNames.ts'

type NewLabel = Pick<Label, 'name' | 'source'>

export class ImportLabels {
  readonly #project: Project
  /** By name in the project; 0 for one that a dry run would make. */
  readonly #ids: Map<string, LabelId>
  readonly #before: ReadonlySet<string>
  readonly #made: LabelId[] = []
  /** Labels that an earlier import brought and that are not there under this name: made again only for a new object. */
  readonly #renamed = new Map<string, NewLabel>()
  readonly #map: ReadonlyMap<string, string>
  readonly #unmapped: Set<string>
  /** null in a dry run. */
  #importId: number | null = null

  /** `map`: names of the dataset and the label they become. */
  constructor(project: Project, map: Readonly<Record<string, string>>) {
    this.#project = project
    this.#ids = new Map(project.labels.list().map(({ id, name }) => [name, id]))
    this.#before = new Set(this.#ids.keys())
    this.#map = new Map(Object.entries(map).map(([from, to]) => [plainName(from), plainName(to)]))
    this.#unmapped = new Set(this.#map.keys())
  }

  /** Names of the map that no label of the dataset has had until now. */
  get unmapped(): Iterable<string> {
    return this.#unmapped
  }

  /** From now on labels are made, and belong to this import. */
  makeFor({ id, labels }: Import): void {
    this.#importId = id
    this.#made.push(...labels)
  }

  /** Makes the labels that a dataset names; `isRenamed`: an earlier import brought it. Gives their names in the project. */
  declare(labels: Dataset['labels'], isRenamed: (label: NewLabel) => boolean): string[] {
    const wanted = labels.map(({ name, source }) => ({ name: this.nameOf(name), source })).filter(({ name }) => name !== '')
    const missing = wanted.filter(({ name }) => !this.#ids.has(name))
    for (const label of missing.filter(isRenamed)) this.#renamed.set(label.name, label)
    this.#make(missing.filter(({ name }) => !this.#renamed.has(name)))
    return wanted.map(({ name }) => name)
  }

  nameOf(name: string): string {
    const plain = plainName(name)
    this.#unmapped.delete(plain)
    return this.#map.get(plain) ?? plain
  }

  idOf(name: string): LabelId {
    if (!this.#ids.has(name)) this.#make([this.#renamed.get(name) ?? { name, source: null }])
    return this.#ids.get(name)!
  }

  names(): ReadonlyMap<LabelId, string> {
    return new Map([...this.#ids].map(([name, id]) => [id, name]))
  }

  /** For the report, from how many objects came in of each. */
  told(counts: ReadonlyMap<string, number>): ImportReport['labels'] {
    return [...counts].map(([name, objects]) => {
      const isNew = !this.#before.has(name) && (objects > 0 || !this.#renamed.has(name))
      return { name, objects, isNew, like: isNew ? likeName(name, this.#before) : null }
    })
  }

  #make(wanted: readonly NewLabel[]): void {
    const made = this.#importId === null ? wanted.map(({ name }) => ({ name, id: 0 as LabelId })) : this.#project.labels.ensureAll(wanted)
    wanted.forEach(({ name }, n) => this.#ids.set(name, made[n]!.id))
    if (this.#importId === null) return
    this.#made.push(...new Set(made.map(({ id }) => id)))
    this.#project.imports.setLabels(this.#importId, this.#made)
  }
}

function plainName(name: string): string {
  return name.trim().normalize('NFC')
}
