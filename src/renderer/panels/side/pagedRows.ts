/** Which pages of a long list must be asked for, which row is known, and which pages stay known. */
export const PAGE_SIZE = 100
/** So many pages before and after those in sight stay; the rest of a list of a hundred thousand would fill the memory. */
const KEPT_AROUND = 5

export interface Pages<Row> {
  readonly total: number
  readonly pages: ReadonlyMap<number, readonly Row[]>
}

export function rowAt<Row>({ pages }: Pages<Row>, index: number): Row | undefined {
  return pages.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE]
}

/** Page numbers that cover rows first..last, both included. */
export function pagesOf(first: number, last: number): number[] {
  const from = Math.floor(Math.max(0, first) / PAGE_SIZE)
  const to = Math.floor(Math.max(0, last) / PAGE_SIZE)
  return Array.from({ length: to - from + 1 }, (_, step) => from + step)
}

export function isNear(page: number, wanted: readonly number[]): boolean {
  return wanted.some((one) => Math.abs(one - page) <= KEPT_AROUND)
}
