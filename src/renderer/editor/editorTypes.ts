/** What a window can do with one image and its annotations. Panels, keys, canvas and tools know only this. */
import type { StoreApi } from 'zustand/vanilla'
import type { SegmentPrompt } from '../../shared/appContract.ts'
import type { ChangeSet } from '../../shared/changes.ts'
import type { ImagePoint } from '../../shared/geometry.ts'
import type { Annotation, AnnotationId, GridUse, ImageId, LabelId, Prompt } from '../../shared/model.ts'
import type { Api } from './autosave.ts'
import type { HitIndex } from './hitIndex.ts'
import type { LabelChange } from './labelActs.ts'
import type { Adjustments, Draft, EditorState, ToolName } from './state.ts'
import type { Viewport } from './viewport.ts'

/** A pointer event in image pixels; `right` is the right button, which points as a negative click. */
export interface PointerInput {
  readonly at: ImagePoint
  readonly shift: boolean
  readonly alt: boolean
  /** Ctrl, or Cmd on macOS. */
  readonly mod: boolean
  readonly right: boolean
}

/** A key as KeyboardEvent.key names it, e.g. 'Enter', 'ArrowLeft', 'Backspace'. */
export interface KeyInput {
  readonly key: string
  readonly shift: boolean
  readonly alt: boolean
  readonly mod: boolean
}

export interface ProposeOptions {
  readonly grid: GridUse
  /** Proposals below this score are not made, 0..1. */
  readonly minScore: number
}

/** A finished gesture, by which a late mask can still become part of it. */
export interface Gesture {
  readonly imageId: ImageId
  readonly changes: ChangeSet
}

export interface Editor {
  readonly api: Api
  /** What `settings.get` said when the project was opened. */
  readonly stored: Promise<Readonly<Record<string, unknown>>>
  readonly store: StoreApi<EditorState>
  readonly state: EditorState

  /** Loads labels, models and the image looked at last, else the first, and listens to what other windows change. */
  start(): Promise<void>
  /** Before the host goes over to another project: ends gesture and models, and waits until every edit is stored; rejects where one can't be now. */
  settle(): Promise<void>
  /** Ends polling and waits until every edit is stored. */
  close(): Promise<void>

  openImage(id: ImageId): Promise<void>
  /** By position in the whole list, from 0. */
  openIndex(index: number): Promise<void>
  /** What next and previous go through, as `ImageQuery.search` has it; all images where empty. */
  setSearch(search: string): void
  /** Resolves once the image is at hand, or the wish was overtaken by another. Past the last match the image stays. */
  next(): Promise<void>
  previous(): Promise<void>
  setFrame(frame: number): void
  /** Takes images out of the project with their objects, one step of undo; files stay. Another image is at hand where that one went. */
  removeImages(ids: readonly ImageId[]): Promise<void>
  /** Brings removed images back, all where null, one step of undo; the first of them is at hand then. */
  restoreImages(ids: readonly ImageId[] | null): Promise<void>

  /** The label of a single one becomes the one in hand. */
  select(ids: Iterable<AnnotationId>): void
  setHovered(id: AnnotationId | null): void
  setHidden(ids: Iterable<AnnotationId>, hidden: boolean): void
  setLocked(ids: Iterable<AnnotationId>, locked: boolean): void
  setAllHidden(hidden: boolean): void

  /** Applies, records for undo and saves. An edited proposal becomes accepted. Null when nothing changed or was refused. */
  commit(changes: ChangeSet, reason: string): Gesture | null
  /** A late part of a gesture, e.g. its mask: one step of undo with it, even when another image is at hand by now. */
  amend(gesture: Gesture, id: AnnotationId, change: (annotation: Annotation) => Annotation, reason: string): void
  /** Changes some annotations of this image, one step of undo. */
  update(ids: Iterable<AnnotationId>, change: (annotation: Annotation) => Annotation, reason: string): Gesture | null
  /** The last gesture on this image or the last change of labels, whichever was later; waits for a change of labels under way. */
  undo(): void
  redo(): void

  /** Words to proposals; the first prompt's label is in hand then. Ends when the model has; errors go to `state.run.error`. */
  propose(prompts: readonly Prompt[], options: ProposeOptions): Promise<void>
  stop(): void
  /** Of this frame, as all that is said of proposals. */
  acceptAll(): void
  acceptSelected(): void
  /** But the locked ones. */
  discardAll(): void

  /** Creates the label where there is none of this name. */
  addLabel(name: string): Promise<LabelId | null>
  updateLabel(id: LabelId, change: LabelChange): Promise<void>
  /** Its objects go to `into`, or are removed where that is null. */
  removeLabel(id: LabelId, into: LabelId | null): Promise<void>
  /** The label of what is drawn next; gives it to the selected annotations too. */
  useLabel(id: LabelId): void

  setTool(tool: ToolName): void
  setBrushRadius(radius: number): void
  setPaintOverOthers(value: boolean): void
  setAdjustments(change: Partial<Adjustments>): void
  setViewport(viewport: Viewport): void
  setDraft(draft: Draft | null): void
  setCursor(at: ImagePoint | null): void

  pointerDown(input: PointerInput): void
  pointerMove(input: PointerInput): void
  pointerUp(input: PointerInput): void
  doubleClick(input: PointerInput): void
  /** True when the tool took the key; otherwise it may be the key of an action. */
  keyDown(input: KeyInput): boolean
  /** Cancels the gesture in hand; false when there was none. */
  cancelGesture(): boolean

  /**
   * Boxes and clicks to masks, one per prompt, on the image at hand; null when the models can't (said in `problems`), or
   * when `isWanted` says no by the time it is this call's turn.
   */
  segment(prompts: readonly SegmentPrompt[], isWanted?: () => boolean): Promise<readonly SegmentResult[] | null>
  /** Like `segment`, while a gesture goes on: a newer call takes the place of one that waits, which resolves to null. */
  previewMasks(prompts: readonly SegmentPrompt[]): Promise<readonly SegmentResult[] | null>
  /** Calls back with the label to draw with, at once where there is one, else once it is made. */
  withLabel(then: (id: LabelId) => void): void
  /** What can be met by a pointer: annotations of this frame that are not hidden. */
  hits(): HitIndex

  report(message: string): void
  dismissProblem(id: number): void
}

export type SegmentResult = Awaited<ReturnType<Api['models.segment']>>['masks'][number]
