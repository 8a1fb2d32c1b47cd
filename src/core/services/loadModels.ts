/** Loads a pair of models into the engine by manifest id or folder. */
import { AppError } from '../../shared/errors.ts'
import { devicesToTry } from '../inference/devices.ts'
import type { EngineClient } from '../inference/engineClient.ts'
import type { EngineInfo } from '../inference/engineContract.ts'
import type { Models, ResolvedModel } from '../models/models.ts'

export interface ModelPair {
  readonly grounder: string
  readonly segmenter: string
  /** Pins one device; null tries them all, fastest first. */
  readonly device: string | null
}

export interface LoadedModels {
  readonly info: EngineInfo
  readonly grounder: ResolvedModel
  readonly segmenter: ResolvedModel
}

/** @throws AppError model-missing, model-invalid, invalid-argument, device-unavailable, cancelled */
export async function loadModels(engine: EngineClient, models: Models, pair: ModelPair, signal?: AbortSignal): Promise<LoadedModels> {
  const grounder = models.resolve(pair.grounder, 'grounder')
  const segmenter = models.resolve(pair.segmenter, 'segmenter')
  if (grounder.folder === null) throw new AppError('internal', `${grounder.name} has no folder.`)
  const asked = {
    grounder: { id: grounder.id, folder: grounder.folder },
    segmenter: { id: segmenter.id, folder: segmenter.folder },
    devices: devicesToTry(pair.device),
  }
  const info = await engine.load(asked, signal ? { signal } : {})
  return { info, grounder, segmenter }
}
