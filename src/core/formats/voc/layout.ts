/** Which files of a folder belong together: VOC's own folders, also several of them, or XML files beside their pictures. */
import { parse } from 'node:path/posix'
import { IMAGE_EXTENSIONS } from '../../media/formats.ts'

/** The files of one image, by paths within the dataset. */
export interface VocEntry {
  /** As ImageSets name it: 'a', 'folder/a'. NFC. */
  readonly stem: string
  readonly xml: string | null
  readonly picture: string | null
  readonly classPng: string | null
  readonly objectPng: string | null
}

/** A folder with VOC's folders in it, or what lies about. */
export interface VocGroup {
  /** '' or a folder with a slash at its end. */
  readonly prefix: string
  readonly entries: ReadonlyMap<string, VocEntry>
  /** Lists of ImageSets. */
  readonly lists: readonly string[]
  /** labelmap.txt or class_names.txt; null where there is none. */
  readonly labelmap: string | null
}

type Kind = 'xml' | 'classPng' | 'objectPng' | 'picture' | 'list'

const FOLDERS: Readonly<Record<string, Kind>> = {
  annotations: 'xml',
  segmentationclass: 'classPng',
  segmentationobject: 'objectPng',
  // As labelme called them.
  segmentationclasspng: 'classPng',
  segmentationobjectpng: 'objectPng',
  jpegimages: 'picture',
  imagesets: 'list',
}
const ENDINGS: Readonly<Record<Kind, (ending: string) => boolean>> = {
  xml: (ending) => ending === 'xml',
  classPng: (ending) => ending === 'png',
  objectPng: (ending) => ending === 'png',
  picture: (ending) => IMAGE_EXTENSIONS.has(ending),
  list: (ending) => ending === 'txt',
}
const LABELMAPS = ['labelmap.txt', 'class_names.txt']

type Files = Record<Exclude<Kind, 'list'>, Map<string, string>> & { list: string[] }
const noFiles = (): Files => ({ xml: new Map(), classPng: new Map(), objectPng: new Map(), picture: new Map(), list: [] })

/** `paths`: all of the dataset, sorted. Groups without annotations are left out. */
export function groupsOf(paths: readonly string[]): readonly VocGroup[] {
  const groups = new Map<string, Files>()
  const loose = noFiles()
  for (const path of paths) {
    const found = placeOf(path)
    if (found === null) addLoose(loose, path)
    else {
      const files = groups.get(found.prefix) ?? noFiles()
      groups.set(found.prefix, files)
      if (!add(files, found.kind, found.stem, path)) addLoose(loose, path)
    }
  }
  for (const [prefix, { xml, classPng, objectPng, list, picture }] of groups) {
    if (xml.size + classPng.size + objectPng.size + list.length > 0) continue
    groups.delete(prefix)
    for (const path of picture.values()) addLoose(loose, path)
  }
  const pictures = new Map([...loose.picture].map(([stem, path]) => [parse(stem).base, path]))
  const own = [...groups].map(([prefix, files]) => groupOf(prefix, files, paths, pictures))
  return loose.xml.size > 0 ? [...own, groupOf('', besideXml(loose), paths, pictures)] : own
}

/** By the first of VOC's folders on the way to a file. */
function placeOf(path: string): { prefix: string; kind: Kind; stem: string } | null {
  const parts = path.split('/')
  const at = parts.findIndex((part, index) => index < parts.length - 1 && part.toLowerCase() in FOLDERS)
  if (at < 0) return null
  const kind = FOLDERS[parts[at]!.toLowerCase()]!
  if (!ENDINGS[kind](endingOf(path))) return null
  return {
    prefix: parts
      .slice(0, at)
      .map((part) => `${part}/`)
      .join(''),
    kind,
    stem: stemOf(parts.slice(at + 1).join('/')),
  }
}

function addLoose(loose: Files, path: string): void {
  for (const kind of ['xml', 'picture'] as const) if (ENDINGS[kind](endingOf(path))) add(loose, kind, stemOf(path), path)
}

/** False where the place is taken: by a folder or file name that differs in case or Unicode form only. */
function add(files: Files, kind: Kind, stem: string, path: string): boolean {
  if (kind === 'list') return files.list.push(path) > 0
  if (kind !== 'picture' && files[kind].has(stem)) return false
  if (!files[kind].has(stem)) files[kind].set(stem, path)
  return true
}

/** Pictures without XML count where XML files lie beside pictures. */
function besideXml(loose: Files): Files {
  const folders = new Set([...loose.xml.keys()].map((stem) => parse(stem).dir))
  return { ...loose, picture: new Map([...loose.picture].filter(([stem]) => folders.has(parse(stem).dir))) }
}

function groupOf(prefix: string, files: Files, paths: readonly string[], pictures: ReadonlyMap<string, string>): VocGroup {
  const stems = new Set([...files.xml.keys(), ...files.classPng.keys(), ...files.objectPng.keys(), ...files.picture.keys()])
  const entries = [...stems].sort().map((stem): [string, VocEntry] => [
    stem,
    {
      stem,
      xml: files.xml.get(stem) ?? null,
      picture: files.picture.get(stem) ?? pictures.get(parse(stem).base) ?? null,
      classPng: files.classPng.get(stem) ?? null,
      objectPng: files.objectPng.get(stem) ?? null,
    },
  ])
  const labelmap = LABELMAPS.map((name) => prefix + name).find((path) => paths.includes(path)) ?? null
  return { prefix, entries: new Map(entries), lists: files.list, labelmap }
}

export function stemOf(path: string): string {
  const { dir, name } = parse(path)
  return (dir ? `${dir}/${name}` : name).normalize('NFC')
}

function endingOf(path: string): string {
  return parse(path).ext.slice(1).toLowerCase()
}
