/** What a person keeps whichever project is open, in the data folder; everything else the window keeps lies in the project. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from './replaceFile.ts'

const PERSONAL = new Set(['window.theme', 'window.language', 'window.preset', 'window.keys', 'window.tourDone', 'window.hintsClosed', 'window.samplesSeen'])

export const isPersonal = (key: string): boolean => PERSONAL.has(key)

export class PersonalSettings {
  readonly #file: string
  /** Writes go one after the other. */
  #writing: Promise<void> = Promise.resolve()

  constructor(dataFolder: string) {
    this.#file = join(dataFolder, 'settings.json')
  }

  /** None where the file was never written or is damaged: the window then has its defaults. */
  async all(): Promise<Record<string, unknown>> {
    await this.#writing
    return this.#read()
  }

  set(key: string, value: unknown): Promise<void> {
    const write = this.#writing.then(async () => replaceFile(this.#file, JSON.stringify({ ...(await this.#read()), [key]: value }, null, 2)))
    this.#writing = write.catch(() => undefined)
    return write
  }

  async #read(): Promise<Record<string, unknown>> {
    try {
      const stored: unknown = JSON.parse(await readFile(this.#file, 'utf8'))
      return typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? { ...stored } : {}
    } catch {
      return {}
    }
  }
}
