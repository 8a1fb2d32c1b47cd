/** Which class a pixel of a mask means: by labelmap.txt (CVAT, datumaro), class_names.txt (labelme), or VOC's own twenty. */
import { parse } from 'node:path/posix'
import { VOC_PALETTE } from '../common/pixels/palette.ts'
import type { DatasetLabel } from '../dataset.ts'
import { rgb } from '../common/pixels/maskPng.ts'
import type { MaskPng, Rgb } from '../common/pixels/maskPng.ts'

export const VOC_CLASSES: readonly string[] = [
  'aeroplane',
  'bicycle',
  'bird',
  'boat',
  'bottle',
  'bus',
  'car',
  'cat',
  'chair',
  'cow',
  'diningtable',
  'dog',
  'horse',
  'motorbike',
  'person',
  'pottedplant',
  'sheep',
  'sofa',
  'train',
  'tvmonitor',
]

/** Of the border around objects and of what nobody could name. */
export const VOID = 255
const NUMBER_BY_COLOR: ReadonlyMap<Rgb, number> = new Map(VOC_PALETTE.map((color, number) => [rgb(...color), number]))
const BACKGROUND = /^_*(background|unlabell?ed)_*$/i

/** Null: background or to be ignored. */
type Meaning = string | null

export interface VocClasses {
  /** Without background and void. */
  readonly labels: readonly DatasetLabel[]
  /** What the numbers of a class mask mean; those that nothing declares are missing. */
  meanings(png: MaskPng, numbers: Iterable<number>): ReadonlyMap<number, Meaning>
  /** Lines that could not be read: the line and why. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
}

interface Entry {
  readonly name: string
  readonly color: readonly [number, number, number] | null
  readonly parts: readonly string[]
  readonly actions: readonly string[]
}

/**
 * `text` of a labelmap.txt or class_names.txt. For datasets without either `named`: classes that have lists in ImageSets, and
 * `met`: names of objects. Tools list VOC's own twenty whatever a dataset is about: of those the ones that are met count.
 */
export function classesOf(
  labelmap: { path: string; text: string } | null,
  named: readonly string[] = [],
  met: ReadonlySet<string> = new Set(),
): VocClasses {
  if (labelmap === null) {
    const known = VOC_CLASSES.filter((name) => met.has(name))
    const others = named.filter((name) => !VOC_CLASSES.includes(name) && !BACKGROUND.test(name) && name !== 'ignored').sort()
    const plain = (name: string): DatasetLabel => ({ name, source: { format: 'voc' } })
    const numbered = VOC_CLASSES.map((name): Entry => ({ name, color: null, parts: [], actions: [] }))
    return { ...withMeanings(numbered), labels: [...known, ...others].map(plain), problems: [] }
  }
  const { entries, problems } =
    parse(labelmap.path).base === 'labelmap.txt' ? parseLabelmap(labelmap.text) : parseNames(labelmap.text)
  return { ...withMeanings(entries), labels: labelsOf(entries), problems }
}

function withMeanings(entries: readonly Entry[]): Pick<VocClasses, 'meanings'> {
  const byColor = new Map<Rgb, Meaning>()
  const byNumber = new Map<number, Meaning>([
    [0, null],
    [VOID, null],
  ])
  const first = firstNumber(entries)
  entries.forEach(({ name, color }, index) => {
    const meaning = isNoClass({ name, color }, index) ? null : name
    if (color && !byColor.has(rgb(...color))) byColor.set(rgb(...color), meaning)
    if (!byNumber.has(index + first)) byNumber.set(index + first, meaning)
  })
  const byVocColor = (color: Rgb) => byNumber.get(NUMBER_BY_COLOR.get(color) ?? -1)
  const meaningOf = (png: MaskPng, number: number, isColored: boolean): Meaning | undefined => {
    if (png.kind === 'grey') return byNumber.get(number)
    if (png.kind === 'indexed')
      return isColored ? (byColor.get(png.palette[number]!) ?? (number === VOID ? null : undefined)) : byNumber.get(number)
    if (number === 0) return null
    return byColor.size === 0
      ? byVocColor(number)
      : byColor.has(number)
        ? byColor.get(number)
        : NUMBER_BY_COLOR.get(number) === VOID
          ? null
          : undefined
  }
  return {
    meanings: (png, numbers) => {
      const all = [...numbers]
      const isColored = png.kind === 'indexed' && all.some((number) => number !== 0 && byColor.has(png.palette[number]!))
      const known = all.map(
        (number) => [number, number === 0 && png.kind !== 'rgb' ? null : meaningOf(png, number, isColored)] as const,
      )
      return new Map(known.filter((pair): pair is [number, Meaning] => pair[1] !== undefined))
    },
  }
}

/** Background by its place or colour, void by its colour: any other entry is a class, whatever its name. */
function isNoClass({ name, color }: Pick<Entry, 'name' | 'color'>, index: number): boolean {
  if (index === 0 && BACKGROUND.test(name)) return true
  return color !== null && (rgb(...color) === 0 || NUMBER_BY_COLOR.get(rgb(...color)) === VOID)
}

/** Background is number 0, said or not. */
function firstNumber([first]: readonly Entry[]): 0 | 1 {
  return first && isNoClass(first, 0) ? 0 : 1
}

function labelsOf(entries: readonly Entry[]): DatasetLabel[] {
  const first = firstNumber(entries)
  const labels = entries.map(({ name, color, parts, actions }, index): DatasetLabel => {
    const source = {
      format: 'voc',
      id: index + first,
      ...(parts.length > 0 && { parts }),
      ...(actions.length > 0 && { actions }),
    }
    return { name, ...(color && { color: hexOf(color) }), source }
  })
  return labels.filter((_, index) => !isNoClass(entries[index]!, index))
}

function hexOf(color: readonly [number, number, number]): string {
  return `#${rgb(...color)
    .toString(16)
    .padStart(6, '0')}`
}

/** Lines 'name:r,g,b:parts:actions'; a name may hold colons. */
function parseLabelmap(text: string): { entries: Entry[]; problems: VocClasses['problems'] } {
  const entries: Entry[] = []
  const problems: { line: number; reason: string }[] = []
  text.split(/\r\n|\r|\n/).forEach((line, index) => {
    if (line.trim() === '' || line.trim().startsWith('#')) return
    const entry = /^(.*?)(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?$/.exec(line.trim())!
    const name = unescapeName(entry[1]!.trim())
    const color = entry[2]?.trim() ? colorOf(entry[2]) : null
    if (name === '' || color === undefined)
      problems.push({ line: index + 1, reason: `"${line.trim()}" is no "name:red,green,blue:parts:actions"` })
    else if (entries.some((other) => other.name === name))
      problems.push({ line: index + 1, reason: `the label "${name}" is there twice` })
    else entries.push({ name, color, parts: listOf(entry[3]), actions: listOf(entry[4]) })
  })
  return { entries, problems }
}

/** As the writer of labelmap.txt has to put what would break a line: 'a%3Ab' is 'a:b'. */
function unescapeName(name: string): string {
  return name.replace(/%(3A|0A|0D|23|25)/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
}

function colorOf(text: string): [number, number, number] | undefined {
  const values = text.split(',').map((value) => (value.trim() === '' ? NaN : Number(value)))
  return values.length === 3 && values.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)
    ? (values as [number, number, number])
    : undefined
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

function parseNames(text: string): { entries: Entry[]; problems: [] } {
  const names = text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((name) => name !== '' && name !== '__ignore__')
  return { entries: names.map((name) => ({ name, color: null, parts: [], actions: [] })), problems: [] }
}
