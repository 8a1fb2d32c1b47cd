/** The Electron build: the window as the loopback host serves it; main and preload join when the shell does. */
import { defineConfig } from 'electron-vite'
import renderer from './build/renderer.vite.ts'

export default defineConfig({ renderer })
