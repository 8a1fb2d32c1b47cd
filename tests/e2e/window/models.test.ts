/** Models from the window: nothing is fetched before the person said yes; then progress, checks and removal. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Manifest, readManifest } from '../../../src/core/models/manifest.ts'
import { openModels, type Models } from '../../../src/core/models/models.ts'
import { startModelServer, type ModelServer } from '../../helpers/modelServer.ts'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()
const FILES = ['onnx/vision_encoder.onnx', 'onnx/prompt_encoder_mask_decoder.onnx']
const tiny = {
  id: 'tiny', kind: 'segmenter', name: 'Tiny SAM', licence: 'Apache-2.0', about: 'For tests.', demo: false, approximateBytes: 4_000_000, shipped: null,
  source: { repo: 'some/tiny-ONNX', revision: '0123456789abcdef0123456789abcdef01234567' },
  files: FILES.map((path) => ({ path, size: null, sha256: null })),
}
const manifest = Manifest.parse({ models: [...readManifest().models, tiny] })

let server: ModelServer
let folder: string
let models: Models
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-window-models-'))
  server = await startModelServer(Object.fromEntries(FILES.map((path) => [path, new Uint8Array(2_000_000)])), FILES)
  models = openModels({ manifest, folder, endpoint: server.endpoint, patience: { tries: 1, backoffMs: 1, silenceMs: 60_000 } })
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

it('installs after consent, stops and goes on, verifies and removes', async () => {
  const window = await open({ images: ['shapes-01.png'], models })
  const { page } = window
  await page.getByRole('button', { name: 'demo model' }).click()
  const dialog = page.getByRole('dialog', { name: 'Models' })
  await dialog.getByRole('button', { name: 'Install Tiny SAM…' }).click()
  await dialog.getByText(`4 MB come from ${server.endpoint}/some/tiny-ONNX into ${folder}. Licence: Apache-2.0.`).waitFor()
  expect(server.requests).toEqual([])

  server.plan(FILES[0]!, { kind: 'hang', after: 1_000_000 })
  await dialog.getByRole('button', { name: 'Download 4 MB' }).click()
  await dialog.getByText('Downloading').waitFor()
  // The dialog may be closed meanwhile; the status bar leads back to it.
  await page.keyboard.press('Escape')
  await page.getByRole('contentinfo').getByRole('button', { name: /of 4 MB/ }).click()
  await dialog.getByRole('button', { name: 'Stop' }).click()
  await dialog.getByRole('button', { name: 'Go on installing Tiny SAM…' }).click()
  await dialog.getByRole('button', { name: /^Download/ }).click()

  const radio = dialog.getByRole('radio', { name: /^Tiny SAM/ })
  await dialog.getByRole('button', { name: 'More for Tiny SAM' }).click()
  await page.getByRole('menuitem', { name: 'Verify every byte' }).click()
  await dialog.getByText('Whole: 2 files are as they were published.').waitFor()
  await soon(() => radio.isEnabled()).toBe(true)
  await dialog.getByRole('button', { name: 'More for Tiny SAM' }).click()
  await page.getByRole('menuitem', { name: 'Remove from this machine' }).click()
  await dialog.getByRole('button', { name: 'Install Tiny SAM…' }).waitFor()
  await soon(() => radio.isEnabled()).toBe(false)
})

it('says why a download failed and what to do, and tries again', async () => {
  const window = await open({ images: ['shapes-01.png'], models })
  const { page } = window
  await page.getByRole('button', { name: 'demo model' }).click()
  const dialog = page.getByRole('dialog', { name: 'Models' })
  server.plan(FILES[0]!, { kind: 'status', status: 404 })
  await dialog.getByRole('button', { name: 'Install Tiny SAM…' }).click()
  await dialog.getByRole('button', { name: 'Download 4 MB' }).click()
  await dialog.getByRole('alert').getByText('Check HF_ENDPOINT').waitFor()
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await dialog.getByRole('button', { name: 'More for Tiny SAM' }).waitFor()
  expect((await models.list()).find(({ entry }) => entry.id === 'tiny')?.state).toBe('installed')
})
