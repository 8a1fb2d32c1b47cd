/** Which models a run uses when the person did not say. */
import { realpathSync } from 'node:fs'
import { sep } from 'node:path'
import { resource } from '../resources.ts'
import { GRABCUT, type ModelKind } from '../models/manifest.ts'
import type { Models } from '../models/models.ts'

export const SAMPLES_FOLDER = resource('samples')
const DEMO: Readonly<Record<ModelKind, string>> = { grounder: 'demo-qwen2-vl', segmenter: 'demo-sam2' }

/** The first installed model of a kind, in the order of the manifest. */
async function installed(models: Models, kind: ModelKind): Promise<string | null> {
  const rows = await models.list()
  return rows.find(({ entry, state }) => entry.kind === kind && state === 'installed')?.entry.id ?? null
}

export async function defaultGrounder(models: Models): Promise<string> {
  return (await installed(models, 'grounder')) ?? DEMO.grounder
}

/**
 * An installed SAM 2.1; without one the demo SAM 2 on the sample images, and GrabCut on any other: the demo model has
 * seen generated scenes only, and on photos its masks are worse than the box itself.
 */
export async function defaultSegmenter(models: Models, onSamples: boolean): Promise<string> {
  return (await installed(models, 'segmenter')) ?? (onSamples ? DEMO.segmenter : GRABCUT)
}

/** True when every path lies in the folder of sample images that ships with the program. */
export function areSamples(paths: readonly string[]): boolean {
  return paths.length > 0 && paths.every(isSample)
}

function isSample(path: string): boolean {
  try {
    const samples = realpathSync(SAMPLES_FOLDER)
    const real = realpathSync(path)
    return real === samples || real.startsWith(samples + sep)
  } catch {
    return false
  }
}
