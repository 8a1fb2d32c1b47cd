/** The lists in ImageSets: which images there are, in which parts, and which classes are named. */
import { parse } from 'node:path/posix'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import type { VocGroup } from './layout.ts'

export interface ImageSets {
  /** Every image a list names, NFC, in the order met. */
  readonly stems: ReadonlySet<string>
  /** The part of an image: 'train'; null where lists make no parts of the images. */
  splitOf(stem: string): string | null
  /** Classes that have a list of their own, e.g. Main/cat_train.txt. */
  readonly classes: readonly string[]
}

/** In this order: where two kinds of lists disagree about an image, the former holds. */
const KINDS = ['Main', 'Segmentation', 'Layout', 'Action']
const LARGEST = 2 ** 26

interface List {
  readonly kind: string
  readonly name: string
  readonly lines: readonly string[]
}

export async function readImageSets(files: DatasetFiles, group: VocGroup): Promise<ImageSets> {
  const lists: List[] = []
  for (const path of group.lists) {
    const { dir, name } = parse(path)
    lists.push({ kind: parse(dir).base, name, lines: linesOf(await files.readText(path, LARGEST)) })
  }
  const rank = ({ kind }: List) => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length)
  lists.sort((a, b) => rank(a) - rank(b) || Number(a.name === 'trainval') - Number(b.name === 'trainval'))
  const classOf = new Map(lists.map((list) => [list, classListed(list, lists)]))
  const imageLists = lists.filter((list) => classOf.get(list) === null)
  const members = new Map(imageLists.map((list) => [list, list.lines.map((line) => stemIn(line, list.kind, group))]))
  const stems = new Set([...members.values()].flat())
  const splits = areParts(imageLists, members) ? splitsOf(imageLists, members) : new Map<string, string>()
  const classes = new Set([...classOf.values()].filter((name) => name !== null))
  return { stems, splitOf: (stem) => splits.get(stem) ?? null, classes: [...classes] }
}

function linesOf(text: string): string[] {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim())
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}

/** 'cat' for cat_train.txt beside train.txt, where each line ends in 1, 0 or -1; null for lists of images. */
function classListed(list: List, lists: readonly List[]): string | null {
  const parts = lists.filter((other) => other !== list && other.kind === list.kind && list.name.endsWith(`_${other.name}`))
  const part = parts.sort((a, b) => b.name.length - a.name.length)[0]
  if (!part || !list.lines.every((line) => /\s[+-]?[01]$/.test(line))) return null
  return list.name.slice(0, -part.name.length - 1)
}

/** Lists of Layout and Action may name an object of the image behind it; other names may hold spaces. */
function stemIn(line: string, kind: string, { entries }: VocGroup): string {
  const whole = (/^"([^"]+)"/.exec(line)?.[1] ?? line).normalize('NFC')
  const candidates = [whole, whole.replace(/\.\w+$/, ''), whole.split(/\s+/)[0]!]
  const known = candidates.find((stem) => entries.has(stem))
  return known ?? (kind === 'Layout' || kind === 'Action' ? candidates[2]! : whole)
}

/** One list of all images, or train and trainval with the same images, is no division of them. */
function areParts(lists: readonly List[], members: ReadonlyMap<List, readonly string[]>): boolean {
  const names = new Set(lists.map(({ name }) => name))
  if (names.size === 1) return !names.has('trainval') && !names.has('default')
  if (names.size > 2 || !names.has('train') || !names.has('trainval')) return true
  const of = (name: string) => new Set(lists.filter((list) => list.name === name).flatMap((list) => members.get(list)!))
  return of('train').size !== of('trainval').size
}

function splitsOf(lists: readonly List[], members: ReadonlyMap<List, readonly string[]>): Map<string, string> {
  const splits = new Map<string, string>()
  for (const list of lists) for (const stem of members.get(list)!) if (!splits.has(stem)) splits.set(stem, list.name)
  return splits
}
