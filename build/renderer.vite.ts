/** Builds the window alone, for the loopback host and for Electron alike, into out/renderer. */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export default defineConfig({
  root: path('../src/renderer'),
  base: './',
  plugins: [react()],
  build: {
    outDir: path('../out/renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    // The hosts allow no data: scripts or fonts; small pictures may be inlined, fonts may not.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
})
