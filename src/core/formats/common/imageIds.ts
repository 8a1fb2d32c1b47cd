/** Numbers of images in an export, each once. */
export class ImageIds {
  private readonly taken = new Set<number>()
  private next: number

  constructor(first: number) {
    this.next = first
  }

  /** The wanted number where it is one and free; else the lowest that is free. */
  take(wanted: unknown): number {
    const isFree = typeof wanted === 'number' && Number.isSafeInteger(wanted) && !this.taken.has(wanted)
    while (!isFree && this.taken.has(this.next)) this.next++
    const id = isFree ? wanted : this.next
    this.taken.add(id)
    return id
  }
}
