/** Which PNG files of a folder are masks, of which images, and what they mean. */
import { parse } from 'node:path/posix'
import { IMAGE_EXTENSIONS } from '../../media/formats.ts'
import { isSide } from '../csv/cells.ts'
import type { DatasetLabel } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { datasetPath } from '../common/files/datasetPath.ts'
import { classesOf, VOID } from '../voc/classes.ts'
import type { VocClasses } from '../voc/classes.ts'
import { IMAGES_FILE, LABELS_FILE, rowsWith } from './tables.ts'

export interface MaskFile {
  readonly path: string
  /** What its foreground is; null where its numbers tell. */
  readonly label: string | null
}

export interface MaskedImage {
  /** Without its ending, and without what names of masks have besides. */
  readonly stem: string
  /** As images.csv names it, or its picture within the dataset; null where there is neither. */
  readonly path: string | null
  readonly size: { readonly width: number; readonly height: number } | null
  readonly split: string | null
  readonly masks: readonly MaskFile[]
  /** images.csv, where that names it. */
  readonly listedIn: string | null
}

export interface MaskPlan {
  /** 'numbers': pixels are numbers or colours; 'labels': all of a label in a file; 'objects': an object in a file. */
  readonly kind: 'numbers' | 'labels' | 'objects'
  readonly labels: readonly DatasetLabel[]
  /** What numbers mean; null where nothing says it. */
  readonly classes: VocClasses | null
  readonly images: readonly MaskedImage[]
  readonly maskPaths: readonly string[]
}

const MASK_FOLDER = /^(.*[_-])?(masks?|labels?|annot|gt|ground_?truths?|segm?(entations?)?|pedmasks)([_-].*)?$/i
const AFFIX = /^(mask|seg|gt|label)[_.-]|([_.-]|^)(masks?|seg(mentation)?|labels?|gt|ground_?truth|annotation)$/i
const SPLIT = /^(train|valid|validation|val|test)$/i
const TABLES = ['labelmap.txt', 'class_names.txt', 'classes.txt', 'dataset_meta.json']

interface Found {
  readonly path: string
  /** Below the folder of masks: ['a.png'], ['cat', 'a.png']. */
  readonly parts: readonly string[]
  readonly split: string | null
}

/** Null where nothing looks like masks. */
export async function planOf(files: DatasetFiles): Promise<MaskPlan | null> {
  const paths = await files.list()
  const own = await ownLabels(files, paths)
  const found = paths.flatMap((path) => (own ? ownMaskAt(path) : maskAt(path)) ?? [])
  if (found.length === 0 && !own) return null
  const maskPaths = found.map(({ path }) => path)
  const taken = new Set(maskPaths)
  const pictures = new Map(paths.filter((path) => isPicture(path) && !taken.has(path)).map((path) => [stemOf(path), path]))
  const kind = own?.kind ?? kindOf(found, pictures)
  const classes = kind === 'numbers' ? (own?.classes ?? (await foreignClasses(files, paths))) : null
  const images = await imagesOf(files, paths, groupMasks(found, kind, own?.folders ?? null), pictures)
  return { kind, labels: own?.labels ?? classes?.labels ?? [], classes, images, maskPaths }
}

function ownMaskAt(path: string): Found | null {
  return isOwnMask(path) ? { path, parts: path.split('/').slice(1), split: null } : null
}

/** Beside our own tables masks lie in masks/ and nowhere else. */
export function isOwnMask(path: string): boolean {
  return path.startsWith('masks/') && path.endsWith('.png')
}

function maskAt(path: string): Found | null {
  const parts = path.split('/')
  const { name, ext } = parse(path)
  if (ext.toLowerCase() !== '.png') return null
  const at = parts.findIndex((part, index) => index < parts.length - 1 && MASK_FOLDER.test(part))
  if (at < 0)
    return AFFIX.test(name) ? { path, parts: [parts.at(-1)!], split: parts.find((part) => SPLIT.test(part)) ?? null } : null
  const below = parts.slice(at + 1)
  const split = parts.slice(0, -1).find((part) => SPLIT.test(part)) ?? null
  return { path, parts: below.filter((part, index) => index === below.length - 1 || !SPLIT.test(part)), split }
}

function isPicture(path: string): boolean {
  return IMAGE_EXTENSIONS.has(parse(path).ext.slice(1).toLowerCase())
}

export function stemOf(path: string): string {
  return parse(path).name.normalize('NFC')
}

interface OwnLabels {
  readonly kind: 'labels' | 'numbers'
  readonly labels: readonly DatasetLabel[]
  /** Label by folder. */
  readonly folders: ReadonlyMap<string, string>
  readonly classes: VocClasses
}

/** Our own labels.csv beside images.csv. */
async function ownLabels(files: DatasetFiles, paths: readonly string[]): Promise<OwnLabels | null> {
  if (!paths.includes(LABELS_FILE) || !paths.includes(IMAGES_FILE)) return null
  const rows = rowsWith(await files.readText(LABELS_FILE), 'number', 'label', 'color', 'folder').filter(
    ({ label }) => label !== '',
  )
  const labels = rows.map(({ number, label, color }): DatasetLabel => {
    return { name: label, ...(/^#[0-9a-f]{6}$/.test(color) && { color }), source: { format: 'masks', id: Number(number) } }
  })
  const folders = new Map(rows.filter(({ folder }) => folder !== '').map(({ folder, label }) => [folder, label]))
  const known = new Map<number, string | null>([
    [0, null],
    [VOID, null],
    ...rows.map(({ number, label }): [number, string] => [Number(number), label]),
  ])
  const meanings: VocClasses['meanings'] = (_, numbers) =>
    new Map([...numbers].filter((number) => known.has(number)).map((number) => [number, known.get(number)!]))
  return { kind: folders.size > 0 ? 'labels' : 'numbers', labels, folders, classes: { labels, meanings, problems: [] } }
}

/** CVAT's and datumaro's labelmap.txt and dataset_meta.json, names of classes a line. */
async function foreignClasses(files: DatasetFiles, paths: readonly string[]): Promise<VocClasses | null> {
  const path = TABLES.flatMap((name) => paths.find((one) => parse(one).base === name) ?? [])[0]
  if (path === undefined) return null
  const text = await files.readText(path)
  if (parse(path).base === 'dataset_meta.json') return classesOf({ path: 'labelmap.txt', text: labelmapOf(text) })
  return classesOf({ path: parse(path).base === 'labelmap.txt' ? path : 'class_names.txt', text })
}

/** datumaro: { label_map: { "0": "background", ... }, segmentation_colors: [[r, g, b], ...] }. */
function labelmapOf(text: string): string {
  try {
    const { label_map: names = {}, segmentation_colors: colors = [] } = JSON.parse(text) as {
      label_map?: Record<string, string>
      segmentation_colors?: number[][]
    }
    return Object.values(names)
      .map((name, index) => `${name}:${colors[index]?.join(',') ?? ''}::`)
      .join('\n')
  } catch {
    return ''
  }
}

/** One folder further down: a label with images in it, or an image with objects in it. */
function kindOf(found: readonly Found[], pictures: ReadonlyMap<string, string>): MaskPlan['kind'] {
  const nested = found.filter(({ parts }) => parts.length > 1)
  if (nested.length < found.length) return 'numbers'
  if (nested.some(({ parts }) => pictures.has(parts[0]!.normalize('NFC')))) return 'objects'
  if (nested.some(({ parts }) => pictures.has(imageStem(parts.at(-1)!)))) return 'labels'
  const files = new Set(nested.map(({ parts }) => parts.slice(1).join('/')))
  return files.size < nested.length ? 'labels' : 'objects'
}

/** 'a_mask.png' is of the image 'a'. */
function imageStem(file: string): string {
  const stem = stemOf(file)
  const plain = stem.replace(AFFIX, '')
  return plain === '' ? stem : plain
}

function groupMasks(
  found: readonly Found[],
  kind: MaskPlan['kind'],
  folders: ReadonlyMap<string, string> | null,
): Map<string, { split: string | null; masks: MaskFile[] }> {
  const groups = new Map<string, { split: string | null; masks: MaskFile[] }>()
  for (const { path, parts, split } of found) {
    const [first, last] = [parts[0]!, parts.at(-1)!]
    const stem = kind === 'objects' ? first.normalize('NFC') : folders ? stemOf(last) : imageStem(last)
    const label = kind === 'numbers' ? null : kind === 'labels' ? (folders?.get(first) ?? first) : labelIn(last)
    const group = groups.get(stem) ?? { split, masks: [] }
    groups.set(stem, group)
    group.masks.push({ path, label })
  }
  return groups
}

/** '003_cat.png' and 'cat_3.png' are of a cat; numbers and hashes are of an object. */
function labelIn(file: string): string {
  const name = stemOf(file).replace(/^\d+[_-]|[_-]\d+$/g, '')
  return /^(mask|object|instance)?[_-]?\d*$/i.test(name) || /^[0-9a-f]{16,}$/i.test(name) ? 'object' : name
}

async function imagesOf(
  files: DatasetFiles,
  paths: readonly string[],
  groups: ReturnType<typeof groupMasks>,
  pictures: ReadonlyMap<string, string>,
): Promise<MaskedImage[]> {
  const rows = paths.includes(IMAGES_FILE) ? rowsWith(await files.readText(IMAGES_FILE), 'image', 'width', 'height', 'split') : []
  const named = rows.map((row) => ({ ...row, image: datasetPath(row.image) })).filter(({ image }) => image !== '')
  const listed = new Map(named.map((row) => [stemOf(row.image), row]))
  const stems = new Set([...listed.keys(), ...groups.keys(), ...pictures.keys()])
  return [...stems].map((stem) => {
    const row = listed.get(stem)
    const group = groups.get(stem)
    const [width, height] = [Number(row?.width), Number(row?.height)]
    const size = isSide(width) && isSide(height) ? { width, height } : null
    return {
      stem,
      path: row?.image ?? pictures.get(stem) ?? null,
      size,
      split: row?.split || (group?.split ?? null),
      masks: group?.masks ?? [],
      listedIn: row ? IMAGES_FILE : null,
    }
  })
}
