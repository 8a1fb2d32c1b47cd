/** The list of every known model, `models/manifest.json`: what to download, from where, and how to talk to it. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { resource } from '../resources.ts'

/** Folder `models` of the project: the manifest and the models that ship with it. */
export const SHIPPED_MODELS = resource('models')

const relativePath = z
  .string()
  .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'must be a relative path with forward slashes')
  .refine((path) => !path.split('/').includes('..'), 'must stay inside the model folder')

export const ModelFile = z.object({
  path: relativePath,
  /** Bytes; null where it could not be looked up: then it is what the server says. */
  size: z.number().int().nonnegative().nullable(),
  /** Hex; null where it could not be looked up: recorded at the first installation and checked from then on. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/).nullable(),
})
export type ModelFile = z.infer<typeof ModelFile>

const common = {
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  name: z.string(),
  licence: z.string(),
  /** One sentence for lists: what it is good for and what not. */
  about: z.string(),
  /** Small, trained on generated pictures: said wherever it answers. */
  demo: z.boolean(),
  /** Hugging Face repository and full commit; null for what ships with the program. */
  source: z.object({ repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/), revision: z.string().regex(/^[0-9a-f]{40}$/) }).nullable(),
  /** Folder inside `models/` of what ships with the program. */
  shipped: relativePath.nullable(),
  /** About how many bytes are downloaded, for lists, where single sizes are unknown. */
  approximateBytes: z.number().int().nonnegative(),
  files: z.array(ModelFile),
}

export const GrounderEntry = z.object({
  ...common,
  kind: z.literal('grounder'),
  /** What numbers in replies mean: thousandths of the sides, pixels of the resized picture, or fractions of the sides. */
  coordinates: z.enum(['relative-1000', 'resized-pixels', 'relative-1']),
  /**
   * The user turn after the picture, `{words}` is what the person typed; `system` replaces the chat template's own line;
   * `lowercase` is for a model that has never seen capitals.
   */
  prompt: z.object({ system: z.string().exactOptional(), user: z.string().includes('{words}'), lowercase: z.boolean().exactOptional() }),
  /** Bounds on the resized picture's area, instead of those of preprocessor_config.json. */
  minPixels: z.number().int().positive().nullable(),
  maxPixels: z.number().int().positive().nullable(),
})
export type GrounderEntry = z.infer<typeof GrounderEntry>

export const SegmenterEntry = z.object({ ...common, kind: z.literal('segmenter') })
export type SegmenterEntry = z.infer<typeof SegmenterEntry>

export const ModelEntry = z.discriminatedUnion('kind', [GrounderEntry, SegmenterEntry])
export type ModelEntry = z.infer<typeof ModelEntry>
export type ModelKind = ModelEntry['kind']

export const Manifest = z.object({ models: z.array(ModelEntry) }).refine(
  ({ models }) => new Set(models.map(({ id }) => id)).size === models.length,
  'two models have one id',
)
export type Manifest = z.infer<typeof Manifest>

/** The segmenter without files. */
export const GRABCUT = 'grabcut'

/** @throws AppError model-invalid when the file is missing or not a manifest */
export function readManifest(file = `${SHIPPED_MODELS}/manifest.json`): Manifest {
  try {
    return Manifest.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    throw new AppError('model-invalid', `The list of models ${file} can't be read: ${reason}`)
  }
}

/** @throws AppError not-found listing the ids there are */
export function findModel(manifest: Manifest, id: string): ModelEntry {
  const entry = manifest.models.find((model) => model.id === id)
  if (entry !== undefined) return entry
  const known = manifest.models.map((model) => model.id).join(', ')
  throw new AppError('not-found', `There is no model "${id}". Known models: ${known}. A folder of model files works too.`)
}

/** Bytes of all files, or the estimate where a size is unknown. */
export function downloadBytes(entry: ModelEntry): number {
  const sizes = entry.files.map(({ size }) => size)
  return sizes.includes(null) ? entry.approximateBytes : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
}
