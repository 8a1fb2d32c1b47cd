import { spawnSync } from 'node:child_process'

/** Whether `python3` is there and has these modules; tests that need them are skipped elsewhere. */
export function hasPython(...modules: string[]): boolean {
  return spawnSync('python3', ['-c', `import ${modules.join(', ')}`]).status === 0
}

/**
 * An interpreter that has these modules: python3, or one of those that MARQUEE_PYTHON lists (paths with ':' between them).
 * null: tests that need them are skipped.
 */
export function pythonWith(...modules: string[]): string | null {
  const interpreters = ['python3', ...(process.env['MARQUEE_PYTHON'] ?? '').split(':').filter((path) => path !== '')]
  const code = `import importlib.util as u, sys; sys.exit(any(u.find_spec(m) is None for m in ${JSON.stringify(modules)}))`
  return interpreters.find((python) => spawnSync(python, ['-c', code]).status === 0) ?? null
}
