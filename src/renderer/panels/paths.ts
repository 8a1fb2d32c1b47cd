/** Paths of the machine the host runs on, as text: the window never opens one itself. */

function separatorOf(path: string): string {
  return path.includes('\\') && !path.includes('/') ? '\\' : '/'
}

/** The path with one more part, by the separator the path itself uses. */
export function joinPath(folder: string, name: string): string {
  const separator = separatorOf(folder)
  return folder.endsWith(separator) ? folder + name : folder + separator + name
}

/** Where the project of a folder lies: in it, named after it. The host uses the same rule. */
export function projectPathOf(folder: string): string {
  const name = folder.split(/[\\/]/).findLast((part) => part !== '') ?? 'annotations'
  return joinPath(folder, `${name.replace(':', '')}.marquee`)
}

/** The end of a path that is too long to be read: where it begins, people know. */
export function shortPath(path: string, most = 56): string {
  if (path.length <= most) return path
  const end = path.slice(1 - most)
  const at = end.search(/[\\/]/)
  return `…${at > 0 ? end.slice(at) : end}`
}
