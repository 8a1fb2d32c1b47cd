/** File names without folders and extensions that are safe on every system and in whitespace-separated lists. */
import { parse } from 'node:path/posix'

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i

/**
 * Gives each path a stem of its own: folders become part of the name ('a/b c.jpg' -> 'a_b_c'), NFC, and where two would be
 * one on a file system that ignores case or Unicode form, the later gets a number.
 */
export class UniqueStems {
  private readonly taken = new Set<string>()

  stemOf(path: string): string {
    const { dir, name } = parse(path.replaceAll('\\', '/'))
    const plain = safeName(dir ? `${dir}/${name}` : name)
    let stem = plain
    for (let n = 2; this.taken.has(keyOf(stem)); n++) stem = `${plain}_${n}`
    this.taken.add(keyOf(stem))
    return stem
  }
}

/** Letters of every script stay; separators, white space and what a file system or list may stumble over become '_'. */
export function safeName(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what has to go
  const name = text.normalize('NFC').replace(/[\s/\\<>:"|?*#\u0000-\u001f\u007f]+/gu, '_').replace(/^[._-]+|[.]+$/g, '')
  return name === '' || RESERVED.test(name) ? `_${name}` : name
}

function keyOf(stem: string): string {
  return stem.normalize('NFKC').toLowerCase()
}
