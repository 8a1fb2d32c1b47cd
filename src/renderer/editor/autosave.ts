/** Sends finished gestures to the host, one at a time and in order; nothing is dropped while the host is away. */
import type { appContract } from '../../shared/appContract.ts'
import type { ChangeSet } from '../../shared/changes.ts'
import type { ClientOf } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { ImageId } from '../../shared/model.ts'
import type { SaveState } from './state.ts'

export type Api = ClientOf<typeof appContract>

interface Pending {
  readonly imageId: ImageId
  readonly changes: ChangeSet
  readonly reason: string
}

const RETRY_MS = [250, 1000, 3000, 10_000] as const

export interface AutosaveEvents {
  onState(state: SaveState): void
  /** Somebody else changed the image first: what was waiting for it is gone, load it again. */
  onStale(imageId: ImageId): void
  /** The host refused for good; the edit is taken out of the queue. */
  onRefused(imageId: ImageId, message: string): void
  onRevision(imageId: ImageId, revision: number): void
}

export class Autosave {
  readonly #api: Api
  readonly #events: AutosaveEvents
  readonly #queue: Pending[] = []
  readonly #revisions = new Map<ImageId, number>()
  #sending: Promise<void> | null = null

  constructor(api: Api, events: AutosaveEvents) {
    this.#api = api
    this.#events = events
  }

  /** The revision that was loaded or announced by the host. */
  setRevision(imageId: ImageId, revision: number): void {
    this.#revisions.set(imageId, revision)
  }

  push(imageId: ImageId, changes: ChangeSet, reason: string): void {
    this.#queue.push({ imageId, changes, reason })
    this.#events.onState({ is: 'saving' })
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null
    })
  }

  hasPending(imageId: ImageId): boolean {
    return this.#queue.some((pending) => pending.imageId === imageId)
  }

  /** Resolves once everything pushed so far is stored or refused. */
  async settled(): Promise<void> {
    await this.#sending
  }

  async #send(): Promise<void> {
    let attempt = 0
    for (let head = this.#queue[0]; head; head = this.#queue[0]) {
      try {
        const { imageId, changes, reason } = head
        const baseRevision = this.#revisions.get(imageId) ?? 0
        const { revision } = await this.#api['annotations.apply']({ imageId, baseRevision, changes, reason })
        this.#revisions.set(imageId, revision)
        this.#queue.shift()
        this.#events.onRevision(imageId, revision)
        attempt = 0
      } catch (error) {
        if (await this.#giveUp(head, error)) attempt = 0
        else await this.#wait(error, attempt++)
      }
    }
    this.#events.onState({ is: 'saved' })
  }

  /** True when trying again can't help. */
  async #giveUp(head: Pending, error: unknown): Promise<boolean> {
    const code = error instanceof AppError ? error.code : 'internal'
    if (code === 'stale-revision') {
      this.#drop((pending) => pending.imageId === head.imageId)
      this.#events.onStale(head.imageId)
      return true
    }
    if (code === 'invalid-argument' || code === 'not-found') {
      this.#drop((pending) => pending === head)
      this.#events.onRefused(head.imageId, (error as AppError).message)
      return true
    }
    return false
  }

  #drop(match: (pending: Pending) => boolean): void {
    const kept = this.#queue.filter((pending) => !match(pending))
    this.#queue.splice(0, this.#queue.length, ...kept)
  }

  async #wait(error: unknown, attempt: number): Promise<void> {
    this.#events.onState({ is: 'failed', message: error instanceof Error ? error.message : String(error) })
    const ms = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]
    await new Promise((resolve) => setTimeout(resolve, ms))
  }
}
