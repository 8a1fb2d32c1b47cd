/** Everything the window shows of one image and of what the person is doing to it. Plain data, replaced, never mutated. */
import type { ImageRow, LabelRow, ModelStatus, ProjectInfo, PromptAnswer } from '../../shared/appContract.ts'
import type { Box, ImagePoint } from '../../shared/geometry.ts'
import type { Annotation, AnnotationId, ImageId, LabelId } from '../../shared/model.ts'
import type { ModelWindow, SampleStats, SampleWindow } from '../../shared/pictures.ts'
import { EMPTY_VIEWPORT, type Viewport } from './viewport.ts'

export const TOOL_NAMES = ['select', 'box', 'polygon', 'brush', 'eraser', 'points'] as const
export type ToolName = (typeof TOOL_NAMES)[number]

export interface Click {
  readonly at: ImagePoint
  readonly positive: boolean
}

/** What a gesture in hand draws on the overlay; nothing of it is stored yet. */
export type Draft =
  | { readonly kind: 'box'; readonly box: Box }
  | { readonly kind: 'rubber-band'; readonly box: Box }
  | {
      readonly kind: 'polygon'
      readonly points: readonly ImagePoint[]
      readonly cursor: ImagePoint | null
      /** So many of the points are corners; the others are a line that is being drawn by hand. */
      readonly corners: number
      /** It becomes a hole. */
      readonly cuts: boolean
    }
  | { readonly kind: 'stroke'; readonly points: readonly ImagePoint[]; readonly radius: number; readonly erase: boolean }
  | { readonly kind: 'clicks'; readonly clicks: readonly Click[] }
  /** Annotations as they would be if the gesture ended now, drawn in place of the stored ones. */
  | { readonly kind: 'preview'; readonly annotations: readonly Annotation[] }

export type SaveState =
  | { readonly is: 'saved' }
  | { readonly is: 'saving' }
  | { readonly is: 'failed'; readonly message: string }

/** What the models are doing, or what they said last. */
export interface RunState {
  readonly busy: boolean
  /** The image it is about. */
  readonly imageId: ImageId | null
  readonly stage: 'decode' | 'boxes' | 'encode' | 'masks' | null
  /** Boxes as the model writes them, before they are proposals. */
  readonly boxes: readonly Box[]
  readonly answers: readonly PromptAnswer[]
  readonly error: string | null
  readonly seconds: number | null
}

export interface Adjustments {
  /** CSS filter factors; 1 leaves the picture as it is. */
  readonly brightness: number
  readonly contrast: number
  readonly gamma: number
  /** Opacity of masks, 0..1. */
  readonly mask: number
  /** Of deep pictures: a window of stored values, or the one that each picture has by its own values. */
  readonly window: SampleWindow | 'range' | 'percentiles'
}

/** How the models are to see an image: as the person does. 8-bit pictures, and all values of deep ones, take no window. */
export function seenWindow({ adjustments: { window } }: EditorState, { depth }: ImageRow): { window?: ModelWindow } {
  return window === 'range' || depth <= 8 || depth > 16 ? {} : { window }
}

/** The proposals that are looked at: those of this frame. */
export function proposalsOf({ annotations, frame }: Pick<EditorState, 'annotations' | 'frame'>): Annotation[] {
  return [...annotations.values()].filter((annotation) => annotation.state === 'proposed' && annotation.frame === frame)
}

/** Those that may go: not the locked ones. */
export function discardableOf(state: EditorState): Annotation[] {
  return proposalsOf(state).filter(({ id }) => !state.locked.has(id))
}

/** What is known of the picture itself once the host has looked at it. */
export interface PictureState {
  /** Of a deep picture. */
  readonly samples: SampleStats | null
  /** Why it can't be shown, in words. */
  readonly problem: string | null
}

export interface Problem {
  readonly id: number
  readonly message: string
}

export interface EditorState {
  /** The project that is open, null until that is known. */
  readonly project: ProjectInfo | null
  readonly image: ImageRow | null
  /** The image after this one, whose pixels are fetched ahead. */
  readonly nextImage: ImageRow | null
  readonly frame: number
  /** An image is on its way; at the start also until it is known which. */
  readonly loading: boolean
  readonly annotations: ReadonlyMap<AnnotationId, Annotation>
  readonly revision: number
  readonly selection: ReadonlySet<AnnotationId>
  readonly hidden: ReadonlySet<AnnotationId>
  readonly locked: ReadonlySet<AnnotationId>
  readonly allHidden: boolean
  readonly labels: readonly LabelRow[]
  readonly activeLabelId: LabelId | null
  readonly tool: ToolName
  /** Like `select.resizing`: the tool and the state of its machine. */
  readonly toolPath: string
  readonly draft: Draft | null
  /** The next polygon becomes a hole in the selected object. */
  readonly cutting: boolean
  readonly cursor: ImagePoint | null
  readonly hovered: AnnotationId | null
  /** Radius in image pixels. */
  readonly brushRadius: number
  readonly paintOverOthers: boolean
  /** A plain turn of the mouse wheel zooms; else it moves the picture. */
  readonly wheelZooms: boolean
  readonly viewport: Viewport
  readonly adjustments: Adjustments
  readonly picture: PictureState
  readonly run: RunState
  readonly save: SaveState
  readonly models: ModelStatus | null
  readonly problems: readonly Problem[]
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** Images in the project, for `n / N`. */
  readonly imageCount: number
  /** What the file list is searched for: next and previous go through what matches. Empty for all images. */
  readonly search: string
  /** Grows when images were added or their counts changed: lists of images load again. */
  readonly imagesVersion: number
}

export const UNKNOWN_PICTURE: PictureState = { samples: null, problem: null }

export const IDLE_RUN: RunState = { busy: false, imageId: null, stage: null, boxes: [], answers: [], error: null, seconds: null }

export const INITIAL_STATE: EditorState = {
  project: null,
  image: null,
  nextImage: null,
  frame: 0,
  loading: false,
  annotations: new Map(),
  revision: 0,
  selection: new Set(),
  hidden: new Set(),
  locked: new Set(),
  allHidden: false,
  labels: [],
  activeLabelId: null,
  tool: 'select',
  toolPath: 'select.idle',
  draft: null,
  cutting: false,
  cursor: null,
  hovered: null,
  brushRadius: 12,
  paintOverOthers: true,
  wheelZooms: false,
  viewport: EMPTY_VIEWPORT,
  adjustments: { brightness: 1, contrast: 1, gamma: 1, mask: 0.35, window: 'range' },
  picture: UNKNOWN_PICTURE,
  run: IDLE_RUN,
  save: { is: 'saved' },
  models: null,
  problems: [],
  canUndo: false,
  canRedo: false,
  imageCount: 0,
  search: '',
  imagesVersion: 0,
}
