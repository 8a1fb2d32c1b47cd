/** What an import did or would do: counts in = counts out + counts explained. */
import type { ImportProblem } from '../../formats/dataset.ts'
import type { Match } from './imageMatcher.ts'
import type { Met } from './objectsMet.ts'

export interface ImportedLabel {
  readonly name: string
  readonly objects: number
  readonly isNew: boolean
  /** A label of the project whose name is nearly the same; never merged by itself. */
  readonly like: string | null
}

export interface ImportReport {
  /** Number of the import in the project, to take it back by; null when nothing was written. */
  readonly id: number | null
  readonly format: string
  readonly place: string
  readonly images: {
    readonly total: number
    /** In the project before. */
    readonly known: number
    readonly added: number
    /** Not found: left out, or kept without a picture. */
    readonly missing: number
    /** Of those known: had no picture, and have one now. */
    readonly found: number
  }
  readonly labels: readonly ImportedLabel[]
  readonly objects: {
    /** Records in the files. */
    readonly seen: number
    readonly added: number
    /** In the project already: by an earlier import, or the same as far as the format holds it. */
    readonly known: number
    /** Each of them is explained by a problem. */
    readonly leftOut: number
  }
  readonly problems: readonly ImportProblem[]
}

/** Counts while an import goes on. */
export class ImportCounts {
  seen = 0
  added = 0
  known = 0
  /** Of those known: in the project by other ways than an import of this dataset. */
  alike = 0
  readonly images = { total: 0, known: 0, added: 0, missing: 0, found: 0 }
  readonly problems: ImportProblem[] = []
  readonly labels = new Map<string, number>()

  problem = (problem: ImportProblem): void => {
    this.problems.push(problem)
  }

  see = (objects: number): void => {
    this.seen += objects
  }

  /** `isTwice`: another image of the dataset is the same one. */
  image(match: Match, isTwice: boolean): void {
    this.images.total++
    if (match.kind === 'missing' || statusOf(match) === 'missing') this.images.missing++
    else if (match.kind === 'new' && !isTwice) this.images.added++
    else this.images.known++
    if (match.kind === 'found' && !isTwice) this.images.found++
  }

  /** An object that is in the project now. */
  take({ object: { label }, known, isAlike }: Met): void {
    if (known) {
      this.known++
      if (isAlike) this.alike++
      return
    }
    this.added++
    this.labels.set(label, (this.labels.get(label) ?? 0) + 1)
  }

  get leftOut(): number {
    return this.problems.reduce((sum, { objects }) => sum + objects, 0)
  }

  explainAlike(format: string): void {
    if (this.alike === 0) return
    const words = `${this.alike} objects are in the project already, as exactly as ${format} holds them, and were not added again`
    this.problem({ file: '', place: '', objects: 0, reason: words })
  }

  /** Records a reader met and then neither gave nor explained: said, so that no object is ever lost without a word. */
  explainRest(format: string): void {
    const rest = this.seen - this.added - this.known - this.leftOut
    if (rest > 0) this.problem({ file: '', place: '', objects: rest, reason: `the ${format} reader lost sight of ${rest} objects; please report this dataset` })
  }
}

function statusOf(match: Exclude<Match, { kind: 'missing' }>): string {
  return match.kind === 'known' ? match.image.status : match.scanned.status
}
