/** Numbers of images in an export. */
import type { SourceValues } from '../kept.ts'
import { ID } from './names.ts'

export class ImageIds {
  private readonly how: 'source' | 'sequential'
  private readonly taken = new Set<number>()
  private next = 0

  constructor(how: 'source' | 'sequential') {
    this.how = how
  }

  /** That of the imported file where it is wanted and free; else the lowest that is free. */
  take(source: SourceValues | null | undefined): number {
    const wanted = this.how === 'source' && source?.['format'] === ID ? source['id'] : null
    if (typeof wanted === 'number' && !this.taken.has(wanted)) {
      this.taken.add(wanted)
      return wanted
    }
    while (this.taken.has(this.next)) this.next++
    this.taken.add(this.next)
    return this.next++
  }
}
