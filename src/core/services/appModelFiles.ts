/** Which models this machine has: those of the list installed, verified and removed, and folders a person added. */
import { basename } from 'node:path'
import { z } from 'zod'
import type { appContract, ModelRow } from '../../shared/appContract.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import { recogniseFolder } from '../models/folders.ts'
import type { Models, ModelRow as ListedModel } from '../models/models.ts'
import type { PersonalSettings } from './personalSettings.ts'
import type { Roots } from './roots.ts'

type Handlers = HandlersOf<typeof appContract>
type FileHandlers = Pick<Handlers, 'models.list' | 'models.install' | 'models.verify' | 'models.remove' | 'models.addFolder'>

const FOLDERS_KEY = 'models.folders'
const Folders = z.array(z.object({ path: z.string(), kind: z.enum(['grounder', 'segmenter']) })).catch([])
type Folder = z.infer<typeof Folders>[number]

export class AppModelFiles {
  readonly #models: Models
  readonly #personal: PersonalSettings
  readonly #roots: Roots
  readonly #onChange: (id: string) => Promise<void> | void

  /** `onChange` is told of a model that was installed, added or is gone. */
  constructor(models: Models, personal: PersonalSettings, roots: Roots, onChange: (id: string) => Promise<void> | void) {
    this.#models = models
    this.#personal = personal
    this.#roots = roots
    this.#onChange = onChange
  }

  get handlers(): FileHandlers {
    return {
      'models.list': () => this.#list(),
      'models.install': async ({ id }, { signal, report }) => {
        await this.#models.install(id, { signal, onProgress: report })
        await this.#onChange(id)
        return null
      },
      'models.verify': async ({ id }, { signal }) => {
        const { ok, files } = await this.#models.verify(id, signal)
        const bad = files.filter(({ state }) => state === 'missing' || state === 'changed')
        return { ok, files: files.length, damaged: bad.map(({ path }) => path), unknown: files.filter(({ state }) => state === 'unknown').length }
      },
      'models.remove': async ({ id }) => {
        const folders = await this.#folders()
        if (folders.some(({ path }) => path === id)) await this.#keep(folders.filter(({ path }) => path !== id))
        else await this.#models.remove(id)
        await this.#onChange(id)
        return null
      },
      'models.addFolder': async ({ path }) => {
        const real = await this.#roots.check(path)
        const folder = { path: real, kind: recogniseFolder(real) }
        await this.#keep([...(await this.#folders()).filter((other) => other.path !== real), folder])
        await this.#onChange(real)
        return folderRow(folder)
      },
    }
  }

  /** @throws AppError not-found for what is neither in the list of models nor a folder that was added */
  async requireKnown(id: string): Promise<void> {
    const folders = await this.#folders()
    if (this.#models.manifest.models.some((model) => model.id === id) || folders.some(({ path }) => path === id)) return
    throw new AppError('not-found', `There is no model "${id}". Choose one of the list, or add its folder first.`)
  }

  async #list(): Promise<ModelRow[]> {
    const [listed, folders] = await Promise.all([this.#models.list(), this.#folders()])
    return [...listed.map((row) => listedRow(row, this.#models)), ...folders.map(folderRow)]
  }

  async #folders(): Promise<Folder[]> {
    return Folders.parse((await this.#personal.all())[FOLDERS_KEY])
  }

  #keep(folders: readonly Folder[]): Promise<void> {
    return this.#personal.set(FOLDERS_KEY, folders)
  }
}

function listedRow({ entry, state, bytes, received }: ListedModel, { endpoint, folder }: Models): ModelRow {
  const { id, name, kind, demo, licence, about, source } = entry
  const from = source && `${endpoint}/${source.repo}`
  return { id, name, kind, state, demo, size: bytes, received, licence, about, from, into: source && folder }
}

function folderRow({ path, kind }: Folder): ModelRow {
  const state = isModel(path) ? 'folder' : 'gone'
  return { id: path, name: basename(path), kind, state, demo: false, size: 0, received: 0, licence: '', about: path, from: null, into: null }
}

function isModel(path: string): boolean {
  try {
    recogniseFolder(path)
    return true
  } catch {
    return false
  }
}
