/** Files that ship with the code: models and sample images. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the project, from `src/core` and alike from `out/main` and `out/cli`, where this file is part of when built. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Path of a shipped folder. In a package the code is in app.asar (or, where it can't be, app.asar.unpacked), resources beside it. */
export function resource(name: 'models' | 'samples'): string {
  return join(ROOT.replace(/app\.asar(\.unpacked)?[\\/]$/, ''), name)
}
