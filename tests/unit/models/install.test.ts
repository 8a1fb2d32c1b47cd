import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InstallProgress } from '../../../src/core/models/install.ts'
import { Manifest } from '../../../src/core/models/manifest.ts'
import { openModels, type Models } from '../../../src/core/models/models.ts'
import { useProxyFromEnvironment } from '../../../src/core/models/http.ts'
import { sha256, startModelServer, type ModelServer, type Trouble } from '../../helpers/modelServer.ts'

const GRAPH = 'onnx/vision_encoder.onnx'
const big = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 5)
const files = { 'config.json': Buffer.from('{"model_type":"sam2"}'), [GRAPH]: big }
const revision = '0123456789abcdef0123456789abcdef01234567'

function manifest(known: { size?: number | null; sha256?: string | null } = {}) {
  const common = { licence: 'Apache-2.0', about: 'For tests.', demo: false, approximateBytes: 300_000, shipped: null }
  return Manifest.parse({
    models: [
      {
        ...common, id: 'tiny', kind: 'segmenter', name: 'Tiny', source: { repo: 'some/tiny-ONNX', revision },
        files: [{ path: 'config.json', size: null, sha256: null }, { path: GRAPH, size: known.size ?? null, sha256: known.sha256 ?? null }],
      },
      { ...common, id: 'grabcut', kind: 'segmenter', name: 'GrabCut', source: null, files: [] },
    ],
  })
}

let server: ModelServer
let folder: string
beforeEach(async () => {
  server = await startModelServer(files, [GRAPH])
  folder = mkdtempSync(join(tmpdir(), 'marquee-models-'))
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const patience = { tries: 3, backoffMs: 1, silenceMs: 10_000 }
function open(known?: Parameters<typeof manifest>[0], free = 1e12, silenceMs = 10_000): Models {
  const freeBytes = () => Promise.resolve(free)
  return openModels({ manifest: manifest(known), folder, endpoint: server.endpoint, patience: { ...patience, silenceMs }, freeBytes })
}
const gets = () => server.requests.filter(({ method, path }) => method === 'GET' && path.startsWith('/storage/'))
const installedHash = () => sha256(readFileSync(join(folder, 'tiny', GRAPH)))
const message = async (promise: Promise<unknown>) => promise.then(() => 'no error', (error: Error) => error.message)

describe('an installation', () => {
  it('brings all files, checks them, and appears in one step with a record', async () => {
    const models = open()
    const seen: InstallProgress[] = []
    const record = await models.install('tiny', { onProgress: (progress) => seen.push(progress) })
    expect(installedHash()).toBe(sha256(big))
    expect(record.files).toEqual([
      { path: 'config.json', size: 21, sha256: sha256(files['config.json']) },
      { path: GRAPH, size: 300_000, sha256: sha256(big) },
    ])
    expect(JSON.parse(readFileSync(join(folder, 'tiny', 'installed.json'), 'utf8'))).toEqual(record)
    expect(readdirSync(join(folder, '.staging'))).toEqual([])
    expect(seen.at(-1)).toMatchObject({ received: 300_021, total: 300_021 })
    expect((await models.list()).map(({ state }) => state)).toEqual(['installed', 'shipped'])
    expect(models.resolve('tiny', 'segmenter')).toMatchObject({ id: 'tiny', folder: join(folder, 'tiny') })
  })

  it('asks the pinned revision of the mirror', async () => {
    await open().install('tiny')
    expect(server.requests[0]?.path).toBe(`/some/tiny-ONNX/resolve/${revision}/config.json`)
  })

  it('goes on after a dropped connection where it stopped', async () => {
    server.plan(GRAPH, { kind: 'drop', after: 100_000 }, { kind: 'drop', after: 100_000 })
    await open().install('tiny')
    expect(gets().map(({ range }) => range !== null)).toEqual([false, true, true])
    expect(installedHash()).toBe(sha256(big))
  })

  it('goes on in a second start, and nothing is installed before', async () => {
    server.plan(GRAPH, { kind: 'drop', after: 200_000 }, { kind: 'status', status: 503 }, { kind: 'status', status: 503 })
    const models = open()
    expect(await message(models.install('tiny'))).toMatch(/failed 3 times: .*503.*what has arrived is kept/)
    expect(existsSync(join(folder, 'tiny'))).toBe(false)
    expect((await models.list())[0]).toMatchObject({ state: 'partial', folder: null })
    expect(() => models.resolve('tiny', 'segmenter')).toThrow('marquee models install tiny')
    await models.install('tiny')
    expect(gets().at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/)
  })

  const survived: [string, Trouble[]][] = [
    ['ignores ranges', [{ kind: 'drop', after: 100_000 }, { kind: 'ignore-range' }]],
    ['answers another range than asked', [{ kind: 'drop', after: 100_000 }, { kind: 'wrong-range' }]],
    ['sends other bytes once', [{ kind: 'other-bytes' }]],
    ['announces fewer bytes once', [{ kind: 'length', more: -1000 }]],
    ['sends more bytes once', [{ kind: 'length', more: 1000 }]],
    ['falls silent in the middle', [{ kind: 'hang', after: 50_000 }]],
    ['is busy', [{ kind: 'status', status: 429, headers: { 'retry-after': '0' } }, { kind: 'status', status: 500 }]],
  ]
  it.each(survived)('survives a server that %s', async (_, troubles) => {
    server.plan(GRAPH, ...troubles)
    await open({}, 1e12, troubles[0]?.kind === 'hang' ? 500 : 10_000).install('tiny')
    expect(installedHash()).toBe(sha256(big))
  })

  it('downloads without a hash from a server that answers no HEAD, then starts parts over', async () => {
    server.headStatus = 405
    server.plan(GRAPH, { kind: 'drop', after: 100_000 })
    const seen: InstallProgress[] = []
    await open().install('tiny', { onProgress: (progress) => seen.push(progress) })
    expect(gets().map(({ range }) => range)).toEqual([null, null])
    expect(installedHash()).toBe(sha256(big))
    expect(seen.at(-1)?.total).toBeNull()
  })

  it('replaces an earlier installation and leaves it alone when it fails', async () => {
    const models = open()
    await models.install('tiny')
    writeFileSync(join(folder, 'tiny', GRAPH), 'damaged')
    server.plan(GRAPH, ...Array.from({ length: 3 }, () => ({ kind: 'status', status: 500 }) as const))
    await expect(models.install('tiny')).rejects.toMatchObject({ code: 'download-failed' })
    expect(readFileSync(join(folder, 'tiny', GRAPH), 'utf8')).toBe('damaged')
    await models.install('tiny')
    expect(await models.verify('tiny')).toMatchObject({ ok: true })
  })

  it('checks a file whose hash nobody stated against the first installation, even after removal', async () => {
    const models = open()
    await models.install('tiny')
    await models.remove('tiny')
    server.plan('config.json', { kind: 'other-bytes' }, { kind: 'other-bytes' })
    expect(await message(models.install('tiny'))).toMatch(/config\.json is not the file it should be/)
    expect(existsSync(join(folder, 'tiny'))).toBe(false)
  })
})

describe('what ends an installation says what to do', () => {
  it.each([
    [404, /has no .*vision_encoder.*HF_ENDPOINT/],
    [401, /wants a login.*--model/],
    [403, /wants a login.*--model/],
    [418, /answered 418.*HF_ENDPOINT/],
  ])('status %i', async (status, words) => {
    server.plan(GRAPH, { kind: 'status', status })
    expect(await message(open().install('tiny'))).toMatch(words)
    expect(gets()).toHaveLength(1)
  })

  it('a redirect in circles', async () => {
    server.plan(GRAPH, ...Array.from({ length: 12 }, () => ({ kind: 'status', status: 302, headers: { location: `/storage/${GRAPH}` } }) as const))
    expect(await message(open().install('tiny'))).toMatch(/in circles/)
  })

  it('bytes that stay wrong', async () => {
    server.plan(GRAPH, { kind: 'other-bytes' }, { kind: 'other-bytes' })
    expect(await message(open().install('tiny'))).toMatch(/SHA-256 is [0-9a-f]{64}, expected .*Nothing was installed.*mirror/)
    expect(existsSync(join(folder, 'tiny'))).toBe(false)
  })

  it('a server that never speaks', async () => {
    server.plan(GRAPH, ...Array.from({ length: 3 }, () => ({ kind: 'hang', after: 0 }) as const))
    expect(await message(open({}, 1e12, 500).install('tiny'))).toMatch(/silent for 0\.5 s/)
  })

  it('a server that holds another file than the manifest, before anything is downloaded', async () => {
    expect(await message(open({ sha256: 'a'.repeat(64) }).install('tiny'))).toMatch(/not the file it should be.*Nothing was downloaded/)
    expect(await message(open({ size: 299_999 }).install('tiny'))).toMatch(/the server says 300000 bytes/)
    expect(server.requests.filter(({ method }) => method === 'GET')).toEqual([])
  })

  it('a server that states a false hash', async () => {
    server.statedHash = 'b'.repeat(64)
    expect(await message(open().install('tiny'))).toMatch(/SHA-256 is .*expected b{64}/)
  })

  it('no server', async () => {
    const models = openModels({ manifest: manifest(), folder, endpoint: 'http://127.0.0.1:1', patience, freeBytes: () => Promise.resolve(1e12) })
    expect(await message(models.install('tiny'))).toMatch(/failed 3 times: 127\.0\.0\.1:1: .*Check the connection/)
  })

  it('a full disk, before anything is downloaded', async () => {
    const failed = open({}, 1_000_000).install('tiny')
    await expect(failed).rejects.toMatchObject({ code: 'disk-full' })
    expect(await message(failed)).toMatch(/Tiny needs 68 MB .* 1 MB are free.*MARQUEE_MODELS/)
    expect(gets()).toEqual([])
  })

  it.skipIf(!existsSync('/dev/full'))('a disk that fills up on the way (skipped where there is no /dev/full)', async () => {
    const onnx = join(folder, '.staging', `tiny@${revision}.part`, 'onnx')
    mkdirSync(onnx, { recursive: true })
    symlinkSync('/dev/full', join(onnx, 'vision_encoder.onnx'))
    const failed = open().install('tiny')
    await expect(failed).rejects.toMatchObject({ code: 'disk-full', message: expect.stringMatching(/Free some space and start again/) as string })
  })

  it('a folder that can not be made', async () => {
    writeFileSync(join(folder, 'file'), '')
    const models = openModels({ manifest: manifest(), folder: join(folder, 'file'), endpoint: server.endpoint, patience })
    await expect(models.install('tiny')).rejects.toMatchObject({ code: 'read-only' })
  })

  it('a cancel, keeping what has arrived', async () => {
    server.plan(GRAPH, { kind: 'hang', after: 100_000 })
    const controller = new AbortController()
    const models = open()
    const install = models.install('tiny', {
      signal: controller.signal,
      onProgress: ({ file, received }) => {
        if (file === GRAPH && received > 1000) controller.abort()
      },
    })
    await expect(install).rejects.toMatchObject({ code: 'cancelled' })
    expect((await models.list())[0]?.received).toBeGreaterThan(1000)
  })

  it('another installation of the same model', async () => {
    const models = open()
    // Either may come first; the other is refused.
    const ends = await Promise.allSettled([models.install('tiny'), models.install('tiny')])
    const refused = ends.filter((end) => end.status === 'rejected')
    expect(refused.map(({ reason }) => (reason as Error).message)).toEqual([expect.stringMatching(/being installed already/)])
    expect((await models.list())[0]?.state).toBe('installed')
  })

  it('takes over the lock of a process that died', async () => {
    server.plan(GRAPH, { kind: 'status', status: 404 })
    await expect(open().install('tiny')).rejects.toThrow()
    // Above the largest process id of Linux.
    writeFileSync(join(folder, '.staging', 'tiny.lock'), '4194305')
    await open().install('tiny')
  })
})

describe('verify and remove', () => {
  it('tells missing and changed files from good ones', async () => {
    const models = open()
    expect(await message(models.verify('tiny'))).toMatch(/not installed.*marquee models install tiny/)
    await models.install('tiny')
    expect(await models.verify('tiny')).toEqual({ id: 'tiny', ok: true, files: [{ path: 'config.json', state: 'ok' }, { path: GRAPH, state: 'ok' }] })
    const changed = Buffer.from(big)
    changed[7]! ^= 1
    writeFileSync(join(folder, 'tiny', GRAPH), changed)
    rmSync(join(folder, 'tiny', 'config.json'))
    expect(await models.verify('tiny')).toMatchObject({ ok: false, files: [{ state: 'missing' }, { state: 'changed' }] })
    writeFileSync(join(folder, 'tiny', 'installed.json'), '{')
    expect(await message(models.verify('tiny'))).toMatch(/is damaged\. Install the model again/)
  })

  it('removes what was installed and what was left half way', async () => {
    const models = open()
    await models.install('tiny')
    await models.remove('tiny')
    expect((await models.list())[0]).toMatchObject({ state: 'available', received: 0 })
    await expect(models.remove('grabcut')).rejects.toThrow(/ships with the program/)
    await expect(models.install('grabcut')).rejects.toThrow(/nothing to install/)
  })
})

describe('the proxy of the environment', () => {
  it('is used, except for hosts of NO_PROXY', async () => {
    const asked: string[] = []
    const proxy = http.createServer((_, response) => response.end('from the proxy'))
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      socket.end('HTTP/1.1 502 no\r\n\r\n')
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const restore = useProxyFromEnvironment({ HTTPS_PROXY: `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`, NO_PROXY: '127.0.0.1,localhost' })
    try {
      const models = openModels({ manifest: manifest(), folder, endpoint: 'https://models.invalid', patience })
      await expect(models.install('tiny')).rejects.toMatchObject({ code: 'download-failed' })
      expect(asked).toContain('models.invalid:443')
      await open().install('tiny')
    } finally {
      restore()
      proxy.close()
    }
  })
})
