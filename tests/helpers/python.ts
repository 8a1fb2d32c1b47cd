import { spawnSync } from 'node:child_process'

/** Whether `python3` is there and has these modules; tests that need them are skipped elsewhere. */
export function hasPython(...modules: string[]): boolean {
  return spawnSync('python3', ['-c', `import ${modules.join(', ')}`]).status === 0
}
