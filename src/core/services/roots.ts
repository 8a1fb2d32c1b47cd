/** The folders a window may read and write in: the person's home, and what was named when the program started. */
import { realpathSync, statSync } from 'node:fs'
import { lstat, realpath, readdir } from 'node:fs/promises'
import { basename, dirname, extname, isAbsolute, join, resolve, sep } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { IMAGE_EXTENSIONS } from '../media/formats.ts'

const byName = new Intl.Collator('en', { numeric: true }).compare

/** Annotations of other tools are in files like these. */
const DATASET_FILES = /\.(json|jsonl|xml|csv|zip|yaml|yml)$/i

export class Roots {
  readonly #roots: string[]

  private constructor(roots: string[]) {
    this.#roots = roots
  }

  /** Folders that aren't there are left out. */
  static async of(folders: readonly string[]): Promise<Roots> {
    const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)))
    return new Roots([...new Set(real.filter((folder) => folder !== null))])
  }

  /** Takes in what a person chose by means of the system: a folder, or the folder of a file. What is not there is left out. */
  approve(path: string): void {
    try {
      const real = realpathSync(path)
      const root = statSync(real).isDirectory() ? real : dirname(real)
      if (!this.#roots.includes(root)) this.#roots.push(root)
    } catch {
      // Not there: nothing that could be read.
    }
  }

  get first(): string {
    return this.#roots[0] ?? sep
  }

  /**
   * The real path of something that exists or may come to exist, links followed as far as there are any.
   * @throws AppError invalid-argument (not absolute, or a NUL in it), read-only (outside the roots)
   */
  async check(path: string): Promise<string> {
    if (!isAbsolute(path) || path.includes('\0')) throw new AppError('invalid-argument', `"${path}" is not a whole path. Begin it with ${this.first}.`)
    const real = await realPathOf(resolve(path))
    const inside = real !== null && this.#roots.some((root) => real === root || real.startsWith(root.endsWith(sep) ? root : root + sep))
    if (!inside) throw new AppError('read-only', `${path} lies outside ${this.#roots.join(', ')}. Start Marquee with that folder to work there.`)
    return real
  }

  /** Folders inside `path`, files an import can read, the parent where it is still inside the roots, and how many pictures lie in it. */
  async list(path: string | null): Promise<{ path: string; parent: string | null; folders: string[]; files: string[]; images: number }> {
    const real = await this.check(path ?? this.first)
    const entries = await readdir(real, { withFileTypes: true }).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException
      const why = code === 'ENOENT' ? 'is not there' : code === 'ENOTDIR' ? 'is a file, not a folder' : `can't be read (${code ?? String(error)})`
      throw new AppError('not-found', `${real} ${why}. Choose another folder.`)
    })
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
    const images = entries.filter((entry) => entry.isFile() && IMAGE_EXTENSIONS.has(extname(entry.name).slice(1).toLowerCase())).length
    const files = entries.filter((entry) => entry.isFile() && DATASET_FILES.test(entry.name) && !entry.name.startsWith('.')).map(({ name }) => name)
    const parent = await this.check(dirname(real)).catch(() => null)
    return { path: real, parent: parent === real ? null : parent, folders: folders.sort(byName), files: files.sort(byName), images }
  }
}

/** Where a path leads: what of it exists is followed, the rest appended. Null for a link that leads nowhere: it can't be told where to. */
async function realPathOf(path: string): Promise<string | null> {
  const real = await realpath(path).catch(() => null)
  if (real !== null) return real
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  )
  if (isThere || dirname(path) === path) return null
  const folder = await realPathOf(dirname(path))
  return folder === null ? null : join(folder, basename(path))
}
