/** Sends finished gestures to the host, one at a time and in order; nothing is dropped while the host is away. */
import type { appContract } from '../../shared/appContract.ts'
import type { ChangeSet } from '../../shared/changes.ts'
import type { ClientOf } from '../../shared/contract.ts'
import { AppError, messageOf } from '../../shared/errors.ts'
import type { ImageId } from '../../shared/model.ts'
import type { SaveState } from './state.ts'

export type Api = ClientOf<typeof appContract>

export interface Pending {
  readonly imageId: ImageId
  readonly changes: ChangeSet
  readonly reason: string
}

const RETRY_MS = [250, 1000, 3000, 10_000] as const
/** A host that calls every revision stale would otherwise be asked for ever. */
const MAX_REBASES = 5

export interface AutosaveEvents {
  onState(state: SaveState): void
  /**
   * Somebody else changed the image first. Loads it again and says which of the waiting changes still fit on it, and on
   * which revision; `waiting` is read after loading, so that edits made meanwhile count.
   */
  rebase(imageId: ImageId, waiting: () => readonly Pending[]): Promise<{ readonly kept: readonly Pending[]; readonly revision: number }>
  /** The host refused for good; the edit is taken out of the queue. */
  onRefused(imageId: ImageId, message: string): void
  onRevision(imageId: ImageId, revision: number): void
}

export class Autosave {
  readonly #api: Api
  readonly #events: AutosaveEvents
  #queue: Pending[] = []
  readonly #revisions = new Map<ImageId, number>()
  #sending: Promise<void> | null = null
  /** Rejects with the first attempt that fails, until one succeeds. */
  #failure = failureToCome()
  #rebases = 0

  constructor(api: Api, events: AutosaveEvents) {
    this.#api = api
    this.#events = events
  }

  /** A revision that was loaded; an older one than known says nothing. */
  setRevision(imageId: ImageId, revision: number): void {
    this.#revisions.set(imageId, Math.max(revision, this.revisionOf(imageId)))
  }

  revisionOf(imageId: ImageId): number {
    return this.#revisions.get(imageId) ?? 0
  }

  push(imageId: ImageId, changes: ChangeSet, reason: string): void {
    this.#queue.push({ imageId, changes, reason })
    this.#events.onState({ is: 'saving' })
    this.#sending ??= this.#send()
  }

  /** What is not yet stored of an image, in order. */
  pendingOf(imageId: ImageId): readonly Pending[] {
    return this.#queue.filter((pending) => pending.imageId === imageId)
  }

  /** Drops what is not yet stored, and what is known of revisions; returns how many changes are lost. */
  forgetAll(): number {
    const lost = this.#queue.length
    this.#queue = []
    this.#revisions.clear()
    return lost
  }

  /** Resolves once everything pushed so far is stored or refused. */
  async settled(): Promise<void> {
    await this.#sending
  }

  /**
   * Like `settled`, for what a person waits for: rejects as soon as an attempt fails, or has failed; saving goes on.
   * @throws AppError that says so, with the reason
   */
  async stored(): Promise<void> {
    await Promise.race([this.#sending, this.#failure.promise])
  }

  async #send(): Promise<void> {
    let attempt = 0
    for (let head = this.#queue[0]; head; head = this.#queue[0]) {
      try {
        await this.#store(head)
        if (attempt > 0) this.#failure = failureToCome()
        attempt = 0
      } catch (error) {
        const message = messageOf(error)
        this.#events.onState({ is: 'failed', message })
        this.#failure.reject(new AppError('internal', `What was done last is not saved yet: ${message}`, {}, error))
        const ms = RETRY_MS[Math.min(attempt++, RETRY_MS.length - 1)]
        await new Promise((resolve) => setTimeout(resolve, ms))
      }
    }
    // In the same turn as the last look at the queue, so that no push falls between.
    this.#sending = null
    this.#events.onState({ is: 'saved' })
  }

  /** Throws where trying again may help. */
  async #store(head: Pending): Promise<void> {
    const { imageId, changes, reason } = head
    try {
      const { revision } = await this.#api['annotations.apply']({ imageId, baseRevision: this.revisionOf(imageId), changes, reason })
      this.#rebases = 0
      this.#remove(head)
      this.setRevision(imageId, revision)
      this.#events.onRevision(imageId, revision)
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'internal'
      if (code === 'stale-revision' && this.#rebases++ < MAX_REBASES) await this.#rebase(imageId)
      else if (code === 'stale-revision' || code === 'invalid-argument' || code === 'not-found') {
        this.#remove(head)
        this.#events.onRefused(imageId, (error as AppError).message)
      } else throw error
    }
  }

  async #rebase(imageId: ImageId): Promise<void> {
    const { kept, revision } = await this.#events.rebase(imageId, () => this.pendingOf(imageId))
    this.#queue = this.#queue.filter((pending) => pending.imageId !== imageId || kept.includes(pending))
    this.#revisions.set(imageId, revision)
  }

  #remove(head: Pending): void {
    this.#queue = this.#queue.filter((pending) => pending !== head)
  }
}

function failureToCome() {
  const failure = Promise.withResolvers<never>()
  // Nobody may be waiting.
  failure.promise.catch(() => undefined)
  return failure
}
