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

/** The name as it is written: COCO is one file, whose name ends in .json. */
export function fileNameOf(format: 'coco' | 'voc', name: string): string {
  const trimmed = name.trim()
  return format === 'coco' && !/\.json$/i.test(trimmed) ? `${trimmed}.json` : trimmed
}
