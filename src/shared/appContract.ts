/**
 * Everything a window may ask of its host: one project, its images, labels, annotations, models and exports.
 * Data only; ids, never paths, name images. Pixels go by URL: `imageUrl`, `tileUrl`, `thumbnailUrl`.
 */
import { z } from 'zod'
import { ChangeSetSchema } from './changes.ts'
import { call, job } from './contract.ts'
import { AnnotationId, AnnotationSchema, AnnotationState, GridUse, ImageId, ImageSchema, LabelId, LabelSchema, PromptSchema, RleSchema, BoxSchema } from './model.ts'
import { ModelWindow, SampleStats, type SampleWindow, type TileAt } from './pictures.ts'

export const ProjectInfo = z.object({
  /** File name without folder, e.g. `warehouse.marquee`. */
  name: z.string(),
  images: z.number().int(),
  /** Images that were removed from the project and can be shown again. */
  removed: z.number().int(),
  annotations: z.number().int(),
  /** True while folders are still being read. */
  scanning: z.boolean(),
  /** Where an export goes unless the person says otherwise: to the images, else to the project, else home. */
  exportFolder: z.string(),
  /** A note the window shows once, e.g. that sample images are open. */
  notice: z.string().nullable(),
})
export type ProjectInfo = z.infer<typeof ProjectInfo>

/** One row of the file list. */
export const ImageRow = ImageSchema.extend({
  /** Position in the whole list, from 0. */
  index: z.number().int(),
  accepted: z.number().int(),
  proposed: z.number().int(),
  /** A run has looked at it, whatever it found. */
  looked: z.boolean(),
})
export type ImageRow = z.infer<typeof ImageRow>

export const ImageQuery = z.object({
  /** Words of the name, and `label:car`, `score:<0.5`, `state:proposed|accepted|empty|failed`. */
  search: z.string(),
  offset: z.number().int().nonnegative(),
  limit: z.number().int().positive().max(500),
})

export const LabelRow = LabelSchema.extend({ annotations: z.number().int() })
export type LabelRow = z.infer<typeof LabelRow>

export const AnnotationDoc = z.object({ annotations: z.array(AnnotationSchema), revision: z.number().int() })
export type AnnotationDoc = z.infer<typeof AnnotationDoc>

export const ModelStatus = z.object({
  grounder: z.string(),
  segmenter: z.string(),
  /** A demo model answers: the window says so. */
  demo: z.boolean(),
  /** Bound execution provider, null until first use. */
  device: z.string().nullable(),
  /** Milliseconds of the last run, null until then. */
  ms: z.object({ boxes: z.number(), encode: z.number(), masks: z.number() }).nullable(),
})
export type ModelStatus = z.infer<typeof ModelStatus>

export const ModelChoice = z.object({ grounder: z.string(), segmenter: z.string() })
/** What the engine can be busy with. */
export const MODEL_WORK = ['loading', 'proposing', 'masks', 'reading-ahead'] as const
export const ModelActivity = z.object({
  /** To be passed as `after` next time. */
  sequence: z.number().int(),
  now: z.enum(MODEL_WORK).nullable(),
  /** Calls behind that one. */
  waiting: z.number().int(),
  status: ModelStatus,
})
export type ModelActivity = z.infer<typeof ModelActivity>

export const ModelRow = z.object({
  /** Of the list of models, or the folder that was added. */
  id: z.string(),
  name: z.string(),
  kind: z.enum(['grounder', 'segmenter']),
  /** `partial`: a broken-off installation, which goes on; `folder`: added by a person; `gone`: added, but no model any more. */
  state: z.enum(['shipped', 'installed', 'partial', 'available', 'folder', 'gone']),
  demo: z.boolean(),
  /** Bytes to download in all, and those already here. */
  size: z.number(),
  received: z.number(),
  licence: z.string(),
  about: z.string(),
  /** Address it is downloaded from, and the folder it goes into; null for what is not downloaded. */
  from: z.string().nullable(),
  into: z.string().nullable(),
})
export type ModelRow = z.infer<typeof ModelRow>

/** What the model said about one prompt, for the "model's own words" panel. */
export const PromptAnswer = z.object({
  words: z.string(),
  label: z.string(),
  reply: z.string(),
  found: z.number().int(),
  /** How many of them were on the image already and were not added again. */
  known: z.number().int(),
  /** Repairs, refusals and merges, in words. */
  notes: z.array(z.string()),
})
export type PromptAnswer = z.infer<typeof PromptAnswer>

export const ProposeProgress = z.object({
  stage: z.enum(['decode', 'boxes', 'encode', 'masks']),
  prompt: z.number().int().optional(),
  box: BoxSchema.optional(),
})

export const SegmentPrompt = z.object({
  box: BoxSchema.nullable(),
  points: z.array(z.object({ x: z.number(), y: z.number(), positive: z.boolean() })),
})
export type SegmentPrompt = z.infer<typeof SegmentPrompt>

const FormatOption = z.object({ id: z.string(), help: z.string(), choices: z.array(z.string()), default: z.string() })

/** A format of another tool; `output` says whether it is written as a file, a folder, or either by the name's ending. */
export const FormatRow = z.object({ id: z.string(), name: z.string(), options: z.array(FormatOption) })
export const WritableFormatRow = FormatRow.extend({ output: z.enum(['file', 'folder', 'either']) })
export type FormatRow = z.infer<typeof FormatRow>
export type WritableFormatRow = z.infer<typeof WritableFormatRow>

export const ImportWish = z.object({
  /** A folder, file or zip archive. */
  place: z.string(),
  /** Id of a format, or 'auto'. */
  format: z.string(),
  options: z.record(z.string(), z.string()),
  imageFolders: z.array(z.string()),
  missing: z.enum(['skip', 'keep']),
  /** Names of the dataset and the label they become. */
  labelMap: z.record(z.string(), z.string()),
})
export type ImportWish = z.infer<typeof ImportWish>

const count = z.number().int()
/** objects.seen = added + known (in the project already) + leftOut (each explained by a problem). */
export const ImportReport = z.object({
  /** To take it back by; null for a preview. */
  id: count.nullable(),
  format: z.string(),
  place: z.string(),
  images: z.object({ total: count, known: count, added: count, missing: count }),
  labels: z.array(z.object({ name: z.string(), objects: count, isNew: z.boolean(), like: z.string().nullable() })),
  objects: z.object({ seen: count, added: count, known: count, leftOut: count }),
  /** The first 500; `problemCount` says how many there are, `imports.saveProblems` writes all. */
  problems: z.array(z.object({ file: z.string(), place: z.string(), reason: z.string(), objects: count })),
  problemCount: count,
})
export type ImportReport = z.infer<typeof ImportReport>

export const ImportRow = z.object({ id: count, at: z.string(), format: z.string(), place: z.string(), state: z.enum(['open', 'finished', 'undone']) })
export type ImportRow = z.infer<typeof ImportRow>

export const ExportWish = z.object({
  format: z.string(),
  path: z.string(),
  states: z.array(AnnotationState).min(1),
  /** Label names; null for all. */
  labels: z.array(z.string()).nullable(),
  /** null keeps the parts images were imported with. */
  split: z.object({ shares: z.array(z.number()), groupBy: z.enum(['image', 'folder']), seed: count }).nullable(),
  options: z.record(z.string(), z.string()),
  /** Without it an empty export or one that can't hold all is refused as export-incomplete. */
  allowIncomplete: z.boolean(),
  /** Without it what lies at the path is refused as export-exists, unless this project's last export to it wrote it. */
  replace: z.boolean(),
})
export type ExportWish = z.infer<typeof ExportWish>

export const CheckRule = z.object({ id: z.string(), name: z.string(), fixName: z.string().nullable() })
export type CheckRule = z.infer<typeof CheckRule>
export const CheckFinding = z.object({
  rule: z.string(),
  /** null for what is about labels. */
  imageId: ImageId.nullable(),
  /** Path of the image, or the label. */
  where: z.string(),
  annotationIds: z.array(AnnotationId),
  words: z.string(),
  /** The label that `where` may be the same as. */
  like: z.string().nullable(),
})

export type CheckFinding = z.infer<typeof CheckFinding>

const ExportNote = z.object({ image: z.string(), reason: z.string(), objects: count })
export const ExportResult = z.object({
  path: z.string(),
  images: count,
  /** Written objects by label. */
  annotations: z.record(z.string(), count),
  asked: count,
  holesBridged: count,
  /** The first 500 of each; all are in `reportFile`. */
  skipped: z.array(ExportNote),
  notes: z.array(ExportNote),
  /** All that is not as in the project, in words that a number follows. */
  changes: z.array(z.object({ words: z.string(), count })),
  reportFile: z.string(),
  /** The export was read again and compared; null where the format can't be read. Moves in pixels. */
  verified: z
    .object({
      images: count,
      objects: count,
      boxes: z.object({ compared: count, exact: count, largestMove: z.number() }),
      masks: z.object({ compared: count, exact: count, smallestIou: z.number(), meanIou: z.number() }),
    })
    .nullable(),
})
export type ExportResult = z.infer<typeof ExportResult>

export const FolderListing = z.object({
  path: z.string(),
  parent: z.string().nullable(),
  folders: z.array(z.string()),
  /** Files directly in the folder that an import can read. */
  files: z.array(z.string()),
  /** How many images lie directly in the folder. */
  images: z.number().int(),
})

/** Edits in the log of the project, both ends included. */
const EditRange = z.object({ first: z.number().int().positive(), last: z.number().int().positive() })

const none = z.null()
const someImages = z.object({ imageIds: z.array(ImageId) })
const imageAt = z.object({ imageId: ImageId, frame: z.number().int().nonnegative() })
/** A frame as models see it: deep ones through a window, else through all their values. */
const imageSeen = imageAt.extend({ window: ModelWindow.optional() })

export const appContract = {
  'project.info': call(none, ProjectInfo),
  'project.recent': call(none, z.array(z.string())),
  'project.open': call(z.object({ path: z.string() }), ProjectInfo),
  /** Adds folders or files while the window goes on. Images that were removed stay so unless `restore`; those count as added. */
  'images.add': job(z.object({ paths: z.array(z.string()).min(1), restore: z.boolean().optional() }), z.object({ found: z.number() }), z.object({ added: z.number(), problems: z.array(z.string()) })),
  'images.list': call(ImageQuery, z.object({ total: z.number().int(), rows: z.array(ImageRow) })),
  /** The image so many places further on (back where `by` is less than 0) among those that match, or the outermost; null where none is left. */
  'images.beside': call(z.object({ search: z.string(), imageId: ImageId, by: z.number().int().min(-500).max(500).refine((by) => by !== 0) }), ImageRow.nullable()),
  'images.get': call(z.object({ imageId: ImageId }), ImageRow),
  /** How many objects, proposals too, lie on these images. */
  'images.objects': call(someImages, z.object({ objects: z.number().int() })),
  /** Takes images out of the project with their objects; files stay. A later scan does not bring them back. Gives those that were in it. */
  'images.remove': call(someImages, someImages),
  /** Brings removed images back with the objects they had, all where null. Gives those that were removed. */
  'images.restore': call(z.object({ imageIds: z.array(ImageId).nullable() }), someImages),
  /** Pages of one file may differ in size; upright, in pixels. */
  'images.frameSize': call(imageAt, z.object({ width: z.number().int(), height: z.number().int() })),
  /** What the stored values of a frame are; null where it is shown without a window. */
  'images.samples': call(imageAt, SampleStats.nullable()),
  /** Why a frame can't be shown, in words; null where it can. Decodes all of it. */
  'images.problem': call(imageAt, z.string().nullable()),
  /** The stored values of one pixel of a deep picture that is shown; none where there are none. */
  'images.sampleAt': call(imageAt.extend({ x: z.number().int().nonnegative(), y: z.number().int().nonnegative() }), z.array(z.number())),
  'labels.list': call(none, z.array(LabelRow)),
  'labels.ensure': call(z.object({ name: z.string().min(1) }), LabelRow),
  'labels.update': call(
    z.object({ id: LabelId, name: z.string().min(1).optional(), color: z.string().optional(), key: z.string().nullable().optional(), order: z.number().int().optional() }),
    LabelRow,
  ),
  /** Moves all annotations to another label, or removes them where `into` is null, then removes the label. */
  'labels.remove': call(z.object({ id: LabelId, into: LabelId.nullable() }), z.object({ edits: EditRange.nullable() })),
  /**
   * Puts back a label that was removed, at its place in the list. `edits` are those of its removal: what they did to
   * annotations is taken back as far as nobody changed it since. `moved` are those among them on `images`.
   */
  'labels.restore': call(
    z.object({ label: LabelSchema, position: z.number().int().nonnegative(), edits: EditRange.nullable(), images: z.array(ImageId) }),
    z.object({ moved: z.array(AnnotationId) }),
  ),
  'annotations.load': call(z.object({ imageId: ImageId }), AnnotationDoc),
  /** Boxes that were drawn for a mask which never came: the window was closed, or the models could not. */
  'annotations.masksToCome': call(z.object({ imageId: ImageId }), z.object({ ids: z.array(AnnotationId) })),
  /** The only way an annotation changes. Refused as stale-revision when someone else was first. */
  'annotations.apply': call(
    z.object({ imageId: ImageId, baseRevision: z.number().int(), changes: ChangeSetSchema, reason: z.string() }),
    z.object({ revision: z.number().int() }),
  ),
  /** Words to proposals, stored as they come. */
  'models.propose': job(
    imageSeen.extend({ prompts: z.array(PromptSchema).min(1), grid: GridUse, minScore: z.number().min(0).max(1) }),
    ProposeProgress,
    z.object({ answers: z.array(PromptAnswer), revision: z.number().int() }),
  ),
  /** Boxes and clicks to masks, stored nowhere; the latest call wins. */
  'models.segment': call(
    imageSeen.extend({ prompts: z.array(SegmentPrompt).min(1) }),
    z.object({ masks: z.array(z.object({ mask: RleSchema, box: BoxSchema, score: z.number().nullable() })), ms: z.number() }),
  ),
  'models.prefetch': call(imageSeen, none),
  'models.status': call(none, ModelStatus),
  /** Waits until what the engine does, or how fast it was, is not as it was at `after` (0: answers at once). */
  'models.activity': call(z.object({ after: z.number().int() }), ModelActivity),
  'models.list': call(none, z.array(ModelRow)),
  /** Downloads a model of the list; cancelled, it goes on from there the next time. */
  'models.install': job(
    z.object({ id: z.string() }),
    z.object({ stage: z.enum(['look-up', 'download', 'check']), file: z.string(), received: z.number(), total: z.number().nullable() }),
    none,
  ),
  /** Reads every byte of an installed model again. `unknown`: files there is nothing to compare with. */
  'models.verify': call(
    z.object({ id: z.string() }),
    z.object({ ok: z.boolean(), files: z.number().int(), damaged: z.array(z.string()), unknown: z.number().int() }),
  ),
  /** Deletes a model's files; a folder that was added is only forgotten. */
  'models.remove': call(z.object({ id: z.string() }), none),
  'models.addFolder': call(z.object({ path: z.string() }), ModelRow),
  'models.choose': call(ModelChoice, ModelStatus),
  'formats.list': call(none, z.object({ reads: z.array(FormatRow), writes: z.array(WritableFormatRow) })),
  /** What an import would do; writes nothing. ambiguous-dataset says in its details which option has to be chosen. */
  'imports.preview': job(ImportWish, z.object({ images: count }), ImportReport),
  'imports.run': job(ImportWish, z.object({ images: count }), ImportReport),
  /** The problems of the last preview or import as CSV. */
  'imports.saveProblems': call(z.object({ path: z.string() }), none),
  'imports.list': call(none, z.array(ImportRow)),
  /** Objects changed since then stay. Cancelled, it goes on with the rest when called again. */
  'imports.undo': job(z.object({ id: count }), z.object({ done: z.number(), total: z.number() }), z.object({ removed: count, kept: count, labels: count })),
  /** Looks for what usually is a mistake. The first 2,000 findings. */
  'checks.run': job(none, z.object({ done: z.number(), total: z.number() }), z.object({ rules: z.array(CheckRule), findings: z.array(CheckFinding), total: count })),
  /** What the rule's fix does about one finding, for the window to do as an edit of its own; null where it is mended already. */
  'checks.fix': call(CheckFinding.pick({ rule: true, imageId: true, annotationIds: true }), ChangeSetSchema.nullable()),
  /** Objects there are to export, by label. */
  'exports.counts': call(none, z.array(z.object({ label: z.string(), accepted: count, proposed: count }))),
  'exports.run': job(ExportWish, z.object({ done: z.number(), total: z.number() }), ExportResult),
  'host.listFolder': call(z.object({ path: z.string().nullable() }), FolderListing),
  /** Shows an export of this session in the system's file manager, where the host has one. */
  'host.showInFolder': call(z.object({ path: z.string() }), none),
  /** Keys, theme, language, prompt history: whatever the window keeps between starts. */
  'settings.get': call(none, z.record(z.string(), z.unknown())),
  'settings.set': call(z.object({ key: z.string(), value: z.unknown() }), none),
  /** Waits until an image's revision passes `after` or labels or images changed; how a second window learns of changes. */
  'changes.next': call(
    z.object({ after: z.number().int() }),
    z.object({
      sequence: z.number().int(),
      imageIds: z.array(ImageId),
      labels: z.boolean(),
      images: z.boolean(),
      /** Another project is open, or the program was started anew: load everything again. */
      everything: z.boolean().optional(),
    }),
  ),
} as const

/** Electron has a scheme for pictures, the loopback host a path. */
const MEDIA = (globalThis as { location?: { protocol: string } }).location?.protocol === 'app:' ? 'media://' : '/media/'
/** Ids begin anew in every project, and a page keeps pictures by address whatever their headers say: so the address tells projects apart. */
let project = ''
export const picturesOfProject = (count: number): void => {
  project = count === 0 ? '' : `project=${String(count)}`
}
const shownFrame = (frame: number, window: SampleWindow | null) =>
  `frame=${String(frame)}${window ? `&window=${String(window.low)}:${String(window.high)}` : ''}${project && `&${project}`}`
export const imageUrl = (imageId: ImageId, frame: number, window: SampleWindow | null = null) =>
  `${MEDIA}image/${String(imageId)}?${shownFrame(frame, window)}`
/** A part of a picture that is tiled (`isTiled`). */
export const tileUrl = (imageId: ImageId, frame: number, { level, x, y }: TileAt, window: SampleWindow | null = null) =>
  `${MEDIA}tile/${String(imageId)}/${String(level)}/${String(x)}/${String(y)}?${shownFrame(frame, window)}`
export const thumbnailUrl = (imageId: ImageId) => `${MEDIA}thumbnail/${String(imageId)}${project && `?${project}`}`
