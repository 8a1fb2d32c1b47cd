/** Builds the command line into out/cli for packages, where it runs under any Node: `node resources/app.asar.unpacked/out/cli/index.mjs`. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { UNBUNDLED } from './unbundled.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export default defineConfig({
  build: {
    ssr: true,
    outDir: path('../out/cli'),
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      external: UNBUNDLED,
      input: { index: path('../src/cli/index.ts'), engineProcess: path('../src/core/inference/engineProcess.ts') },
      // .mjs, as no package.json lies beside the unpacked files.
      output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
  ssr: { noExternal: true },
})
