/** The pictures a dataset may mean: those of its folder, of further folders, and those the project has already. */
import { posix } from 'node:path'
import { nameInLayout } from '../../formats/common/files/layoutName.ts'
import type { FoundImage } from '../../formats/dataset.ts'
import { probe } from '../../media/decode.ts'
import type { ImageInfo } from '../../media/decode.ts'
import { scanPaths } from '../../media/scan.ts'
import type { StoredImage } from '../../store/images.ts'
import type { Project } from '../../store/project.ts'

export interface Picture {
  /** Absolute. */
  readonly file: string
  /** The folder it was found in, and its path below it with forward slashes. */
  readonly root: string
  readonly path: string
  readonly bytes: number
  readonly mtimeMs: number
  /** The image of the project that this file is. */
  known: StoredImage | null
}

export class ImageFinder {
  readonly #byName = new Map<string, Picture[]>()
  readonly #byStem = new Map<string, Picture[]>()
  /** By stem in small letters: on Windows a.jpg and A.JPG are one file. */
  readonly #byAnyCase = new Map<string, Picture[]>()
  readonly #byFile = new Map<string, Picture>()
  readonly #headers = new Map<string, Promise<ImageInfo>>()
  readonly #own: string | undefined

  private constructor(own: string | undefined) {
    this.#own = own
  }

  /**
   * Looks through the folders, then through the project's images; the earlier a picture is found the more it is meant. The
   * first folder is the dataset's own: what a path means there is not looked for elsewhere.
   */
  static async over(folders: readonly string[], project: Project | null, signal?: AbortSignal): Promise<ImageFinder> {
    const finder = new ImageFinder(folders[0])
    for await (const file of scanPaths(folders, signal ? { signal } : {})) {
      finder.#add({ file: file.absolutePath, root: file.root, path: file.relativePath, bytes: file.bytes, mtimeMs: file.mtimeMs, known: null })
    }
    for (const image of project?.images.iterate() ?? []) {
      const file = project!.images.fileOf(image)
      if (image.status !== 'missing' || finder.#byFile.has(file)) finder.#addKnown(image, file)
    }
    return finder
  }

  #addKnown(image: StoredImage, file: string): void {
    const present = this.#byFile.get(file)
    if (present) present.known = image
    else this.#add({ file, root: '', path: image.path, bytes: image.size, mtimeMs: image.mtime, known: image })
  }

  #add(picture: Picture): void {
    this.#byFile.set(picture.file, picture)
    push(this.#byName, posix.basename(plain(picture.path)), picture)
    push(this.#byStem, stemOf(picture.path), picture)
    push(this.#byAnyCase, stemOf(picture.path).toLowerCase(), picture)
  }

  /** These files, by absolute path, are never meant. */
  setAside(files: Iterable<string>): void {
    for (const file of files) {
      const picture = this.#byFile.get(file)
      if (!picture) continue
      this.#byFile.delete(file)
      remove(this.#byName, posix.basename(plain(picture.path)), picture)
      remove(this.#byStem, stemOf(picture.path), picture)
      remove(this.#byAnyCase, stemOf(picture.path).toLowerCase(), picture)
    }
  }

  /** See `ReadContext.find`; null also where several pictures could be meant. */
  pictureOf(path: string): Picture | null {
    const wanted = plain(path)
    const named = this.#byName.get(posix.basename(wanted)) ?? []
    const own = named.filter(({ root }) => root === this.#own)
    const stem = stemOf(wanted)
    const alike = this.#byStem.get(stem) ?? []
    return byPath(own, wanted) ?? byPath(named, wanted) ?? only(alike) ?? only(this.#byAnyCase.get(stem.toLowerCase()) ?? [])
  }

  /** Why `pictureOf` gives nothing, in words. */
  whyNot(path: string): string {
    const like = this.#byAnyCase.get(stemOf(plain(path)).toLowerCase())
    const choices = like?.slice(0, 3).map((picture) => picture.path).join(', ')
    return choices ? `several pictures could be "${path}": ${choices}` : `the picture "${path}" was not found; name the folder it is in`
  }

  /** The picture with its size; what can't be read counts as not found. */
  async find(path: string): Promise<FoundImage | null> {
    const picture = this.pictureOf(path)
    if (!picture) return null
    const { file, known } = picture
    const size = known?.status === 'ok' ? known : await this.headerOf(picture).catch(() => null)
    return size && { file, size: { width: size.width, height: size.height }, orientation: size.orientation }
  }

  byFile(file: string): Picture | null {
    return this.#byFile.get(file) ?? null
  }

  /** Read once. @throws AppError unreadable-image and the like */
  headerOf({ file }: Picture): Promise<ImageInfo> {
    const header = this.#headers.get(file) ?? probe(file)
    this.#headers.set(file, header)
    header.catch(() => undefined)
    return header
  }
}

function byPath(pictures: readonly Picture[], wanted: string): Picture | null {
  const exact = pictures.find((picture) => plain(picture.path) === wanted)
  // Masks are often called like the picture, and lie in folders of other names.
  const laidOut = () => only(pictures.filter((picture) => nameInLayout(plain(picture.path), null) === wanted))
  return exact ?? laidOut() ?? only(pictures.filter((picture) => oneEndsInOther(plain(picture.path), wanted)))
}

function plain(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(\.?\/)+/, '').normalize('NFC')
}

function stemOf(path: string): string {
  return posix.parse(plain(path)).name
}

function oneEndsInOther(a: string, b: string): boolean {
  return a.endsWith(`/${b}`) || b.endsWith(`/${a}`)
}

function only<T>(found: readonly T[]): T | null {
  return found.length === 1 ? found[0]! : null
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

function remove<T>(map: Map<string, T[]>, key: string, value: T): void {
  const rest = (map.get(key) ?? []).filter((other) => other !== value)
  map.set(key, rest)
}
