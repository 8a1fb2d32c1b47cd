/** Folders images come from. */
import { AppError } from '../../shared/errors.ts'
import type { Connection } from './connection.ts'

export interface Source {
  readonly id: number
  /** Absolute path of the folder. */
  readonly root: string
}

export class Sources {
  readonly #insert
  readonly #byRoot
  readonly #get
  readonly #list

  constructor(connection: Connection) {
    this.#insert = connection.prepare('INSERT INTO sources (root) VALUES (?) ON CONFLICT (root) DO NOTHING')
    this.#byRoot = connection.prepare<Source>('SELECT id, root FROM sources WHERE root = ?')
    this.#get = connection.prepare<Source>('SELECT id, root FROM sources WHERE id = ?')
    this.#list = connection.prepare<Source>('SELECT id, root FROM sources ORDER BY id')
  }

  /** The source with this absolute path, made where it is not there yet. */
  add(root: string): Source {
    this.#insert.run(root)
    return this.#byRoot.get(root)!
  }

  get(id: number): Source {
    const source = this.#get.get(id)
    if (!source) throw new AppError('not-found', `Folder ${String(id)} is not in this project.`, { sourceId: id })
    return source
  }

  list(): Source[] {
    return this.#list.all()
  }
}
