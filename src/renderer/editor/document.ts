/** The annotations of the image at hand: every change goes through here, is recorded for undo, and is saved. */
import type { StoreApi } from 'zustand/vanilla'
import type { AnnotationDoc, ImageRow } from '../../shared/appContract.ts'
import type { ChangeSet } from '../../shared/changes.ts'
import { apply, isEmpty, isSame } from '../../shared/changes.ts'
import { AppError, messageOf } from '../../shared/errors.ts'
import type { Annotation, AnnotationId, ImageId } from '../../shared/model.ts'
import type { Api, Pending } from './autosave.ts'
import { Autosave } from './autosave.ts'
import { acceptEdited, keptSame, onTop, recordOf, type Annotations } from './edits.ts'
import type { Gesture } from './editorTypes.ts'
import type { ActStep } from './history.ts'
import { History, stepAct } from './history.ts'
import type { ProjectAct } from './labelActs.ts'
import type { EditorState } from './state.ts'
import { Turns } from './turns.ts'

export class AnnotationDocument {
  readonly #api: Api
  readonly #store: StoreApi<EditorState>
  readonly #report: (message: string) => void
  readonly #history = new History()
  readonly #turns = new Turns()
  readonly #loadLabels: () => Promise<void>
  readonly #autosave: Autosave

  constructor(api: Api, store: StoreApi<EditorState>, { report, loadLabels }: { report: (message: string) => void; loadLabels: () => Promise<void> }) {
    this.#api = api
    this.#store = store
    this.#report = report
    this.#loadLabels = loadLabels
    this.#autosave = new Autosave(api, {
      onState: (save) => store.setState({ save }),
      onRevision: (imageId, revision) => {
        if (this.#isOpen(imageId)) store.setState({ revision })
      },
      onRefused: (imageId, message) => void this.#refused(imageId, message),
      rebase: (imageId, waiting) => this.#rebase(imageId, waiting),
    })
  }

  /** Loads an image's annotations, with what is not yet stored on top. */
  async load(imageId: ImageId): Promise<AnnotationDoc> {
    const doc = await this.#api['annotations.load']({ imageId })
    this.#autosave.setRevision(imageId, doc.revision)
    const { annotations } = onTop(doc, this.#autosave.pendingOf(imageId))
    return { annotations: [...annotations.values()], revision: doc.revision }
  }

  /** Makes an image the one at hand. */
  open(image: ImageRow, doc: AnnotationDoc): void {
    this.#store.setState({ image, frame: 0, selection: new Set(), hidden: new Set(), locked: new Set(), hovered: null, draft: null })
    this.#show(new Map(doc.annotations.map((annotation) => [annotation.id, annotation])), doc.revision)
  }

  /** No image is at hand any more. */
  close(): void {
    this.#store.setState({ image: null, nextImage: null, frame: 0, hovered: null, draft: null })
    this.#show(new Map(), 0)
  }

  /** Shows what others changed; edits not yet stored stay. */
  async reload(imageId: ImageId): Promise<void> {
    await this.#autosave.settled()
    const doc = await this.load(imageId)
    if (this.#isOpen(imageId)) this.#showLoaded(doc.annotations, doc.revision)
  }

  /** `reload` of the image at hand. */
  async reloadOpen(): Promise<void> {
    const { image } = this.#store.getState()
    if (image) await this.reload(image.id)
  }

  /** True when the host's revision holds changes that are not shown here. */
  isBehind(imageId: ImageId, revision: number): boolean {
    return this.#autosave.pendingOf(imageId).length === 0 && revision > this.#autosave.revisionOf(imageId)
  }

  commit(changes: ChangeSet, reason: string): Gesture | null {
    const { image } = this.#store.getState()
    const edited = acceptEdited(changes)
    if (!image || isEmpty(edited) || !this.#perform(edited)) return null
    this.#history.record(image.id, edited)
    this.#save(image.id, edited, reason)
    return { imageId: image.id, changes: edited }
  }

  /** A late part of a gesture; a step of its own where the annotation was changed in between. */
  amend({ imageId, changes: gesture }: Gesture, id: AnnotationId, change: (annotation: Annotation) => Annotation, reason: string): void {
    const isOpen = this.#isOpen(imageId)
    const from = isOpen ? this.#store.getState().annotations.get(id) : recordOf(gesture, id)
    if (!from) return
    const to = change(from)
    if (isSame(from, to)) return
    const changes: ChangeSet = { added: [], updated: [[from, to]], removed: [] }
    if (isOpen && !this.#perform(changes)) return
    if (!this.#history.amend(imageId, gesture, changes) && isOpen) this.#history.record(imageId, changes)
    this.#save(imageId, changes, reason)
  }

  /** Runs what a person does to labels or the list of images after all such before it, and undo after that. */
  changeProject<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#turns.after(work)
  }

  /** On the image at hand; null without one. */
  lastGesture(): ChangeSet | null {
    return this.#history.last(this.#store.getState().image?.id ?? null)
  }

  /** Of `changeProject`, once it is done: a step of undo. */
  recordAct(act: ProjectAct): void {
    this.#history.recordAct(act)
    this.#showSteps()
  }

  undo(): void {
    this.#turns.take(() => this.#step('undo'))
  }

  redo(): void {
    this.#turns.take(() => this.#step('redo'))
  }

  /** Another project is open; returns how many changes of the one before are lost. */
  forgetAll(): number {
    this.#history.forgetAll()
    return this.#autosave.forgetAll()
  }

  async settled(): Promise<void> {
    await this.#autosave.settled()
  }

  /** Rejects where an edit can't be stored now. */
  async stored(): Promise<void> {
    await this.#autosave.stored()
  }

  #step(direction: 'undo' | 'redo'): Promise<void> | undefined {
    const { image } = this.#store.getState()
    const step = this.#history[direction](image?.id ?? null)
    if (!step) return undefined
    if ('act' in step) return this.#stepLabels(direction, step)
    if (this.#perform(step.changes)) {
      this.#save(image!.id, step.changes, direction)
      this.#selectAdded(step.changes)
    } else this.#history.forget(image!.id)
    this.#showSteps()
    return undefined
  }

  /** What comes back is in hand again. */
  #selectAdded({ added }: ChangeSet): void {
    if (added.length > 0) this.#store.setState({ selection: new Set(added.map(({ id }) => id)) })
  }

  async #stepLabels(direction: 'undo' | 'redo', step: ActStep): Promise<void> {
    try {
      await stepAct(this.#history, direction, step)
      await this.#loadLabels()
      if (step.act.removes) await this.reloadOpen()
      const { follows = null } = step.act
      if (direction === 'undo' && follows !== null && follows === this.lastGesture()) await this.#step('undo')
    } catch (error) {
      this.#history.forgetAct(step.act)
      this.#report(messageOf(error))
    }
    this.#showSteps()
  }

  /** False, and said, where the annotations are no longer those the changes were made from. */
  #perform(changes: ChangeSet): boolean {
    try {
      this.#show(apply(this.#store.getState().annotations, changes), this.#store.getState().revision)
      return true
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      this.#report(error.message)
      return false
    }
  }

  #save(imageId: ImageId, changes: ChangeSet, reason: string): void {
    this.#autosave.push(imageId, changes, reason)
    this.#showSteps()
  }

  #show(annotations: Annotations, revision: number): void {
    const { selection } = this.#store.getState()
    const kept = [...selection].filter((id) => annotations.has(id))
    this.#store.setState({ annotations, revision, ...(kept.length < selection.size ? { selection: new Set(kept) } : {}) })
    this.#showSteps()
  }

  #showLoaded(loaded: Iterable<Annotation>, revision: number): void {
    this.#show(keptSame(this.#store.getState().annotations, loaded), revision)
  }

  #showSteps(): void {
    const { image } = this.#store.getState()
    this.#store.setState({
      canUndo: this.#history.canUndo(image?.id ?? null),
      canRedo: this.#history.canRedo(image?.id ?? null),
    })
  }

  #isOpen(imageId: ImageId): boolean {
    return this.#store.getState().image?.id === imageId
  }

  async #rebase(imageId: ImageId, waiting: () => readonly Pending[]) {
    const doc = await this.#api['annotations.load']({ imageId })
    const pending = waiting()
    const { annotations, kept } = onTop(doc, pending)
    if (this.#isOpen(imageId)) this.#showLoaded(annotations.values(), doc.revision)
    if (kept.length < pending.length) {
      this.#history.forget(imageId)
      this.#showSteps()
      this.#report('Someone else changed the same objects first. The image was loaded again; please make your last change once more.')
    }
    return { kept, revision: doc.revision }
  }

  async #refused(imageId: ImageId, message: string): Promise<void> {
    this.#history.forget(imageId)
    this.#report(`A change was not saved: ${message}`)
    try {
      const doc = await this.load(imageId)
      if (this.#isOpen(imageId)) this.#showLoaded(doc.annotations, doc.revision)
    } catch (error) {
      this.#report(messageOf(error))
    }
  }
}
