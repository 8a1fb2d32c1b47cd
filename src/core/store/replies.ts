/** What models answered, verbatim, found by what was asked: image content, model, prompt. */
import type { GridUse } from '../../shared/model.ts'
import type { ModelWindow } from '../../shared/pictures.ts'
import type { Connection } from './connection.ts'
import { canonicalJson, sha256 } from './hash.ts'

/** SHA-256 each, hex: of the image file, of the grounder's files, and of the prompt by `promptHash`. */
export interface Question {
  readonly imageHash: string
  readonly modelHash: string
  readonly promptHash: string
}

/** All that the answer depends on besides the image file and the model. */
export function promptHash(prompt: { words: string; frame: number; grid: GridUse; maxBoxes: number; window?: ModelWindow | undefined }): string {
  return sha256(canonicalJson(prompt))
}

export class Replies {
  readonly #find
  readonly #insert

  constructor(connection: Connection) {
    this.#find = connection.prepare<{ id: number; text: string }>(
      `SELECT id, text FROM replies WHERE image_hash = ? AND model_hash = ? AND prompt_hash = ? ORDER BY id DESC LIMIT 1`,
    )
    this.#insert = connection.prepare(
      'INSERT INTO replies (image_hash, model_hash, prompt_hash, words, text) VALUES (?, ?, ?, ?, ?)',
    )
  }

  /** The latest reply to this question, special tokens included, or null. */
  find(question: Question): string | null {
    return this.#latest(question)?.text ?? null
  }

  /**
   * Keeps a reply and gives its row id. The same answer is kept once; another answer to the same question (another
   * device may round differently) is kept beside it, since provenance points at the earlier one.
   */
  keep(question: Question, words: string, text: string): number {
    const latest = this.#latest(question)
    if (latest?.text === text) return latest.id
    return this.#insert.run(question.imageHash, question.modelHash, question.promptHash, words, text).id
  }

  #latest({ imageHash, modelHash, promptHash }: Question) {
    return this.#find.get(imageHash, modelHash, promptHash)
  }
}
