/** Where records stand in their file, by group (the image they belong to), in the order they were met: 16 bytes a record. */
const NONE = 0xffffffff

export class GroupedPlaces {
  length = 0
  private starts = new Float64Array(1024)
  private lengths = new Uint32Array(1024)
  /** The next record of the same group. */
  private next = new Uint32Array(1024)
  private heads = new Uint32Array(256)
  private tails = new Uint32Array(256)

  add(group: number, start: number, length: number): void {
    if (this.length === this.starts.length) this.growRecords()
    while (group >= this.heads.length) this.growGroups()
    const record = this.length++
    this.starts[record] = start
    this.lengths[record] = Math.min(length, NONE)
    this.next[record] = NONE
    const tail = this.tails[group]!
    // Groups count from 1 inside, so that a fresh array says "none".
    if (this.heads[group] === 0) this.heads[group] = record + 1
    else this.next[tail] = record
    this.tails[group] = record
  }

  /** Start and length of each record of a group. */
  *of(group: number): Generator<readonly [start: number, length: number]> {
    const head = this.heads[group] ?? 0
    for (let record = head === 0 ? NONE : head - 1; record !== NONE; record = this.next[record]!) {
      yield [this.starts[record]!, this.lengths[record]!]
    }
  }

  private growRecords(): void {
    this.starts = grown(new Float64Array(this.starts.length * 2), this.starts)
    this.lengths = grown(new Uint32Array(this.lengths.length * 2), this.lengths)
    this.next = grown(new Uint32Array(this.next.length * 2), this.next)
  }

  private growGroups(): void {
    this.heads = grown(new Uint32Array(this.heads.length * 2), this.heads)
    this.tails = grown(new Uint32Array(this.tails.length * 2), this.tails)
  }
}

function grown<A extends Float64Array | Uint32Array>(larger: A, old: A): A {
  larger.set(old)
  return larger
}
