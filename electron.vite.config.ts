/** Builds the desktop program into out/: main and engine process, preload, and the window as the loopback host has it. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'electron-vite'
import renderer from './build/renderer.vite.ts'
import { UNBUNDLED } from './build/unbundled.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export default defineConfig({
  main: {
    // Its build for Node declares `require`, and so does electron-vite in every chunk that says the word.
    resolve: { alias: [{ find: /^fflate$/, replacement: 'fflate/browser' }] },
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        external: UNBUNDLED,
        input: { index: path('src/main/index.ts'), engineProcess: path('src/core/inference/engineProcess.ts') },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: path('src/preload/index.ts'),
        // A sandboxed preload script is one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    ...renderer,
    build: { ...renderer.build, rolldownOptions: { input: path('src/renderer/index.html') } },
  },
})
