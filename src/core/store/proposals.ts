/** What runs leave on images: proposals, with the reply and provenance behind each. */
import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { EMPTY_CHANGES } from '../../shared/changes.ts'
import { throwIfAborted } from '../../shared/errors.ts'
import type { Box } from '../../shared/geometry.ts'
import { UNMARKED, type Annotation, type AnnotationId, type ImageId, type LabelId, type ProvenanceId, type Rle, type RunId } from '../../shared/model.ts'
import type { Annotations } from './annotations.ts'
import type { Connection } from './connection.ts'
import type { Provenances } from './provenances.ts'
import type { Replies } from './replies.ts'
import type { Runs } from './runs.ts'

export interface ModelName {
  readonly name: string
  /** SHA-256 over the model's files, hex. */
  readonly hash: string
}

export interface RunReply {
  readonly words: string
  /** Made by `promptHash`. */
  readonly promptHash: string
  /** Verbatim, special tokens included. */
  readonly text: string
}

/** One object a run found. Boxes are half-open, image pixels. */
export interface FoundObject {
  readonly labelId: LabelId
  readonly box: Box
  readonly mask: Rle | null
  readonly score: number | null
  /** Index into `replies` of the answer it was read from. */
  readonly reply: number
  /** The box the model gave, before anything was corrected. */
  readonly originalBox: Box
  readonly notes: readonly string[]
}

/** What a run has to say about one image. */
export interface RunResult {
  readonly frame: number
  /** SHA-256 of the image file, hex. */
  readonly imageHash: string
  readonly grounder: ModelName
  readonly segmenter: ModelName
  readonly replies: readonly RunReply[]
  readonly objects: readonly FoundObject[]
  readonly ms: number
}

export interface UndoOptions {
  readonly actor: string
  readonly signal?: AbortSignal
  /** Called after each image with how many images are done. */
  readonly onProgress?: (images: number) => void
}

interface Parts {
  readonly annotations: Annotations
  readonly runs: Runs
  readonly replies: Replies
  readonly provenance: Provenances
}

export class Proposals {
  readonly #connection: Connection
  readonly #parts: Parts
  readonly #ofRun
  readonly #images

  constructor(connection: Connection, parts: Parts) {
    this.#connection = connection
    this.#parts = parts
    this.#ofRun = connection.prepare<{ id: AnnotationId }>(
      `SELECT a.id FROM annotations a JOIN provenance p ON p.id = a.provenance_id
       WHERE a.image_id = ? AND a.state = 'proposed' AND p.run_id = ?`,
    )
    this.#images = connection.prepare<{ id: ImageId }>(
      `SELECT DISTINCT a.image_id AS id FROM provenance p JOIN annotations a ON a.provenance_id = p.id
       WHERE p.run_id = ? AND a.state = 'proposed' ORDER BY a.image_id`,
    )
  }

  /** The annotations of an image, or of one frame, that this run proposed and nobody has accepted yet, bottom to top. */
  ofRun(runId: RunId, imageId: ImageId, frame?: number): Annotation[] {
    const ids = new Set(this.#ofRun.all(imageId, runId).map(({ id }) => id))
    const { annotations } = this.#parts.annotations.load(imageId)
    return annotations.filter((annotation) => ids.has(annotation.id) && (frame === undefined || annotation.frame === frame))
  }

  /**
   * Keeps the result of one frame of an image in one transaction: replies, provenance, proposals, and the item done. What the run
   * proposed there before and is still proposed gives way; annotations that people made or accepted, and those of
   * other runs, stay. Gives the image's revision and the proposals. Throws `not-found`, `invalid-argument`.
   */
  recordResult(runId: RunId, imageId: ImageId, result: RunResult): { revision: number; proposals: Annotation[] } {
    return this.#connection.transaction(() => {
      const { annotations, revision } = this.#parts.annotations.load(imageId)
      const provenanceIds = this.#keepProvenance(runId, result)
      const above = Math.max(-1, ...annotations.map(({ z }) => z)) + 1
      const added = result.objects.map((object, n) => proposalOf({ imageId, frame: result.frame }, object, provenanceIds[n]!, above + n))
      const next = this.#parts.annotations.apply({
        imageId,
        baseRevision: revision,
        changes: { ...EMPTY_CHANGES, removed: this.ofRun(runId, imageId, result.frame), added },
        actor: 'model',
        reason: `run ${String(runId)}`,
      })
      this.#parts.runs.markDone(runId, imageId, result.ms)
      return { revision: next, proposals: added }
    })
  }

  /**
   * Takes back what a run proposed and nobody has accepted, image by image, each an edit of its own in the log.
   * Afterwards the same recipe begins anew. Cancelled half-way it can be called again.
   */
  async undoRun(runId: RunId, { actor, signal, onProgress }: UndoOptions): Promise<{ images: number; annotations: number }> {
    this.#parts.runs.markUndone(runId)
    let images = 0
    let annotations = 0
    for (const { id } of this.#images.all(runId)) {
      throwIfAborted(signal)
      annotations += this.#undoImage(runId, id, actor)
      images++
      onProgress?.(images)
      await turn()
    }
    return { images, annotations }
  }

  #undoImage(runId: RunId, imageId: ImageId, actor: string): number {
    return this.#connection.transaction(() => {
      const removed = this.ofRun(runId, imageId)
      const baseRevision = this.#parts.annotations.load(imageId).revision
      const changes = { ...EMPTY_CHANGES, removed }
      this.#parts.annotations.apply({ imageId, baseRevision, changes, actor, reason: `undo run ${String(runId)}` })
      return removed.length
    })
  }

  /** One row for each object. */
  #keepProvenance(runId: RunId, { imageHash, grounder, segmenter, replies, objects }: RunResult): ProvenanceId[] {
    const replyIds = replies.map(({ words, promptHash, text }) =>
      this.#parts.replies.keep({ imageHash, modelHash: grounder.hash, promptHash }, words, text),
    )
    return objects.map(({ reply, originalBox, notes }) =>
      this.#parts.provenance.add({
        runId,
        replyId: replyIds[reply]!,
        grounder: grounder.name,
        segmenter: segmenter.name,
        segmenterHash: segmenter.hash,
        originalBox,
        notes,
      }),
    )
  }
}

function proposalOf(
  at: { readonly imageId: ImageId; readonly frame: number },
  { labelId, box, mask, score }: FoundObject,
  provenanceId: ProvenanceId,
  z: number,
): Annotation {
  return {
    id: randomUUID() as string as AnnotationId,
    ...at,
    labelId,
    box,
    mask,
    polygon: null,
    state: 'proposed',
    origin: 'model',
    score,
    ...UNMARKED,
    z,
    provenanceId,
  }
}
