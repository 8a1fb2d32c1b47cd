/** Pyramids of large and deep pictures, kept on disk between starts and made when first needed. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { fileError } from '../media/imageErrors.ts'
import { PyramidInfo, writePyramid } from '../media/pyramid.ts'
import { openSource } from '../media/source.ts'

/** Bytes of all pyramids together; those not used for the longest time go first. */
const BUDGET = 4 * 1024 ** 3
/** A pyramid begun by a program that has ended since is removed after this long. */
const ABANDONED_MS = 3_600_000

export interface Pyramid extends PyramidInfo {
  /** For `openPart` and `readSamples`. */
  readonly file: string
}

export class PyramidCache {
  readonly #folder: string
  readonly #budget: number
  readonly #making = new Map<string, Promise<Pyramid>>()
  /** One is made after the other: each takes all cores. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(folder: string, budget = BUDGET) {
    this.#folder = folder
    this.#budget = budget
  }

  /** Of one frame of a picture file, whichever bytes it holds now. Throws like `writePyramid`. */
  async get(file: string, frame: number): Promise<Pyramid> {
    const key = await keyOf(file, frame)
    return (await this.#kept(key)) ?? this.#made(key, file, frame)
  }

  /** Null where it would have to be made first. */
  async find(file: string, frame: number): Promise<Pyramid | null> {
    return this.#kept(await keyOf(file, frame))
  }

  #path(key: string, ending: 'tif' | 'json'): string {
    return join(this.#folder, `${key}.${ending}`)
  }

  async #kept(key: string): Promise<Pyramid | null> {
    try {
      const info = PyramidInfo.parse(JSON.parse(await readFile(this.#path(key, 'json'), 'utf8')))
      const [file, now] = [this.#path(key, 'tif'), new Date()]
      await utimes(file, now, now)
      return { ...info, file }
    } catch {
      return null
    }
  }

  /** Asked for by many at once, it is made once. */
  #made(key: string, file: string, frame: number): Promise<Pyramid> {
    const going = this.#making.get(key)
    if (going) return going
    const made = this.#last.then(() => this.#make(key, file, frame))
    this.#last = made.catch(() => undefined)
    this.#making.set(key, made)
    const forget = () => this.#making.delete(key)
    made.then(forget, forget)
    return made
  }

  async #make(key: string, file: string, frame: number): Promise<Pyramid> {
    const part = join(this.#folder, `${randomUUID()}.part`)
    try {
      await mkdir(this.#folder, { recursive: true })
      const info = await writePyramid(await openSource(file), frame, part)
      await rename(part, this.#path(key, 'tif'))
      await writeFile(this.#path(key, 'json'), JSON.stringify(info))
      await this.#makeRoom(key)
      return { ...info, file: this.#path(key, 'tif') }
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined)
      if (error instanceof AppError) throw error
      throw new AppError('disk-full', `${this.#folder} can't be written, so large pictures can't be shown. Free some space there.`, {}, error)
    }
  }

  async #makeRoom(newest: string): Promise<void> {
    const files = await this.#files()
    const abandoned = files.filter(({ name, used }) => name.endsWith('.part') && Date.now() - used > ABANDONED_MS)
    let room = this.#budget
    const over = files.filter(({ name, bytes }) => name.endsWith('.tif') && (room -= bytes) < 0 && name !== `${newest}.tif`)
    for (const { name } of [...abandoned, ...over]) {
      // One that is being read on Windows stays until next time.
      for (const one of [name.replace(/tif$/, 'json'), name]) await rm(join(this.#folder, one), { force: true }).catch(() => undefined)
    }
  }

  /** What lies in the folder, used last first. */
  async #files(): Promise<{ name: string; bytes: number; used: number }[]> {
    const found = (await readdir(this.#folder)).map(async (name) => {
      const stats = await stat(join(this.#folder, name)).catch(() => null)
      return stats ? [{ name, bytes: stats.size, used: stats.mtimeMs }] : []
    })
    return (await Promise.all(found)).flat().sort((a, b) => b.used - a.used)
  }
}

/** By path, size, time and frame. */
async function keyOf(file: string, frame: number): Promise<string> {
  const { size, mtimeMs } = await stat(file).catch((error: unknown): never => {
    throw fileError(error, file)
  })
  return createHash('sha256').update(`${file}\n${String(size)}\n${String(mtimeMs)}\n${String(frame)}`).digest('hex')
}
