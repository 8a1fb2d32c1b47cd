/** Goldens of make_goldens.py, and the parts of a model to compare with them. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../../src/core/inference/qwen2vl/config.ts'
import { Decoder } from '../../../src/core/inference/qwen2vl/decoder.ts'
import { Embedder } from '../../../src/core/inference/qwen2vl/embedder.ts'
import type { GrounderEntry } from '../../../src/core/inference/qwen2vl/entry.ts'
import { graphFiles } from '../../../src/core/inference/qwen2vl/files.ts'
import { Prompter } from '../../../src/core/inference/qwen2vl/prompt.ts'
import type { Qwen2VlModel } from '../../../src/core/inference/qwen2vl/session.ts'
import { imageFeatures } from '../../../src/core/inference/qwen2vl/vision.ts'
import { readManifest } from '../../../src/core/models/manifest.ts'
import { openSessions } from '../../../src/core/inference/sessions.ts'

interface Packed {
  readonly shape: readonly number[]
  readonly data: string
}

export interface GoldenCase {
  readonly width: number
  readonly height: number
  readonly words: string
  readonly grid: readonly number[]
  readonly promptIds: readonly number[]
  readonly positions: readonly (readonly number[])[]
  readonly patchMeans: Packed
  /** Every 97th of the flattened pixel values. */
  readonly pixels: Packed
  readonly features: Packed
  readonly lastLogits: Packed
  readonly reply: readonly number[]
}

export interface Golden {
  /** Of the graphs it was made from. */
  readonly sha256: string
  readonly prompt: GrounderEntry['prompt']
  readonly cases: readonly GoldenCase[]
}

export const modelFolder = (name: string) =>
  name === 'demo' ? join(import.meta.dirname, '../../../models/demo/qwen2-vl') : join(import.meta.dirname, 'models', name)

const read = <T>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as T

export const readGolden = (name: string) => read<Golden>(join(import.meta.dirname, 'goldens', `${name}.json`))

/** The demo as it ships, by the manifest; tiny models are asked as their golden was. */
export function entryOf(name: string): GrounderEntry {
  if (name !== 'demo') return { id: name, coordinates: 'relative-1000', prompt: readGolden(name).prompt }
  const entry = readManifest().models.find(({ id }) => id === 'demo-qwen2-vl')
  if (entry?.kind !== 'grounder') throw new Error('models/manifest.json has no demo-qwen2-vl')
  return entry
}

export function unpack({ data }: Packed): Float32Array {
  const bytes = Buffer.from(data, 'base64')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

/** As sha256_of in make_goldens.py. */
export function graphsHash(name: string): string {
  const folder = join(modelFolder(name), 'onnx')
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)))
  return hash.digest('hex')
}

/** The parts behind openQwen2Vl, each of its own; `logitsBudget` as Decoder takes it. */
export async function openParts(name: string, logitsBudget?: number): Promise<Qwen2VlModel> {
  const folder = modelFolder(name)
  const config = readConfig(folder, entryOf(name))
  const { sessions } = await openSessions(graphFiles(folder), ['cpu'], 1)
  return {
    config,
    coordinates: 'relative-1000',
    prompter: new Prompter(config, entryOf(name)),
    embedder: new Embedder(sessions.embed),
    decoder: new Decoder(sessions.decoder, config.vocabSize, logitsBudget),
    vision: (patches) => imageFeatures(sessions.vision, patches),
  }
}
