/** Qwen2-VL (Wang et al. 2024, arXiv 2409.12191) on onnxruntime-node, behind the Grounder seam: image and words -> boxes. */
import type { Grounder } from '../seams.ts'
import { openSessions, type OpenedSessions } from '../sessions.ts'
import { readConfig } from './config.ts'
import { Decoder } from './decoder.ts'
import { Embedder } from './embedder.ts'
import type { GrounderEntry } from './entry.ts'
import { graphFiles, modelBytes, modelHash } from './files.ts'
import { Prompter } from './prompt.ts'
import { openGrounding, type Qwen2VlModel } from './session.ts'
import { imageFeatures } from './vision.ts'

export interface Qwen2VlGrounder extends Grounder {
  /** Devices tried before the bound one, with the reason each was refused. */
  readonly refused: OpenedSessions<string>['refused']
}

/** Below this a token's arithmetic takes less time than waking threads for it: the demo decodes twice as fast on one. */
const ONE_THREAD_BYTES = 64 * 1024 * 1024

/**
 * Opens the Qwen2-VL in a folder of the onnx-community layout, on the first device that takes all three graphs. Sizes, ids
 * and widths come from its json files and graphs; what its coordinates mean and how it is asked, from the manifest entry.
 * @param threads of the CPU; left out, one for a small model and onnxruntime's choice for others
 * @throws AppError model-missing, model-invalid, device-unavailable
 */
export async function openQwen2Vl(folder: string, entry: GrounderEntry, devices: readonly string[], threads?: number): Promise<Qwen2VlGrounder> {
  const config = readConfig(folder, entry)
  const prompter = new Prompter(config, entry)
  const files = graphFiles(folder)
  const hash = await modelHash(folder, files)
  const bound = threads ?? (modelBytes(files) < ONE_THREAD_BYTES ? 1 : undefined)
  const { sessions, device, refused } = await openSessions(files, devices, bound)
  const model: Qwen2VlModel = {
    config,
    coordinates: entry.coordinates,
    prompter,
    embedder: new Embedder(sessions.embed),
    decoder: new Decoder(sessions.decoder, config.vocabSize),
    vision: (patches) => imageFeatures(sessions.vision, patches),
  }
  return {
    name: entry.id,
    hash,
    device,
    refused,
    open: (image, signal) => openGrounding(model, image, signal),
    release: async () => {
      for (const session of Object.values(sessions)) await session.release()
    },
  }
}
