/** Whether what was built is older than what it was built from. */
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** True where `built` is not there, or a source that fits the pattern (relative to ROOT) is newer. */
export function isStale(built: string, sources: string): boolean {
  if (!existsSync(built)) return true
  const builtMs = statSync(built).mtimeMs
  return globSync(sources, { cwd: ROOT }).some((file) => statSync(join(ROOT, file)).mtimeMs > builtMs)
}
