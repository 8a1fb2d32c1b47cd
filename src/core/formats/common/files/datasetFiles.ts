/** The files of a dataset somebody handed over: untrusted names, untrusted sizes. Readers reach the disk only through this. */
import { constants } from 'node:fs'
import type { Dirent } from 'node:fs'
import { open, readdir, realpath, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { AppError } from '../../../../shared/errors.ts'

const MEBI = 2 ** 20
/** Text and images larger than this are not what they say; COCO files are streamed and know no limit. */
const LARGEST = 512 * MEBI
const MOST_FILES = 5_000_000

export class DatasetFiles {
  /** Absolute path of the dataset's folder, links followed. */
  readonly root: string
  /** The file that was named, relative to `root`; null where a folder was. */
  readonly named: string | null
  #listing: Promise<readonly string[]> | null = null

  private constructor(root: string, named: string | null) {
    this.root = root
    this.named = named
  }

  /** @throws AppError not-found */
  static async at(path: string): Promise<DatasetFiles> {
    const real = await realpath(resolve(path)).catch((error: unknown) => {
      throw new AppError('not-found', `There is no file or folder "${path}". Check the path.`, { path }, error)
    })
    return (await stat(real)).isDirectory() ? new DatasetFiles(real, null) : new DatasetFiles(dirname(real), basename(real))
  }

  /**
   * Relative paths with forward slashes, sorted; of the named file alone where one was named. Hidden files and links to
   * folders are passed over.
   */
  list(): Promise<readonly string[]> {
    this.#listing ??= this.named === null ? listBelow(this.root) : Promise.resolve([this.named])
    return this.#listing
  }

  /** The files at the top of `root` with this ending, also those beside a file that was named. */
  async atTop(ending: string): Promise<readonly string[]> {
    const entries = await readdir(this.root, { withFileTypes: true })
    return entries.filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith(ending)).map(({ name }) => name).sort()
  }

  /** The files of `list` with this ending, e.g. '.json', in any case. */
  async withEnding(ending: string): Promise<readonly string[]> {
    return (await this.list()).filter((path) => path.toLowerCase().endsWith(ending))
  }

  /**
   * The absolute path of a file of the dataset.
   * @throws AppError invalid-dataset for a path out of it, also by a link; not-found
   */
  async resolve(path: string): Promise<string> {
    const absolute = resolve(this.root, path)
    if (path.includes('\0') || !isInside(this.root, absolute)) throw outside(path)
    const real = await realpath(absolute).catch((error: unknown) => {
      throw new AppError('not-found', `The dataset has no file "${path}".`, { path }, error)
    })
    if (!isInside(this.root, real)) throw outside(path)
    return real
  }

  async has(path: string): Promise<boolean> {
    return this.resolve(path).then((file) => stat(file)).then((stats) => stats.isFile(), () => false)
  }

  /** @throws AppError not-found, invalid-dataset (outside, too large, not a file) */
  async readBytes(path: string, largest = LARGEST): Promise<Buffer> {
    const handle = await this.open(path)
    try {
      const { size } = await handle.stat()
      if (size > largest) throw new AppError('invalid-dataset', `${path} is ${Math.ceil(size / MEBI)} MB large; at most ${Math.floor(largest / MEBI)} MB can be read.`, { path })
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  }

  /** UTF-8, without a byte order mark. */
  async readText(path: string, largest = LARGEST): Promise<string> {
    return new TextDecoder('utf-8').decode(await this.readBytes(path, largest))
  }

  /** The first bytes, to recognise the file by; fewer where it is shorter. @throws as `readBytes` */
  async readHead(path: string, bytes: number): Promise<Buffer> {
    const handle = await this.open(path)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0).finally(() => handle.close())
    return buffer.subarray(0, bytesRead)
  }

  /** For streaming; the caller closes it. */
  async open(path: string): Promise<FileHandle> {
    const handle = await open(await this.resolve(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
    throw new AppError('invalid-dataset', `${path} is not a file.`, { path })
  }
}

async function listBelow(root: string): Promise<string[]> {
  const found: string[] = []
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries: Dirent[] = await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const path = folder ? `${folder}/${entry.name}` : entry.name
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(path)
    }
    if (found.length > MOST_FILES) throw new AppError('invalid-dataset', `${root} holds more than ${MOST_FILES} files. Name a folder further down.`)
  }
  return found.sort()
}

function isInside(root: string, absolute: string): boolean {
  const way = relative(root, absolute)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

function outside(path: string): AppError {
  return new AppError('invalid-dataset', `"${path}" leads out of the dataset's folder and was not read.`, { path })
}
