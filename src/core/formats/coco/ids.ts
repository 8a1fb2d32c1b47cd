/** Ids of what is written: those of the imported file, or numbers that are free. */
import type { Label } from '../../../shared/model.ts'
import type { ExportImage, ExportSource, FormatOption } from '../source.ts'
import type { Tally } from '../common/tally.ts'
import { IdSet } from './idSet.ts'

/** Kept as the imported file had them, or 1, 2, 3, ... */
export type IdsChoice = 'keep' | 'renumber'

export const IDS_OPTION: FormatOption = {
  id: 'ids',
  help: 'Ids of categories, images and annotations: those of the imported file where there are any, or 1, 2, 3, ...',
  choices: ['keep', 'renumber'],
  default: 'keep',
}

export class Ids {
  private readonly used = new IdSet()
  private next: number

  /** New ids come behind `largest`. */
  constructor(largest = 0) {
    this.next = largest + 1
  }

  /** The wanted id; a free one where it is none or was given before. */
  take(wanted?: unknown): number | string {
    const isId = Number.isSafeInteger(wanted) || (typeof wanted === 'string' && wanted !== '')
    if (isId && this.used.add(wanted as number | string)) return wanted as number | string
    while (!this.used.add(this.next)) this.next++
    return this.next++
  }
}

/** The largest ids of the imported file, so that new ones come behind them. */
export function largestIds({ source }: ExportSource): { readonly image: number; readonly annotation: number } {
  const largest = (source?.['format'] === 'coco' && source['largest']) || {}
  const of = (kind: string) => {
    const value: unknown = (largest as Record<string, unknown>)[kind]
    return Number.isSafeInteger(value) ? (value as number) : 0
  }
  return { image: of('image'), annotation: of('annotation') }
}

/** Ids of images: those of the imported file, else the project's where they are free. */
export class ImageIds {
  private readonly ids: Ids
  private readonly how: IdsChoice
  private readonly largest: number
  private readonly tally: Tally

  constructor(source: ExportSource, how: IdsChoice, tally: Tally) {
    this.how = how
    this.tally = tally
    this.largest = how === 'keep' ? largestIds(source).image : 0
    this.ids = new Ids(this.largest)
  }

  of({ image, source }: ExportImage): number | string {
    if (this.how === 'renumber') return this.ids.take()
    const kept = source?.['format'] === 'coco' ? source['id'] : undefined
    const id = this.ids.take(kept ?? (image.id > this.largest ? image.id : undefined))
    if (kept !== undefined && id !== kept) this.tally.note(image.path, `its id ${String(kept)} is another image's; it has the id ${id}`)
    return id
  }
}

/** Category id by label id. */
export type CategoryIds = ReadonlyMap<number, number | string>

export function categoryIds(labels: readonly Label[], how: IdsChoice): CategoryIds {
  const keptOf = ({ source }: Label) => (how === 'keep' && (source?.['format'] ?? 'coco') === 'coco' ? source?.['id'] : undefined)
  const kept = labels.map(keptOf).filter((id) => Number.isSafeInteger(id)) as number[]
  const ids = new Ids(kept.reduce((most, id) => Math.max(most, id), 0))
  const withKept = labels.filter((label) => keptOf(label) !== undefined)
  const others = labels.filter((label) => keptOf(label) === undefined)
  return new Map([...withKept, ...others].map((label) => [label.id, ids.take(keptOf(label))]))
}
