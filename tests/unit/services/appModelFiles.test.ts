/** Models installed, checked, removed and added from the window, from a stand-in for huggingface.co. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineClient } from '../../../src/core/inference/engineClient.ts'
import { Manifest, readManifest } from '../../../src/core/models/manifest.ts'
import { openModels } from '../../../src/core/models/models.ts'
import { createAppServices } from '../../../src/core/services/appServices.ts'
import { appContract } from '../../../src/shared/appContract.ts'
import type { ClientOf } from '../../../src/shared/contract.ts'
import { createClient, serve } from '../../../src/shared/rpc.ts'
import { channel } from '../../helpers/channel.ts'
import { startModelServer, type ModelServer } from '../../helpers/modelServer.ts'

const GRAPH = 'onnx/vision_encoder.onnx'
const DECODER = 'onnx/prompt_encoder_mask_decoder.onnx'
const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251)
const tiny = {
  id: 'tiny', kind: 'segmenter', name: 'Tiny', licence: 'Apache-2.0', about: 'For tests.', demo: false, approximateBytes: 400_000, shipped: null,
  source: { repo: 'some/tiny-ONNX', revision: '0123456789abcdef0123456789abcdef01234567' },
  files: [GRAPH, DECODER].map((path) => ({ path, size: null, sha256: null })),
}
const manifest = Manifest.parse({ models: [...readManifest().models, tiny] })
const info = { name: 'm', hash: 'a'.repeat(64), device: 'cpu' }

let folder: string
let server: ModelServer
let services: Awaited<ReturnType<typeof createAppServices>>
let api: ClientOf<typeof appContract>

async function start(): Promise<void> {
  const engine = {
    load: vi.fn(() => Promise.resolve({ grounder: info, segmenter: info, refusedDevices: [] })),
    propose: vi.fn(),
    segment: vi.fn(),
    prefetch: vi.fn(),
    dispose: vi.fn(() => Promise.resolve()),
  } satisfies EngineClient
  const models = openModels({ manifest, folder: join(folder, 'models'), endpoint: server.endpoint, patience: { tries: 1, backoffMs: 1, silenceMs: 10_000 } })
  services = await createAppServices({ dataFolder: join(folder, 'data'), projectFile: join(folder, 'p.marquee'), roots: [folder], engine, models })
  const { near, far } = channel()
  serve(appContract, services.handlers, far)
  api = createClient(appContract, near)
}
const row = async (id: string) => (await api['models.list'](null)).find((model) => model.id === id)

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'marquee-model-files-')))
  server = await startModelServer({ [GRAPH]: bytes, [DECODER]: bytes }, [GRAPH, DECODER])
  await start()
})
afterEach(async () => {
  await services.close()
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

it('says before anything is downloaded what it is, from where, how large and under which licence; nothing leaves till then', async () => {
  expect(await row('tiny')).toMatchObject({
    state: 'available', size: 400_000, received: 0, licence: 'Apache-2.0', from: `${server.endpoint}/some/tiny-ONNX`, into: join(folder, 'models'),
  })
  expect(await row('demo-sam2')).toMatchObject({ state: 'shipped', from: null })
  expect(server.requests).toEqual([])
})

it('installs with progress, checks every byte, is chosen, and goes away again', async () => {
  const stages = new Set<string>()
  let last = 0
  await api['models.install']({ id: 'tiny' }, { onProgress: ({ stage, received }) => {
    stages.add(stage)
    last = Math.max(last, received)
  } })
  expect([...stages].toSorted()).toEqual(['check', 'download', 'look-up'])
  expect(last).toBe(400_000)
  expect(await row('tiny')).toMatchObject({ state: 'installed' })
  expect(await api['models.verify']({ id: 'tiny' })).toEqual({ ok: true, files: 2, damaged: [], unknown: 0 })
  await writeFile(join(folder, 'models', 'tiny', GRAPH), 'damaged')
  expect(await api['models.verify']({ id: 'tiny' })).toMatchObject({ ok: false, damaged: [GRAPH] })
  // The default where it is installed, and no longer when it is gone.
  expect((await api['models.status'](null)).segmenter).toBe('Tiny')
  await api['models.remove']({ id: 'tiny' })
  expect(await row('tiny')).toMatchObject({ state: 'available' })
  expect(existsSync(join(folder, 'models', 'tiny'))).toBe(false)
  expect((await api['models.status'](null)).segmenter).not.toBe('Tiny')
})

it('stopped in the middle it keeps what has arrived and goes on from there', async () => {
  server.plan(GRAPH, { kind: 'hang', after: 150_000 })
  const stop = new AbortController()
  const installing = api['models.install']({ id: 'tiny' }, { signal: stop.signal, onProgress: ({ received }) => received > 0 && stop.abort() })
  await expect(installing).rejects.toMatchObject({ code: 'cancelled' })
  await vi.waitFor(async () => expect(await row('tiny')).toMatchObject({ state: 'partial' }))
  const { received } = (await row('tiny'))!
  expect(received).toBeGreaterThan(0)
  // The lock goes once the broken-off download has ended.
  await vi.waitFor(() => api['models.install']({ id: 'tiny' }), { timeout: 5000 })
  expect(server.requests.some(({ range }) => range === `bytes=${String(received)}-`)).toBe(true)
  expect(await api['models.verify']({ id: 'tiny' })).toMatchObject({ ok: true })
})

it('a failure says what to do', async () => {
  server.headStatus = 404
  await expect(api['models.install']({ id: 'tiny' })).rejects.toMatchObject({ code: 'download-failed' })
  await expect(api['models.remove']({ id: 'demo-sam2' })).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('ships with the program') as string })
})

it('a folder of model files joins the list at once and in later starts, and is only forgotten when removed', async () => {
  const own = join(folder, 'my sam')
  await mkdir(join(own, 'onnx'), { recursive: true })
  await Promise.all([GRAPH, DECODER].map((path) => writeFile(join(own, path), bytes)))
  await expect(api['models.addFolder']({ path: join(folder, 'nothing') })).rejects.toMatchObject({ code: 'model-missing' })
  await expect(api['models.addFolder']({ path: '/etc' })).rejects.toMatchObject({ code: 'read-only' })
  await expect(api['models.choose']({ grounder: 'demo-qwen2-vl', segmenter: own })).rejects.toMatchObject({ code: 'not-found' })
  expect(await api['models.addFolder']({ path: own })).toMatchObject({ id: own, name: 'my sam', kind: 'segmenter', state: 'folder' })
  await api['models.choose']({ grounder: 'demo-qwen2-vl', segmenter: own })

  await services.close()
  await start()
  expect(await row(own)).toMatchObject({ state: 'folder' })
  expect(await api['models.status'](null)).toMatchObject({ grounder: 'Qwen2-VL demo', segmenter: 'my sam' })
  await rm(join(own, DECODER))
  expect(await row(own)).toMatchObject({ state: 'gone' })
  await api['models.remove']({ id: own })
  expect(await row(own)).toBeUndefined()
  expect(existsSync(join(own, GRAPH))).toBe(true)
})
