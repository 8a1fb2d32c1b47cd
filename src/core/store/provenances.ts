/** How model-made annotations came to be. */
import { AppError } from '../../shared/errors.ts'
import type { Box } from '../../shared/geometry.ts'
import type { Provenance, ProvenanceId, RunId } from '../../shared/model.ts'
import type { Connection } from './connection.ts'

interface Row extends Omit<Provenance, 'originalBox' | 'notes'> {
  /** JSON. */
  readonly originalBox: string
  readonly notes: string
}

export interface NewProvenance extends Omit<Provenance, 'words' | 'reply' | 'grounderHash'> {
  /** The row of `replies`, which knows the words, the verbatim text and the grounder's hash. */
  readonly replyId: number
}

export class Provenances {
  readonly #insert
  readonly #get

  constructor(connection: Connection) {
    this.#insert = connection.prepare(`INSERT INTO provenance (run_id, reply_id, grounder, segmenter, segmenter_hash,
      original_box, notes) VALUES (?, ?, ?, ?, ?, ?, ?)`)
    this.#get = connection.prepare<Row>(`SELECT p.run_id AS runId, r.words, p.grounder, r.model_hash AS grounderHash,
      p.segmenter, p.segmenter_hash AS segmenterHash, r.text AS reply, p.original_box AS originalBox, p.notes
      FROM provenance p JOIN replies r ON r.id = p.reply_id WHERE p.id = ?`)
  }

  add(p: NewProvenance): ProvenanceId {
    const box = JSON.stringify(p.originalBox)
    const { id } = this.#insert.run(p.runId, p.replyId, p.grounder, p.segmenter, p.segmenterHash, box, JSON.stringify(p.notes))
    return id as ProvenanceId
  }

  /** Throws `not-found`. */
  get(id: ProvenanceId): Provenance {
    const row = this.#get.get(id)
    if (!row) throw new AppError('not-found', `Provenance ${String(id)} is not in this project.`, { provenanceId: id })
    return {
      ...row,
      runId: row.runId as RunId,
      originalBox: JSON.parse(row.originalBox) as Box,
      notes: JSON.parse(row.notes) as string[],
    }
  }
}
