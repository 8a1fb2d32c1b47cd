/** The labels of a YOLO dataset: a class is its number, names are only how it is called. */
import type { DatasetLabel } from '../dataset.ts'
import type { YoloConfig } from './config.ts'

export class YoloClasses {
  readonly #labels = new Map<number, string>()
  readonly #taken = new Set<string>()
  readonly #remark: (reason: string) => void

  /** `met`: class numbers of the label files, where the dataset has no names. */
  constructor({ names }: Pick<YoloConfig, 'names'>, met: readonly number[], remark: (reason: string) => void) {
    this.#remark = remark
    for (const [id, name] of [...names].sort(([a], [b]) => a - b)) this.#add(id, name)
    for (const id of [...met].sort((a, b) => a - b)) this.nameOf(id)
  }

  /** The name of a class; one without a name is called by its number, as ultralytics does, and that is told once. */
  nameOf(id: number): string {
    const known = this.#labels.get(id)
    if (known !== undefined) return known
    const name = this.#add(id, `class_${id}`)
    this.#remark(`class ${id} has no name and is called "${name}"`)
    return name
  }

  get labels(): DatasetLabel[] {
    return [...this.#labels].map(([id, name]) => ({ name, source: { format: 'yolo', id } }))
  }

  /** Two classes of one name stay two. */
  #add(id: number, wanted: string): string {
    const name = this.#taken.has(wanted) ? `${wanted} (class ${id})` : wanted
    if (name !== wanted) this.#remark(`two classes are called "${wanted}"; class ${id} is called "${name}"`)
    this.#taken.add(name)
    this.#labels.set(id, name)
    return name
  }
}
