/** Which part of the dataset an image goes to: train, val, test. */
import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { AppError } from '../../../shared/errors.ts'

export interface SplitWish {
  /** Shares of train, val and, where there is a third, test, e.g. [80, 10, 10]. */
  readonly shares: readonly number[]
  /** Images of one folder stay together: frames of one video, slices of one patient. */
  readonly groupBy: 'image' | 'folder'
  /** The same seed and the same images give the same parts, on every machine. */
  readonly seed: number
}

const NAMES = ['train', 'val', 'test']

/** '80/10/10' -> [80, 10, 10]. @throws AppError invalid-argument */
export function parseShares(text: string): number[] {
  const shares = text.split('/').map(Number)
  const isFine = shares.length >= 2 && shares.length <= 3 && shares.every((share) => share >= 0 && Number.isFinite(share)) && shares.some((share) => share > 0)
  if (!isFine) throw new AppError('invalid-argument', `"${text}" is no split. Write shares of train, val and test, e.g. 80/10/10 or 90/10.`)
  return shares
}

export function splitNames({ shares }: SplitWish): string[] {
  return NAMES.slice(0, shares.length)
}

/**
 * The part of each path. Groups come in an order that only the seed and their names decide; each goes to the part that
 * is furthest below its share of images.
 */
export function splitOf(paths: readonly string[], wish: SplitWish): Map<string, string> {
  const names = splitNames(wish)
  const total = wish.shares.reduce((sum, share) => sum + share, 0)
  const wanted = wish.shares.map((share) => (share / total) * paths.length)
  const taken = names.map(() => 0)
  const parts = new Map<string, string>()
  for (const group of shuffledGroups(paths, wish)) {
    let part = 0
    for (let n = 1; n < names.length; n++) if (wanted[n]! - taken[n]! > wanted[part]! - taken[part]!) part = n
    taken[part]! += group.length
    for (const path of group) parts.set(path, names[part]!)
  }
  return parts
}

function shuffledGroups(paths: readonly string[], { groupBy, seed }: SplitWish): string[][] {
  const groups = Map.groupBy(paths, (path) => (groupBy === 'folder' ? posix.dirname(path) : path))
  const ordered = [...groups].map(([name, members]) => ({ members, rank: createHash('sha256').update(`${String(seed)}\0${name}`).digest('hex') }))
  return ordered.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ members }) => members)
}
