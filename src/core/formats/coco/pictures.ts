/** Where the pictures of COCO files are: their names fit several folders, and masks are called like their pictures. */
import { relative, sep } from 'node:path'
import { basename, dirname, join } from 'node:path/posix'
import type { FoundImage, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import type { CocoDocument } from './document.ts'

export class CocoPictures {
  private readonly root: string
  /** Files of the dataset by their path in NFC; empty where a single file was named. */
  private readonly files: ReadonlyMap<string, string>
  private readonly context: ReadContext

  private constructor(root: string, files: ReadonlyMap<string, string>, context: ReadContext) {
    this.root = root
    this.files = files
    this.context = context
  }

  static async of(files: DatasetFiles, context: ReadContext): Promise<CocoPictures> {
    const paths = files.named === null ? await files.list() : []
    return new CocoPictures(files.root, new Map(paths.map((path) => [path.normalize('NFC'), path])), context)
  }

  /** Whether two files mean different pictures by one name. */
  isElsewhere(a: CocoDocument, b: CocoDocument, path: string): boolean {
    const [placeA, placeB] = [this.locate(a, path), this.locate(b, path)]
    return placeA !== null && placeB !== null && placeA !== placeB
  }

  /** Where the dataset itself has the picture: in images/train/, train/, images/ beside annotations/, or by the JSON file. */
  private locate({ path: file, split }: CocoDocument, path: string): string | null {
    if (this.files.size === 0) return null
    const folder = dirname(file)
    const base = basename(folder) === 'annotations' ? dirname(folder) : folder
    const folders = [...(split === null ? [] : [join(base, 'images', split), join(base, split)]), join(base, 'images'), base, folder]
    for (const place of folders) {
      const found = this.files.get(join(place, path).normalize('NFC'))
      if (found !== undefined) return found
    }
    return null
  }

  /** The picture of the first name that has one, and which name that is. */
  async find(document: CocoDocument, names: readonly string[]): Promise<{ image: FoundImage; name: string; index: number } | null> {
    for (const [index, name] of names.entries()) {
      const place = this.locate(document, name)
      const image = (place !== null && (await this.context.find(place))) || (await this.context.find(name))
      if (image && !this.isMask(image.file, name, document)) return { image, name, index }
    }
    return null
  }

  /** Masks of panoptic files are called like their pictures, which may be elsewhere. */
  private isMask(file: string, name: string, document: CocoDocument): boolean {
    const path = relative(this.root, file).replaceAll(sep, '/')
    const folder = basename(dirname(path))
    return basename(path) !== basename(name) && (folder === basename(document.path, '.json') || path.split('/').includes('annotations'))
  }
}
