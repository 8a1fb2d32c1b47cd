/** Ids that were met, in little memory where they are whole numbers: 128 bytes for each thousand in a row. */

const PAGE_BITS = 1024

export class IdSet {
  private readonly pages = new Map<number, Uint32Array>()
  private readonly others = new Set<number | string>()

  /** False if it was there. */
  add(id: number | string): boolean {
    if (Number.isSafeInteger(id)) return this.addWhole(id as number)
    const before = this.others.size
    return this.others.add(id).size > before
  }

  private addWhole(value: number): boolean {
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
