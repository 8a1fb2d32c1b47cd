/** What a COCO `file_name` means: tools write Windows' backslashes, URLs, percent-encoding and ways out of the folder into it. */
import { normalize } from 'node:path/posix'

/**
 * The paths a name may mean, the likelier first: as it is written, and with percent-encoding undone. Relative, forward
 * slashes, never out of the folder; none for a name without any letter.
 */
export function imagePaths(name: string): readonly string[] {
  const plain = relativePath(withoutHost(name))
  const decoded = relativePath(withoutHost(decode(name)))
  return [...new Set([plain, decoded])].filter((path) => path !== '')
}

function withoutHost(name: string): string {
  const url = /^[a-z][a-z0-9+.-]+:\/\/[^/]*(\/[^?#]*)/i.exec(name)
  return url ? url[1]! : name
}

function relativePath(name: string): string {
  const slashed = name.replaceAll('\\', '/').replaceAll('\0', '').replace(/^[a-z]:(?=\/)/i, '')
  return normalize(slashed).replace(/^(\.{0,2}\/)+/, '').replace(/^\.{1,2}$/, '').replace(/\/$/, '')
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
