/** Paths of a YOLO dataset: what is written on some machine, and where that is here. */
import { posix } from 'node:path'
import { IMAGE_EXTENSIONS } from '../../media/formats.ts'
import { nameInLayout } from '../common/files/layoutName.ts'

const SPLIT_FOLDER = /(?:^|\/)(train|val|valid|validation|test)(?=\/)/

export const isImage = (path: string): boolean => IMAGE_EXTENSIONS.has(posix.extname(path).slice(1).toLowerCase())

/** The path in each base, then its ever shorter endings of at least so many parts; those that stay in the dataset. */
export function candidatesOf(written: string, bases: readonly string[], least = 1): string[] {
  const parts = written
    .trim()
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  const isAbsolute = /^(\/|[a-z]:)/i.test(written.trim())
  const joined = isAbsolute ? [] : bases.map((base) => posix.join(base, ...parts))
  const tails = parts.map((_, i) => parts.slice(i)).filter((tail, i) => i === 0 || tail.length >= least)
  const inner = ['', ...bases.filter((base) => !/^(\/|\.\.|[a-z]:)/i.test(base))]
  const all = [...joined, ...inner.toReversed().flatMap((base) => tails.map((tail) => posix.join(base, ...tail)))]
  const inside = all.map((path) => posix.normalize(path).replace(/\/$/, '')).filter((path) => !/^(\.\.(\/|$)|\/)/.test(path))
  return [...new Set(inside.map((path) => (path === '.' ? '' : path)))]
}

/** The path with the last folder of that name changed; itself where it has none. */
export function swapLast(path: string, from: string, to: string): string {
  const parts = path.split('/')
  const at = parts.lastIndexOf(from, -2)
  return at < 0 ? path : parts.with(at, to).join('/')
}

export const labelFolderOf = (folder: string): string => swapLast(`${folder}/x`, 'images', 'labels').slice(0, -2)
export const imageOf = (label: string): string => swapLast(label, 'labels', 'images')

export function splitByFolder(image: string): string | null {
  const split = SPLIT_FOLDER.exec(image)?.[1]
  return split?.startsWith('valid') ? 'val' : (split ?? null)
}

/** Without the folder of data.yaml and those of the layout: also where nobody split it, images lie in the folder of a part. */
export function nameInDataset(image: string, split: string | null, dataYaml: string | null): string {
  const inner = posix.relative(posix.dirname(dataYaml ?? '.'), image)
  return nameInLayout(inner.startsWith('../') ? image : inner, split ?? splitByFolder(image) ?? 'train')
}
