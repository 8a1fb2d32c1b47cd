/**
 * Runs a built program folder (argument: where package.json lies) under Node with the stand-in for Electron, as far as a page
 * would take it, and prints what came of it as JSON. The engine is forked by Node and loads the demo models.
 */
import { mkdtempSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createEngineClient, forkEngine } from '../../src/core/inference/engineClient.ts'
import { app, BrowserWindow, ipcMain, protocol } from './fakeElectron.ts'

const folder = process.argv[2]!
const standIn = new URL('./fakeElectron.ts', import.meta.url).href
registerHooks({ resolve: (name, context, next) => next(name === 'electron' ? standIn : name, context) })

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

process.env['MARQUEE_DATA'] = mkdtempSync(join(tmpdir(), 'marquee-built-'))
process.argv = ['marquee']
await import(pathToFileURL(join(folder, 'out', 'main', 'index.js')).href)
app.becomeReady()
const window = await until(() => BrowserWindow.all[0])
await until(() => (ipcMain.listenerCount('rpc') > 0 ? true : undefined))

let id = 0
async function ask(method: string, args: unknown): Promise<unknown> {
  const call = id++
  ipcMain.emit('rpc', { sender: window.webContents, senderFrame: { url: window.loaded[0], parent: null } }, { kind: 'message', message: { type: 'call', id: call, method, args } })
  return until(() => (window.webContents.sent.map(({ message }) => message as { id?: number; value?: unknown }).find((one) => one.id === call) as { value: unknown } | undefined)?.value)
}
const get = (url: string) => protocol.handlers.get(url.slice(0, url.indexOf(':')))!({ url })

const page = await (await get(window.loaded[0]!)).text()
const script = await get(new URL(/src="([^"]+)"/.exec(page)![1]!, window.loaded[0]).href)
while ((await ask('project.info', null) as { scanning: boolean }).scanning) await new Promise((resolve) => setTimeout(resolve, 50))
const { total, rows } = (await ask('images.list', { search: '', offset: 0, limit: 1 })) as { total: number; rows: { id: number }[] }
const thumbnail = await get(`media://thumbnail/${String(rows[0]!.id)}`)

const engine = createEngineClient({ launch: () => forkEngine(join(folder, 'out', 'main', 'engineProcess.js')) })
const demo = join(folder, '..', 'models', 'demo')
const loaded = await engine.load({
  grounder: { id: 'demo-qwen2-vl', folder: join(demo, 'qwen2-vl') },
  segmenter: { id: 'demo-sam2', folder: join(demo, 'sam2') },
  devices: ['cpu'],
})
await engine.dispose()

process.stdout.write(JSON.stringify({ page: window.loaded[0], script: script.status, images: total, thumbnail: thumbnail.headers.get('Content-Type'), device: loaded.grounder.device }))
process.exit(0)
