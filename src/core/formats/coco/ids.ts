/** Ids of what is written: those of the imported file, or numbers that are free. */
import type { Label } from '../../../shared/model.ts'
import type { ExportImage, ExportSource, FormatOption } from '../source.ts'
import type { Tally } from '../common/tally.ts'

/** Kept as the imported file had them, or 1, 2, 3, ... */
export type IdsChoice = 'keep' | 'renumber'

export const IDS_OPTION: FormatOption = {
  id: 'ids',
  help: 'Ids of categories, images and annotations: those of the imported file where there are any, or 1, 2, 3, ...',
  choices: ['keep', 'renumber'],
  default: 'keep',
}

const PAGE_BITS = 1024

/** Whole numbers that were used, 128 bytes for each thousand in a row. */
class NumberSet {
  private readonly pages = new Map<number, Uint32Array>()

  /** False if it was there. */
  add(value: number): boolean {
    const key = Math.floor(value / PAGE_BITS)
    const bit = value - key * PAGE_BITS
    let page = this.pages.get(key)
    if (!page) this.pages.set(key, (page = new Uint32Array(PAGE_BITS / 32)))
    const mask = 1 << (bit & 31)
    const word = page[bit >> 5]!
    page[bit >> 5] = word | mask
    return (word & mask) === 0
  }
}

export class Ids {
  private readonly used = new NumberSet()
  private readonly usedTexts = new Set<string>()
  private next: number

  /** New ids come behind `largest`. */
  constructor(largest = 0) {
    this.next = largest + 1
  }

  /** The wanted id; a free one where it is none or was given before. */
  take(wanted?: unknown): number | string {
    if (Number.isSafeInteger(wanted) && this.used.add(wanted as number)) return wanted as number
    if (typeof wanted === 'string' && wanted !== '' && !this.usedTexts.has(wanted)) {
      this.usedTexts.add(wanted)
      return wanted
    }
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
export function categoryIds(labels: readonly Label[], how: IdsChoice): ReadonlyMap<number, number | string> {
  const keptOf = ({ source }: Label) => (how === 'keep' && (source?.['format'] ?? 'coco') === 'coco' ? source?.['id'] : undefined)
  const kept = labels.map(keptOf).filter((id) => Number.isSafeInteger(id)) as number[]
  const ids = new Ids(kept.reduce((most, id) => Math.max(most, id), 0))
  const withKept = labels.filter((label) => keptOf(label) !== undefined)
  const others = labels.filter((label) => keptOf(label) === undefined)
  return new Map([...withKept, ...others].map((label) => [label.id, ids.take(keptOf(label))]))
}
