/** Paths of images as other tools write them, and paths of an export that every system can hold. */
import { posix } from 'node:path'

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
/** Folders that hold one part of a dataset. */
const SPLIT_FOLDERS: ReadonlySet<string> = new Set(['train', 'training', 'val', 'valid', 'validation', 'test'])

/**
 * The path of an image within a dataset: forward slashes, without drive, root, '.' and '..'. `folder` is that of the file which
 * names it; an absolute path has none.
 */
export function datasetPath(named: string, folder = ''): string {
  const path = named.replaceAll('\\', '/').replaceAll('\0', '')
  const isAbsolute = /^([a-z]:)?\//i.test(path)
  const whole = posix.normalize(isAbsolute ? path.replace(/^[a-z]:/i, '') : `${folder}/${path}`)
  return whole
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .join('/')
}

/** The part of the dataset that a file in a folder of this name belongs to, e.g. 'train'. */
export function splitOfPath(path: string): string | null {
  const first = path.split('/')[0]!
  return path.includes('/') && SPLIT_FOLDERS.has(first.toLowerCase()) ? first : null
}

/** 'a/b.jpg' -> 'a/b' */
export function withoutEnding(path: string): string {
  return path.slice(0, path.length - posix.extname(path).length)
}

/** Gives each path of an export one of its own that every file system can hold; folders stay. */
export class UniquePaths {
  /** With the part that the path is of. */
  private readonly taken = new Map<string, string | null>()

  has(path: string): boolean {
    return this.taken.has(keyOf(safePath(path)))
  }

  /**
   * The path itself where it can be, else `other`, by default that in a folder of its part where an image of another part has
   * it; of two that are one where case or Unicode form is ignored the later gets a number.
   */
  take(path: string, part: string | null = null, other = this.inPart(path, part)): string {
    const plain = safePath(this.has(path) ? other : path)
    const { dir, name, ext } = posix.parse(plain)
    let unique = plain
    for (let n = 2; this.taken.has(keyOf(unique)); n++) unique = posix.join(dir, `${name}_${n}${ext}`)
    this.taken.set(keyOf(unique), part)
    return unique
  }

  private inPart(path: string, part: string | null): string {
    return part === null || this.taken.get(keyOf(safePath(path))) === part ? path : `${part}/${path}`
  }
}

function safePath(path: string): string {
  return path.split('/').map(safeSegment).join('/')
}

function safeSegment(segment: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what has to go
  const safe = segment.replace(/[\\<>:"|?*\u0000-\u001f\u007f]/g, '_').replace(/[. ]+$/, '_')
  return safe === '' || RESERVED.test(safe) ? `_${safe}` : safe
}

function keyOf(path: string): string {
  return path.normalize('NFKC').toLowerCase()
}
