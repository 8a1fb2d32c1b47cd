/** A host in memory: images, labels and annotations with revisions; models answer with the filled box they are asked about. */
import type { ImageRow, LabelRow } from '../../src/shared/appContract.ts'
import { apply } from '../../src/shared/changes.ts'
import type { ChangeSet } from '../../src/shared/changes.ts'
import { AppError } from '../../src/shared/errors.ts'
import type { Box } from '../../src/shared/geometry.ts'
import { cropToRle } from '../../src/shared/maskCrop.ts'
import type { Annotation, AnnotationId, ImageId } from '../../src/shared/model.ts'
import type { ModelWindow } from '../../src/shared/pictures.ts'
import { filledCrop } from '../../src/renderer/editor/maskCrop.ts'
import type { Api } from '../../src/renderer/editor/autosave.ts'
import { fakeLabels, labelRow } from './fakeLabels.ts'

export const IMAGE_SIZE = { width: 200, height: 100 }

interface Stored {
  annotations: ReadonlyMap<AnnotationId, Annotation>
  revision: number
}

export class FakeHost {
  readonly images: ImageRow[]
  readonly labels: LabelRow[]
  readonly stored = new Map<ImageId, Stored>()
  readonly settings: Record<string, unknown> = {}
  project = 'test'
  /** Reasons of what was applied, in order. */
  readonly reasons: string[] = []
  /** Through which windows the models were to see, call by call. */
  readonly windowsSeen: (ModelWindow | undefined)[] = []
  readonly segmentCalls: { box: Box | null; points: readonly { x: number; y: number; positive: boolean }[] }[] = []
  /** While set, masks wait until it is called. */
  holdMasks = false
  proposals: Annotation[] = []
  /** Boxes that were drawn for a mask which never came. */
  masksToCome: AnnotationId[] = []
  /** Thrown by the next apply. */
  applyError: AppError | null = null
  segmentError: AppError | null = null
  #held: (() => void)[] = []
  #change: (() => void) | null = null
  #sequence = 1
  #changed: ImageId[] = []
  #everything = false

  constructor(images = 3, labels = ['car', 'person']) {
    this.images = Array.from({ length: images }, (_, i) => imageRow(i))
    this.labels = labels.map((name, i) => labelRow(name, i))
    for (const { id } of this.images) this.stored.set(id, { annotations: new Map(), revision: 0 })
    this.api = this.#handlers() as unknown as Api
  }

  /** Somebody else's change. */
  applyElsewhere(imageId: ImageId, changes: ChangeSet): void {
    const { annotations, revision } = this.stored.get(imageId)!
    this.stored.set(imageId, { annotations: apply(annotations, changes), revision: revision + 1 })
    this.announce(imageId)
  }

  announce(imageId: ImageId): void {
    this.#changed.push(imageId)
    this.#sequence++
    this.#change?.()
  }

  announceEverything(): void {
    this.#everything = true
    this.#sequence++
    this.#change?.()
  }

  releaseMasks(): void {
    this.holdMasks = false
    for (const release of this.#held.splice(0)) release()
  }

  readonly api: Api

  /** Images that were removed, with what lay on them. */
  readonly removed = new Map<ImageId, { readonly row: ImageRow; readonly annotations: Stored['annotations'] }>()

  #remove({ imageIds }: { imageIds: ImageId[] }) {
    for (const id of imageIds) {
      const { annotations, revision } = this.stored.get(id)!
      const [row] = this.images.splice(this.images.findIndex((image) => image.id === id), 1)
      this.removed.set(id, { row: row!, annotations })
      this.stored.set(id, { annotations: new Map(), revision: revision + 1 })
    }
    this.#renumber()
    return Promise.resolve({ imageIds })
  }

  #restore({ imageIds }: { imageIds: ImageId[] | null }) {
    const ids = imageIds ?? [...this.removed.keys()]
    for (const id of ids) {
      const { row, annotations } = this.removed.get(id)!
      this.removed.delete(id)
      this.images.push(row)
      this.stored.set(id, { annotations, revision: this.stored.get(id)!.revision + 1 })
    }
    this.#renumber()
    return Promise.resolve({ imageIds: ids })
  }

  #renumber(): void {
    this.images.sort((a, b) => a.id - b.id)
    this.images.forEach((row, index) => this.images.splice(index, 1, { ...row, index }))
  }

  #handlers() {
    const row = ({ imageId }: { imageId: ImageId }) => {
      const found = this.images.find(({ id }) => id === imageId)
      if (!found) throw new AppError('not-found', 'This image is not in the project any more.')
      return { ...found, revision: this.stored.get(imageId)!.revision }
    }
    return {
      'project.info': () => Promise.resolve({ name: this.project, images: this.images.length, removed: this.removed.size, annotations: 0, scanning: false, exportFolder: '/pictures', notice: null }),
      'settings.get': () => Promise.resolve({ ...this.settings }),
      'settings.set': ({ key, value }: { key: string; value: unknown }) => {
        this.settings[key] = value
        return Promise.resolve(null)
      },
      'models.status': () => Promise.resolve({ grounder: 'g', segmenter: 's', demo: false, device: null, ms: null }),
      'models.prefetch': ({ window }: { window?: ModelWindow }) => {
        this.windowsSeen.push(window)
        return Promise.resolve(null)
      },
      'images.list': ({ offset, limit }: { offset: number; limit: number }) =>
        Promise.resolve({ total: this.images.length, rows: structuredClone(this.images.slice(offset, offset + limit)) }),
      'images.beside': ({ search, imageId, by }: { search: string; imageId: ImageId; by: number }) => {
        const matches = this.images.filter(({ id, path }) => path.includes(search) && Math.sign(id - imageId) === Math.sign(by))
        return Promise.resolve((by > 0 ? matches : matches.reverse()).slice(0, Math.abs(by)).at(-1) ?? null)
      },
      'images.get': async (args: { imageId: ImageId }) => Promise.resolve(row(args)),
      'images.remove': (args: { imageIds: ImageId[] }) => this.#remove(args),
      'images.restore': (args: { imageIds: ImageId[] | null }) => this.#restore(args),
      ...fakeLabels(this),
      'annotations.load': ({ imageId }: { imageId: ImageId }) => {
        const { annotations, revision } = this.stored.get(imageId)!
        return Promise.resolve({ annotations: structuredClone([...annotations.values()]), revision })
      },
      'annotations.masksToCome': () => Promise.resolve({ ids: this.masksToCome }),
      'annotations.apply': (args: ApplyArgs) => this.#apply(args),
      'models.segment': (args: SegmentArgs) => this.#segment(args),
      'models.propose': async ({ imageId, window }: { imageId: ImageId; window?: ModelWindow }, options: { onProgress: (progress: unknown) => void }) => {
        this.windowsSeen.push(window)
        for (const { box } of this.proposals) options.onProgress({ stage: 'boxes', box })
        this.applyElsewhere(imageId, { added: this.proposals, updated: [], removed: [] })
        const answer = { words: 'car', label: 'car', reply: 'here', found: this.proposals.length, known: 0, notes: [] }
        return Promise.resolve({ answers: [answer], revision: this.stored.get(imageId)!.revision })
      },
      'changes.next': ({ after }: { after: number }, options: { signal: AbortSignal }) => this.#nextChange(after, options.signal),
    }
  }

  async #apply({ imageId, baseRevision, changes, reason }: ApplyArgs) {
    await Promise.resolve()
    const error = this.applyError
    this.applyError = null
    if (error) throw error
    const { annotations, revision } = this.stored.get(imageId)!
    if (baseRevision !== revision) throw new AppError('stale-revision', 'Someone was first.')
    const sent = JSON.parse(JSON.stringify(changes)) as ChangeSet
    this.stored.set(imageId, { annotations: apply(annotations, sent), revision: revision + 1 })
    this.reasons.push(reason)
    return { revision: revision + 1 }
  }

  async #segment({ imageId, prompts, window }: SegmentArgs) {
    this.windowsSeen.push(window)
    const size = this.images.find(({ id }) => id === imageId)!
    this.segmentCalls.push(...prompts)
    if (this.holdMasks) await new Promise<void>((resolve) => this.#held.push(resolve))
    if (this.segmentError) throw this.segmentError
    const masks = prompts.map(({ box, points }) => {
      const [first] = points
      const meant = box ?? { x0: first!.x - 5, y0: first!.y - 5, x1: first!.x + 5, y1: first!.y + 5 }
      const taken = points.filter(({ positive }) => !positive).length
      const kept = { ...meant, x1: meant.x1 - taken }
      return { mask: cropToRle(filledCrop(kept), size), box: kept, score: 0.9 }
    })
    return { masks, ms: 1 }
  }

  async #nextChange(after: number, signal: AbortSignal) {
    if (this.#sequence <= after) {
      await new Promise<void>((resolve, reject) => {
        this.#change = resolve
        signal.addEventListener('abort', () => reject(new AppError('cancelled', 'Cancelled.')))
      })
    }
    const everything = this.#everything
    this.#everything = false
    return { sequence: this.#sequence, imageIds: this.#changed.splice(0), labels: false, images: false, everything }
  }
}

interface SegmentArgs {
  imageId: ImageId
  window?: ModelWindow
  prompts: { box: Box | null; points: { x: number; y: number; positive: boolean }[] }[]
}

interface ApplyArgs {
  imageId: ImageId
  baseRevision: number
  changes: ChangeSet
  reason: string
}

function imageRow(index: number): ImageRow {
  return {
    id: (index + 1) as ImageId, path: `image-${index}.png`, ...IMAGE_SIZE, orientation: 1, depth: 8, frames: 1, status: 'ok',
    problem: null, revision: 0, index, accepted: 0, proposed: 0, looked: false,
  }
}
