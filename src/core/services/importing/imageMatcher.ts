/** Which image of the project a dataset's image is; makes new ones where it is none. */
import { toWireError } from '../../../shared/errors.ts'
import type { Size } from '../../../shared/geometry.ts'
import type { DatasetImage } from '../../formats/dataset.ts'
import { datasetPath } from '../../formats/datasetPath.ts'
import { hashFile } from '../../media/hash.ts'
import type { ScannedImage, StoredImage } from '../../store/images.ts'
import type { Project } from '../../store/project.ts'
import type { ImageFinder, Picture } from './imageFinder.ts'

/** An image of the project, or what would become one. */
export type Match =
  | { readonly kind: 'known'; readonly image: StoredImage }
  | { readonly kind: 'new'; readonly root: string; readonly scanned: ScannedImage }
  | { readonly kind: 'missing'; readonly why: string }

export class ImageMatcher {
  readonly #project: Project
  readonly #finder: ImageFinder
  readonly #keepMissing: string | null
  readonly #bySize = new Map<number, StoredImage[]>()

  /** `keepMissing`: the folder under which images are stored whose file was not found; null leaves those out. */
  constructor(project: Project, finder: ImageFinder, keepMissing: string | null) {
    this.#project = project
    this.#finder = finder
    this.#keepMissing = keepMissing
    for (const image of project.images.iterate()) {
      const same = this.#bySize.get(image.size)
      if (same) same.push(image)
      else this.#bySize.set(image.size, [image])
    }
  }

  /** The same file, else a file with the same content; without a file the image that the path means. Writes nothing. */
  async match(image: DatasetImage): Promise<Match> {
    const picture = image.file === null ? this.#finder.pictureOf(image.path) : this.#finder.byFile(image.file)
    if (!picture) return this.#without(image)
    if (picture.known) return { kind: 'known', image: picture.known }
    const twin = await this.#twinOf(picture)
    if (twin) return { kind: 'known', image: twin }
    return { kind: 'new', root: picture.root, scanned: await this.#scanned(picture) }
  }

  /** The image in the project; later matches of the same picture give it as known. */
  store(match: Exclude<Match, { kind: 'missing' }>, file: string | null): StoredImage {
    if (match.kind === 'known') return match.image
    const { root, scanned } = match
    const { ids } = this.#project.images.upsert(this.#project.sources.add(root).id, [scanned])
    const image = this.#project.images.get(ids[0]!)
    const picture = file === null ? null : this.#finder.byFile(file)
    if (picture) picture.known = image
    return image
  }

  #without({ path, size }: DatasetImage): Match {
    const why = this.#finder.whyNot(path)
    if (this.#keepMissing === null || !isSize(size)) return { kind: 'missing', why }
    // Whatever a file says, what is stored lies below the folder it was read from.
    const inside = datasetPath(path)
    if (inside === '') return { kind: 'missing', why }
    const facts = { ...size, orientation: 1, depth: 8, frames: 1, status: 'missing' as const, problem: `Not found on import: ${why}.` }
    return { kind: 'new', root: this.#keepMissing, scanned: { path: inside, size: 0, mtime: 0, contentHash: null, ...facts } }
  }

  async #twinOf(picture: Picture): Promise<StoredImage | null> {
    const candidates = this.#bySize.get(picture.bytes) ?? []
    if (candidates.length === 0) return null
    const hash = await hashFile(picture.file).catch(() => null)
    for (const candidate of candidates) {
      const other = candidate.contentHash ?? (await hashFile(this.#project.images.fileOf(candidate)).catch(() => null))
      if (hash !== null && other === hash) return candidate
    }
    return null
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
