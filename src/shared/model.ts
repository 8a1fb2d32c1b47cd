/** The records of a project, as they cross every border. Immutable: a change is a new record in a ChangeSet. */
import { z } from 'zod'
import type { Box } from './geometry.ts'
import { ModelWindow } from './pictures.ts'

const id = <Name extends string>() => z.number().int().nonnegative().brand<Name>()

export const ImageId = id<'ImageId'>()
export type ImageId = z.infer<typeof ImageId>
export const LabelId = id<'LabelId'>()
export type LabelId = z.infer<typeof LabelId>
export const RunId = id<'RunId'>()
export type RunId = z.infer<typeof RunId>
export const ProvenanceId = id<'ProvenanceId'>()
export type ProvenanceId = z.infer<typeof ProvenanceId>
/** A UUID made by whoever creates the annotation, so that a ChangeSet can name records that are not stored yet. */
export const AnnotationId = z.uuid().brand<'AnnotationId'>()
export type AnnotationId = z.infer<typeof AnnotationId>

const finite = z.number()

/** Half-open, image pixels. */
export const BoxSchema = z
  .object({ x0: finite, y0: finite, x1: finite, y1: finite })
  .refine((box) => box.x0 <= box.x1 && box.y0 <= box.y1, 'box corners are out of order')

/** COCO run-length mask: `size` is [height, width], `counts` the compressed string of maskApi.c. */
export const RleSchema = z.object({
  size: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
  counts: z.string(),
})
export type Rle = z.infer<typeof RleSchema>

/** A drawn polygon: one flat ring [x0, y0, x1, y1, ...] per part, image pixels, at least 3 points each. */
export const PolygonSchema = z.array(z.array(finite).min(6))
export type Polygon = z.infer<typeof PolygonSchema>

export const AnnotationState = z.enum(['proposed', 'accepted'])
export type AnnotationState = z.infer<typeof AnnotationState>
export const AnnotationOrigin = z.enum(['drawn', 'model', 'imported'])
export type AnnotationOrigin = z.infer<typeof AnnotationOrigin>

export const AnnotationSchema = z.object({
  id: AnnotationId,
  imageId: ImageId,
  frame: z.number().int().nonnegative(),
  labelId: LabelId,
  box: BoxSchema,
  /** The truth where there is one; polygons are made from it on export. */
  mask: RleSchema.nullable(),
  /** Kept as drawn or imported until its pixels are edited. */
  polygon: PolygonSchema.nullable(),
  state: AnnotationState,
  origin: AnnotationOrigin,
  score: z.number().min(0).max(1).nullable(),
  iscrowd: z.boolean(),
  difficult: z.boolean(),
  truncated: z.boolean(),
  occluded: z.boolean(),
  /** What a person says about the object, under names of their own; `description` is free text, as LabelMe has it. */
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Objects of one image with the same number belong together; null for none. */
  group: z.number().int().nullable(),
  z: z.number(),
  provenanceId: ProvenanceId.nullable(),
  /** Keys of a foreign file that have no place above, kept verbatim. */
  source: z.record(z.string(), z.unknown()).nullable(),
})
export type Annotation = Readonly<z.infer<typeof AnnotationSchema>>

/** Whether it is more than a box. */
export function hasOutline({ mask, polygon }: Pick<Annotation, 'mask' | 'polygon'>): boolean {
  return mask !== null || polygon !== null
}

/** What a new annotation has until a person or a foreign file says otherwise. */
export const UNMARKED = {
  iscrowd: false,
  difficult: false,
  truncated: false,
  occluded: false,
  attributes: {},
  group: null,
  source: null,
} as const satisfies Partial<Annotation>

export const LabelSchema = z.object({
  id: LabelId,
  name: z.string().min(1),
  color: z.string().regex(/^#[0-9a-f]{6}$/),
  key: z.string().nullable(),
  order: z.number().int(),
  source: z.record(z.string(), z.unknown()).nullable(),
})
export type Label = Readonly<z.infer<typeof LabelSchema>>

export const ImageStatus = z.enum(['ok', 'failed', 'missing'])
export const ImageSchema = z.object({
  id: ImageId,
  /** Relative to its source folder, forward slashes, Unicode as on disk. */
  path: z.string(),
  /** Pixels after orientation. */
  width: z.number().int().nonnegative(),
  height: z.number().int().nonnegative(),
  /** EXIF tag 1..8 of the stored file. */
  orientation: z.number().int().min(1).max(8),
  /** Bits per sample of the stored file. */
  depth: z.number().int(),
  frames: z.number().int().positive(),
  status: ImageStatus,
  /** Why it can't be shown, in words, when status is not ok. */
  problem: z.string().nullable(),
  /** Grows by one with every applied ChangeSet. */
  revision: z.number().int().nonnegative(),
})
export type Image = Readonly<z.infer<typeof ImageSchema>>

/** One thing to look for: the words given to the model, and the label its objects get. */
export const PromptSchema = z.object({ words: z.string().min(1), label: z.string().min(1) })
export type Prompt = Readonly<z.infer<typeof PromptSchema>>

export const GridUse = z.enum(['off', 'both', 'boxes', 'masks'])
export type GridUse = z.infer<typeof GridUse>

/** What a run does to every image: all of it is stored, so that a run can be resumed and repeated. */
export const RecipeSchema = z.object({
  prompts: z.array(PromptSchema).min(1),
  /** Manifest id or folder of the model that turns words into boxes. */
  grounder: z.string(),
  /** Manifest id or folder of the model that turns boxes into masks; 'grabcut' needs no weights. */
  segmenter: z.string(),
  grid: GridUse,
  maxBoxes: z.number().int().positive(),
  /** Objects whose masks score less are not kept; those without a score are. */
  minScore: z.number().min(0).max(1),
  /** Remove parts and fill holes smaller than this many pixels; 0 keeps the mask as it came. */
  speckPixels: z.number().int().nonnegative(),
  /** Objects whose boxes or masks overlap more than this are one object. */
  mergeIou: z.number().min(0).max(1),
  /** Of deep pictures; without it all their values are seen. */
  window: ModelWindow.optional(),
})
export type Recipe = Readonly<z.infer<typeof RecipeSchema>>

/** How a model's object came to be. */
export interface Provenance {
  readonly runId: RunId
  readonly words: string
  readonly grounder: string
  readonly grounderHash: string
  readonly segmenter: string
  readonly segmenterHash: string
  /** The model's reply, verbatim, with special tokens. */
  readonly reply: string
  /** The box the model gave, image pixels, before anything was corrected. */
  readonly originalBox: Box
  readonly notes: readonly string[]
}
