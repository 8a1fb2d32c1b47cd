/** Which image of the project a dataset's image is; makes new ones where it is none. */
import { join, posix } from 'node:path'
import { toWireError } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'
import type { DatasetImage } from '../../formats/dataset.ts'
import { datasetPath } from '../../formats/common/files/datasetPath.ts'
import { hashFile } from '../../media/hash.ts'
import type { ScannedImage, StoredImage } from '../../store/images.ts'
import type { Project } from '../../store/project.ts'
import type { ImageFinder, Picture } from './imageFinder.ts'

/** An image of the project, or what would become one. */
export type Match =
  /** `refused`: why the picture that was found does not become that of an image whose picture is missing. */
  | { readonly kind: 'known'; readonly image: StoredImage; readonly refused?: string }
  | { readonly kind: 'new'; readonly root: string; readonly scanned: ScannedImage }
  /** An image of the project whose picture was missing. */
  | { readonly kind: 'found'; readonly image: StoredImage; readonly root: string; readonly scanned: ScannedImage }
  | { readonly kind: 'missing'; readonly why: string }

export class ImageMatcher {
  readonly #project: Project
  readonly #finder: ImageFinder
  readonly #keepMissing: string | null
  readonly #bySize = new Map<number, StoredImage[]>()
  readonly #hashes = new Map<StoredImage['id'], Promise<string | null>>()
  /** Images without a picture, by path in normal form C. */
  readonly #lost = new Map<string, StoredImage>()
  /** Files of images that were removed from the project. */
  readonly #removed: ReadonlySet<string>

  /** `keepMissing`: the folder under which images are stored whose file was not found; null leaves those out. */
  constructor(project: Project, finder: ImageFinder, keepMissing: string | null) {
    this.#project = project
    this.#finder = finder
    this.#keepMissing = keepMissing
    this.#removed = new Set(project.removals.list().map((id) => project.images.fileOf(project.images.get(id))))
    for (const image of project.images.iterate()) {
      if (image.status === 'missing') {
        this.#lost.set(image.path.normalize('NFC'), image)
        continue
      }
      const same = this.#bySize.get(image.size)
      if (same) same.push(image)
      else this.#bySize.set(image.size, [image])
    }
  }

  /** The same file, else a file with the same content; without a file the image that the path means. Writes nothing. */
  async match(image: DatasetImage): Promise<Match> {
    const picture = image.file === null ? this.#finder.pictureOf(image.path) : this.#finder.byFile(image.file)
    if (!picture) return this.#without(image)
    if (picture.known && picture.known.status !== 'missing') return { kind: 'known', image: picture.known }
    const twin = await this.#twinOf(picture, image.path)
    if (twin) return { kind: 'known', image: twin }
    const here = { root: picture.root, scanned: await this.#scanned(picture) }
    const lost = picture.known ?? this.#lost.get(image.path.normalize('NFC'))
    if (!lost) return this.#new(here)
    const refused = whyRefused(here.scanned, lost)
    return refused === null ? { kind: 'found', image: lost, ...here } : { kind: 'known', image: lost, refused }
  }

  /** The image in the project; later matches of the same picture give it as known. */
  store(match: Exclude<Match, { kind: 'missing' }>, file: string | null): StoredImage {
    if (match.kind === 'known') return match.image
    const { root, scanned } = match
    const source = this.#project.sources.add(root).id
    if (match.kind === 'found') this.#fill(match.image, source, scanned)
    const { ids } = this.#project.images.upsert(source, [scanned])
    const image = this.#project.images.get(ids[0]!)
    const picture = file === null ? null : this.#finder.byFile(file)
    if (picture) picture.known = image
    return image
  }

  #fill(lost: StoredImage, source: number, scanned: ScannedImage): void {
    const other = this.#project.images.byPath(source, scanned.path)
    if (!other || other.id === lost.id) this.#project.images.setFile(lost.id, source, scanned)
    this.#lost.delete(lost.path.normalize('NFC'))
  }

  #without({ path, size }: DatasetImage): Match {
    const lost = this.#lost.get(path.normalize('NFC'))
    if (lost) return { kind: 'known', image: lost }
    const why = this.#finder.whyNot(path)
    if (this.#keepMissing === null || !isSize(size)) return { kind: 'missing', why }
    // Whatever a file says, what is stored lies below the folder it was read from.
    const inside = datasetPath(path)
    if (inside === '') return { kind: 'missing', why }
    const facts = { ...size, orientation: 1, depth: 8, frames: 1, status: 'missing' as const, problem: `Not found on import: ${why}.` }
    return this.#new({ root: this.#keepMissing, scanned: { path: inside, size: 0, mtime: 0, contentHash: null, ...facts } })
  }

  #new(here: { readonly root: string; readonly scanned: ScannedImage }): Match {
    if (!this.#removed.has(join(here.root, here.scanned.path))) return { kind: 'new', ...here }
    return { kind: 'missing', why: 'the image was removed from the project; show removed images again, then import once more' }
  }

  /** Of several with the same content the one that is called like this is meant. */
  async #twinOf(picture: Picture, path: string): Promise<StoredImage | null> {
    const candidates = this.#bySize.get(picture.bytes) ?? []
    if (candidates.length === 0) return null
    const hash = await hashFile(picture.file).catch(() => null)
    if (hash === null) return null
    const hashes = await Promise.all(candidates.map((candidate) => this.#hashOf(candidate)))
    const twins = candidates.filter((_, n) => hashes[n] === hash)
    const name = posix.basename(path)
    return twins.find((twin) => twin.path === path) ?? twins.find((twin) => posix.basename(twin.path) === name) ?? twins[0] ?? null
  }

  /** Computed once: pictures without compression all have one size. */
  #hashOf(image: StoredImage): Promise<string | null> {
    const known = this.#hashes.get(image.id)
    if (known) return known
    const read = () => hashFile(this.#project.images.fileOf(image)).catch(() => null)
    const hash = image.contentHash === null ? read() : Promise.resolve(image.contentHash)
    this.#hashes.set(image.id, hash)
    return hash
  }

  async #scanned(picture: Picture): Promise<ScannedImage> {
    const known = { path: picture.path, size: picture.bytes, mtime: picture.mtimeMs, contentHash: null }
    try {
      const { width, height, orientation, depth, frames } = await this.#finder.headerOf(picture)
      return { ...known, width, height, orientation, depth, frames, status: 'ok', problem: null }
    } catch (error) {
      return { ...known, width: 0, height: 0, orientation: 1, depth: 8, frames: 1, status: 'failed', problem: toWireError(error).message }
    }
  }
}

/** No picture is larger than this on a side, whatever a file says of one that was not found. */
const LARGEST_SIDE = 1_000_000

function isSize({ width, height }: Size): boolean {
  return [width, height].every((side) => Number.isInteger(side) && side > 0 && side <= LARGEST_SIDE)
}

/** Why its objects would not be where they were; null where they are, also on an image whose size nobody knew yet. */
function whyRefused({ path, status, width, height, problem }: ScannedImage, lost: StoredImage): string | null {
  if (status !== 'ok') return `the picture ${path} was found and can't be read: ${problem ?? status}`
  if (lost.width === 0 || (lost.width === width && lost.height === height)) return null
  const sizes = `${String(width)} x ${String(height)} pixels, but the objects lie on ${String(lost.width)} x ${String(lost.height)}`
  return `the picture ${path} was found and has ${sizes}: the image stays without a picture. Put the picture of that size there`
}
