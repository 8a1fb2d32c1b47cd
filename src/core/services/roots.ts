/** The folders a window may read and write in: the person's home, and what was named when the program started. */
import { realpath, readdir } from 'node:fs/promises'
import { dirname, extname, isAbsolute, join, sep } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { IMAGE_EXTENSIONS } from '../media/formats.ts'

export class Roots {
  readonly #roots: readonly string[]

  private constructor(roots: readonly string[]) {
    this.#roots = roots
  }

  /** Folders that aren't there are left out. */
  static async of(folders: readonly string[]): Promise<Roots> {
    const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)))
    return new Roots(real.filter((folder) => folder !== null))
  }

  get first(): string {
    return this.#roots[0] ?? sep
  }

  /**
   * The real path of something that exists, or is about to exist in a folder that does.
   * @throws AppError invalid-argument (not absolute), not-found, read-only (outside the roots, links followed)
   */
  async check(path: string): Promise<string> {
    if (!isAbsolute(path)) throw new AppError('invalid-argument', `"${path}" is not a whole path. Begin it with ${this.first}.`)
    const real = await realpath(path).catch(async () => {
      const folder = await realpath(dirname(path)).catch(() => null)
      return folder === null ? null : join(folder, path.slice(dirname(path).length).replace(/^[\\/]+/, ''))
    })
    if (real === null) throw new AppError('not-found', `The folder of ${path} is not there.`)
    const inside = this.#roots.some((root) => real === root || real.startsWith(root.endsWith(sep) ? root : root + sep))
    if (!inside) throw new AppError('read-only', `${path} lies outside ${this.#roots.join(', ')}. Start Marquee with that folder to work there.`)
    return real
  }

  /** Folders inside `path`, the parent where it is still inside the roots, and how many pictures lie in it. */
  async list(path: string | null): Promise<{ path: string; parent: string | null; folders: string[]; images: number }> {
    const real = await this.check(path ?? this.first)
    const entries = await readdir(real, { withFileTypes: true }).catch((error: unknown) => {
      throw new AppError('not-found', `${real} can't be read: ${error instanceof Error ? error.message : String(error)}`)
    })
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
    const images = entries.filter((entry) => entry.isFile() && IMAGE_EXTENSIONS.has(extname(entry.name).toLowerCase())).length
    const parent = await this.check(dirname(real)).catch(() => null)
    const byName = new Intl.Collator('en', { numeric: true }).compare
    return { path: real, parent: parent === real ? null : parent, folders: folders.sort(byName), images }
  }
}
