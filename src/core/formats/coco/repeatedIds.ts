/** Annotations of one file that have the id of another one. */
import type { ImportProblem } from '../dataset.ts'
import type { CocoId } from './document.ts'
import { IdSet } from './idSet.ts'

/** Ids that are told one by one; nobody reads more. */
const MOST_TOLD = 1000

export class RepeatedIds {
  private readonly met = new IdSet()
  /** How many annotations have it, beyond the first. */
  private readonly further = new Map<CocoId, number>()

  /** `key`: see `idKey`. */
  see(key: CocoId): void {
    if (!this.met.add(key)) this.further.set(key, (this.further.get(key) ?? 0) + 1)
  }

  /** Remarks: none of them is left out for it. */
  problems(file: string): ImportProblem[] {
    const all = [...this.further]
    const told = all.slice(0, MOST_TOLD).map(([id, count]): ImportProblem => {
      return { file, place: `annotation ${id}`, reason: `is the id of ${count + 1} annotations; each was read as an object of its own`, objects: 0 }
    })
    const rest = all.slice(MOST_TOLD).reduce((sum, [, count]) => sum + count, 0)
    const words = `${rest} more annotations have the id of another one; each was read as an object of its own`
    return rest === 0 ? told : [...told, { file, place: 'annotations', reason: words, objects: 0 }]
  }
}
