/** Numbers and names of one Qwen2-VL, read from its own json files. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { GrounderEntry } from './entry.ts'

const Preprocessor = z
  .object({
    min_pixels: z.number().optional(),
    max_pixels: z.number().optional(),
    size: z.object({ shortest_edge: z.number().optional(), longest_edge: z.number().optional() }).optional(),
    patch_size: z.number().int().positive(),
    temporal_patch_size: z.number().int().positive(),
    merge_size: z.number().int().positive(),
    image_mean: z.array(z.number()).length(3),
    image_std: z.array(z.number().positive()).length(3),
    rescale_factor: z.number().default(1 / 255),
    /** PIL.Image.Resampling: 2 bilinear, 3 bicubic. */
    resample: z.union([z.literal(2), z.literal(3)]).default(3),
  })
  .transform((file) => ({
    minPixels: file.min_pixels ?? file.size?.shortest_edge ?? 56 * 56,
    maxPixels: file.max_pixels ?? file.size?.longest_edge ?? 28 * 28 * 1280,
    patchSize: file.patch_size,
    temporalPatchSize: file.temporal_patch_size,
    mergeSize: file.merge_size,
    mean: file.image_mean,
    std: file.image_std,
    rescale: file.rescale_factor,
    filter: file.resample === 2 ? ('bilinear' as const) : ('bicubic' as const),
  }))
export type Preprocessing = z.infer<typeof Preprocessor>

const Ids = z.union([z.number().int(), z.array(z.number().int())])
const Text = z.object({
  vocab_size: z.number().int().positive(),
  max_position_embeddings: z.number().int().positive().default(32768),
  eos_token_id: Ids.nullish(),
})
/** Older files are flat, newer ones keep the language model's numbers under `text_config`. */
const Model = z
  .object({ image_token_id: z.number().int(), text_config: z.record(z.string(), z.unknown()).optional() })
  .loose()
  .transform((file) => ({ imageToken: file.image_token_id, text: { ...file, ...file.text_config } }))
const Generation = z.object({ eos_token_id: Ids.nullish() })

export interface Qwen2VlConfig {
  readonly preprocessing: Preprocessing
  readonly imageToken: number
  readonly vocabSize: number
  readonly maxPositions: number
  /** Tokens that end a reply. */
  readonly endTokens: ReadonlySet<number>
  readonly tokenizer: object
  readonly tokenizerConfig: object
}

function readJson(folder: string, name: string): unknown {
  const file = join(folder, name)
  if (!existsSync(file)) throw new AppError('model-missing', `${name} is not in ${folder}. Install the model again.`, { folder, name })
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new AppError('model-invalid', `${file} is not valid JSON. Install the model again.`, { file }, error)
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, folder: string, name: string): z.infer<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const where = issue.path.join('.') || name
  throw new AppError('model-invalid', `${join(folder, name)} is not a Qwen2-VL's: ${where}: ${issue.message}.`, { folder, name })
}

/** The manifest's bounds win: a model's own file may allow more pixels than a machine should be asked to look at. */
function preprocessing(folder: string, { minPixels, maxPixels }: Pick<GrounderEntry, 'minPixels' | 'maxPixels'>): Preprocessing {
  const own = parse(Preprocessor, readJson(folder, 'preprocessor_config.json'), folder, 'preprocessor_config.json')
  return { ...own, minPixels: minPixels ?? own.minPixels, maxPixels: maxPixels ?? own.maxPixels }
}

function endTokens(folder: string, config: z.infer<typeof Text>): Set<number> {
  const name = 'generation_config.json'
  const generation = existsSync(join(folder, name)) ? parse(Generation, readJson(folder, name), folder, name) : {}
  return new Set([generation.eos_token_id ?? config.eos_token_id ?? []].flat())
}

/**
 * Reads config.json, generation_config.json, preprocessor_config.json, tokenizer.json and tokenizer_config.json.
 * @param bounds pixels of the image as the model sees it, instead of preprocessor_config.json's
 * @throws AppError model-missing naming the file, model-invalid naming the field
 */
export function readConfig(folder: string, bounds: Pick<GrounderEntry, 'minPixels' | 'maxPixels'> = {}): Qwen2VlConfig {
  const model = parse(Model, readJson(folder, 'config.json'), folder, 'config.json')
  const text = parse(Text, model.text, folder, 'config.json')
  const ends = endTokens(folder, text)
  if (ends.size === 0) throw new AppError('model-invalid', `No eos_token_id in ${folder}: the model's replies would never end.`, { folder })
  return {
    preprocessing: preprocessing(folder, bounds),
    imageToken: model.imageToken,
    vocabSize: text.vocab_size,
    maxPositions: text.max_position_embeddings,
    endTokens: ends,
    tokenizer: readJson(folder, 'tokenizer.json') as object,
    tokenizerConfig: readJson(folder, 'tokenizer_config.json') as object,
  }
}
