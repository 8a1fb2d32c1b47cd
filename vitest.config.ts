import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Native modules (better-sqlite3, onnxruntime-node) are happiest in processes of their own.
    pool: 'forks',
    maxWorkers: 2,
    // Windows of a browser on a busy machine; what needed it is named at the end.
    retry: 1,
    setupFiles: ['tests/helpers/fuzzSeed.ts'],
    reporters: ['default', './tests/helpers/closingLine.ts'],
  },
})
