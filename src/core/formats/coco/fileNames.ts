/** The `file_name` of each image: what readers find it by, or one of its own where that is taken. */
import { extname, posix } from 'node:path'
import { safeName } from '../common/files/uniqueStems.ts'

export class FileNames {
  /** With the part that the file is of. */
  private readonly taken = new Map<string, string | null>()
  private readonly exact = new Set<string>()

  /** The name itself, where another image has it its path; `isNew` where that is taken too: readers would take the two for one. */
  nameOf(given: string, path: string): { name: string; isNew: boolean } {
    const plain = (this.exact.has(given.replaceAll('\\', '/')) ? path : given).replaceAll('\\', '/')
    const { dir, name: stem, ext } = posix.parse(plain)
    let name = plain
    for (let n = 2; this.exact.has(name); n++) name = posix.join(dir, `${stem}_${n}${ext}`)
    this.exact.add(name)
    return { name, isNew: name !== plain }
  }

  /**
   * For files that are copied: names every system can hold, without extension; in a folder of its part where an image of another
   * part has the name.
   */
  stemOf(path: string, part: string | null = null): { stem: string; isNew: boolean } {
    const parts = path.replaceAll('\\', '/').split('/')
    const stem = posix.join(...parts.slice(0, -1).map(safePart), safePart(posix.parse(parts.at(-1)!).name))
    const extension = extname(path).toLowerCase()
    const key = keyOf(stem + extension)
    if (part !== null && this.taken.has(key) && this.taken.get(key) !== part) return this.stemOf(`${part}/${path}`, part)
    let own = stem
    for (let n = 2; this.taken.has(keyOf(own + extension)); n++) own = `${stem}_${n}`
    this.taken.set(keyOf(own + extension), part)
    return { stem: own, isNew: own + extension !== path }
  }
}

function keyOf(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** As it is where every system can hold it; spaces and letters of every script stay. */
function safePart(part: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what has to go
  const plain = part.replace(/[<>:"|?*\u0000-\u001f\u007f]+/g, '_').replace(/[. ]+$/, '')
  const safe = safeName(plain)
  const isStrange = plain.startsWith('.') || (safe.startsWith('_') && !plain.startsWith('_'))
  return isStrange ? safe : plain
}
