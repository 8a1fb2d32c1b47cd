/** `app://` serves the bundle and nothing around it, `media://` pixels by id and nothing by path. */
import { mkdtempSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { AppServices } from '../../../src/core/services/types.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { protocol } from '../../helpers/fakeElectron.ts'

vi.mock('electron', () => import('../../helpers/fakeElectron.ts'))
const { registerSchemes, serveSchemes } = await import('../../../src/main/protocol.ts')

const folder = mkdtempSync(join(tmpdir(), 'marquee-app-'))
const bundle = join(folder, 'bundle')
mkdirSync(bundle)
writeFileSync(join(bundle, 'index.html'), '<p>window</p>')
writeFileSync(join(folder, 'secret.json'), '{}')
symlinkSync(join(folder, 'secret.json'), join(bundle, 'link.json'))

const asked: string[] = []
const services: Pick<AppServices, 'image' | 'tile' | 'thumbnail'> = {
  image: (id, frame) => {
    asked.push(`image ${String(id)} frame ${String(frame)}`)
    if (Number(id) === 404) throw new AppError('not-found', 'This image is gone.')
    if (Number(id) === 422) throw new AppError('unreadable-image', 'Damaged.')
    return Promise.resolve({ type: 'image/png', bytes: Buffer.from('pixels') })
  },
  tile: (id, frame, { level, x, y }, window) => {
    asked.push(`tile ${[id, frame, level, x, y].join()} ${window ? `${String(window.low)} to ${String(window.high)}` : 'range'}`)
    return Promise.resolve({ type: 'image/png', bytes: Buffer.from('part') })
  },
  thumbnail: (id) => {
    asked.push(`thumbnail ${String(id)}`)
    return Promise.resolve({ type: 'image/jpeg', bytes: Buffer.from('small') })
  },
}
serveSchemes(bundle, services as AppServices)
const get = (url: string) => protocol.handlers.get(url.slice(0, url.indexOf(':')))!({ url })
beforeEach(() => asked.splice(0))

describe('the schemes', () => {
  it('are standard and secure; pictures may be asked for by the rules for other origins; none may do more', () => {
    registerSchemes()
    const privileges = { standard: true, secure: true, supportFetchAPI: true }
    expect(protocol.schemes).toEqual([
      { scheme: 'app', privileges },
      { scheme: 'media', privileges: { ...privileges, corsEnabled: true } },
    ])
    expect([...protocol.handlers.keys()]).toEqual(['app', 'media'])
  })
})

describe('app://', () => {
  it('serves the page under a policy that lets in no script of others, and pictures from media:', async () => {
    const response = await get('app://marquee/index.html')
    expect(await response.text()).toBe('<p>window</p>')
    expect(response.headers.get('Content-Type')).toContain('text/html')
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
    const policy = Object.fromEntries(response.headers.get('Content-Security-Policy')!.split('; ').map((part) => [part.slice(0, part.indexOf(' ')), part.slice(part.indexOf(' ') + 1)]))
    expect(policy).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self' 'unsafe-inline'",
      'img-src': "media: 'self' data: blob:",
      'font-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    })
  })

  it.each(['app://marquee/../secret.json', 'app://marquee/%2e%2e/secret.json', 'app://marquee/..%2fsecret.json', 'app://marquee/link.json', 'app://other/index.html', 'app://marquee/%00', 'app://marquee/missing.js'])(
    '%s is not there',
    async (url) => {
      expect((await get(url)).status).toBe(404)
    },
  )
})

describe('media://', () => {
  it('gives pictures and thumbnails by id', async () => {
    const image = await get('media://image/12?frame=3')
    expect(await image.text()).toBe('pixels')
    expect(image.headers.get('Content-Type')).toBe('image/png')
    expect(await (await get('media://thumbnail/12')).text()).toBe('small')
    expect(await (await get('media://tile/12/2/5/7?frame=3&window=100:200')).text()).toBe('part')
    expect(asked).toEqual(['image 12 frame 3', 'thumbnail 12', 'tile 12,3,2,5,7 100 to 200'])
  })

  it('lets the window read the pixels it shows, and no other page', async () => {
    const answers = await Promise.all(['media://image/12', 'media://thumbnail/12', 'media://tile/12/2/5/7'].map(get))
    expect(answers.map(({ headers }) => headers.get('Access-Control-Allow-Origin'))).toEqual(Array(3).fill('app://marquee'))
    const page = await get('app://marquee/index.html')
    const refused = await get('media://image/404')
    expect([page, refused].map(({ headers }) => headers.get('Access-Control-Allow-Origin'))).toEqual([null, null])
  })

  it.each(['media://image//etc/passwd', 'media://image/..%2f..%2fetc', 'media://image/1e3', 'media://image/-1', 'media://image/', 'media://image/1?frame=-1', 'media://image/1?frame=x', 'media://file/1', 'media://tile/1', 'media://tile/1/0/0', 'media://tile/..%2f1/0/0/0', 'media://tile/1/0/0/-1', 'media://tile/1/0/0/0?window=5:1'])(
    '%s reaches no file',
    async (url) => {
      expect((await get(url)).ok).toBe(false)
      expect(asked).toEqual([])
    },
  )

  it('says what is wrong with a picture', async () => {
    expect((await get('media://image/404')).status).toBe(404)
    const damaged = await get('media://image/422')
    expect([damaged.status, await damaged.text()]).toEqual([422, 'Damaged.'])
  })
})
