/** What strangers, other pages in the browser and broken clients may try, against the real host and real services. */
import { connect as connectTcp, type Socket } from 'node:net'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { appContract } from '../../../src/shared/appContract.ts'
import { ask, connect, cookieOf, openSocket, startTestHost } from './host.ts'

let host: Awaited<ReturnType<typeof startTestHost>>
let other: Awaited<ReturnType<typeof startTestHost>>
let cookie: string
beforeAll(async () => {
  host = await startTestHost()
  other = await startTestHost()
  cookie = await cookieOf(host)
})
afterAll(async () => {
  await host.end()
  await other.end()
})

const get = (path: string, headers: Record<string, string> = {}) => ask(host.port, path, { headers: { Cookie: cookie, ...headers } })

/** Everything a raw connection hears until it is closed. */
async function hear(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => undefined)
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(chunks).toString('latin1')
}

/** Written out, so that whoever loosens the policy has to say so here. */
const POLICY = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
}

function expectHeaders(text: string): void {
  for (const [name, value] of Object.entries(POLICY)) expect(text).toContain(`${name}: ${value}`)
}

describe('who is let in', () => {
  it('exchanges the token for a cookie no script can read and no other site can send, and a clean address', async () => {
    const answer = await ask(host.port, `/?token=${host.token}`)
    expect(answer.status).toBe(302)
    expect(answer.headers.location).toBe('/')
    expect(answer.headers['set-cookie']![0]).toMatch(/^marquee-\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/)
    expect(answer.headers['set-cookie']![0]).not.toContain(host.token)
    expect((await get('/')).body.toString()).toBe('<title>Marquee</title>')
  })

  it.each(['/', '/index.js', '/media/image/1', '/media/thumbnail/1', '/media/tile/1/0/0/0'])('gives nothing of %s without the cookie', async (path) => {
    expect((await ask(host.port, path)).status).toBe(401)
    expect((await ask(host.port, path, { headers: { Cookie: `marquee-${String(host.port)}=${'a'.repeat(32)}` } })).status).toBe(401)
    expect((await ask(host.port, path, { headers: { Cookie: await cookieOf(other) } })).status).toBe(401)
  })

  it('refuses a wrong token, one of another start, and the token in place of the cookie', async () => {
    for (const token of ['', 'wrong', other.token, `${host.token}x`, host.token.toUpperCase()]) {
      const answer = await ask(host.port, `/?token=${token}`)
      expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined])
    }
    expect((await ask(host.port, '/', { headers: { Cookie: `marquee-${String(host.port)}=${host.token}` } })).status).toBe(401)
  })

  it('keeps two starts apart in one browser, which sends the cookies of both to each', async () => {
    const both = `${cookie}; ${await cookieOf(other)}`
    expect((await ask(host.port, '/', { headers: { Cookie: both } })).status).toBe(200)
    expect((await ask(other.port, '/', { headers: { Cookie: both } })).status).toBe(200)
  })

  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1.evil.example', '[::1]', 'localhost:1', '0.0.0.0'])(
    'refuses the Host %s, cookie or not',
    async (name) => {
      expect((await get('/', { Host: name })).status).toBe(403)
      const link = await ask(host.port, `/?token=${host.token}`, { headers: { Host: name } })
      expect([link.status, link.headers['set-cookie']]).toEqual([403, undefined])
      await expect(openSocket(host.port, { Cookie: cookie, Host: name, Origin: `http://${name}` })).rejects.toThrow('403')
    },
  )

  it.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://localhost:1'])('refuses the Origin %s', async (origin) => {
    expect((await get('/media/image/1', { Origin: origin })).status).toBe(403)
    await expect(openSocket(host.port, { Cookie: cookie, Origin: origin })).rejects.toThrow('403')
  })

  it('opens a socket only with an Origin, the cookie and the one address', async () => {
    await expect(openSocket(host.port, {})).rejects.toThrow('403')
    await expect(openSocket(host.port, { Cookie: cookie, Origin: '' })).rejects.toThrow('403')
    await expect(openSocket(host.port, { Cookie: cookie }, '/')).rejects.toThrow('403')
    await expect(openSocket(host.port, { Cookie: cookie }, '/rpc?x')).rejects.toThrow('403')
    const raw = connectTcp(host.port, '127.0.0.1')
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
    raw.write(`GET /rpc HTTP/1.1\r\nHost: 127.0.0.1:${String(host.port)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\nCookie: ${cookie}\r\n\r\n`)
    const heard = await hear(raw)
    expect(heard).toMatch(/^HTTP\/1.1 403 /)
    expectHeaders(heard)
    const own = await openSocket(host.port, { Cookie: cookie })
    own.terminate()
  })

  it('takes GET and HEAD, nothing else, and no body', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      const { status, headers } = await ask(host.port, '/', { method, headers: { Cookie: cookie } })
      expect([method, status, headers.allow]).toEqual([method, 405, 'GET, HEAD'])
    }
    const head = await ask(host.port, '/', { method: 'HEAD', headers: { Cookie: cookie } })
    expect([head.status, head.body.length]).toEqual([200, 0])
    expect((await ask(host.port, '/', { headers: { Cookie: cookie, 'Content-Length': 1 } }, Buffer.from('x'))).status).toBe(413)
  })
})

describe('giant bodies', () => {
  const head = (line: string, length: string) => `${line} HTTP/1.1\r\nHost: 127.0.0.1:${String(host.port)}\r\nCookie: ${cookie}\r\n${length}\r\n\r\n`

  it.each([
    ['a declared terabyte', 'GET /', `Content-Length: ${String(2 ** 40)}`, 413],
    ['one without end', 'GET /', 'Transfer-Encoding: chunked', 413],
    ['one sent to /rpc', 'POST /rpc', `Content-Length: ${String(2 ** 40)}`, 405],
  ])('%s is refused before it is read, and the connection ends', async (_what, line, length, status) => {
    const socket = connectTcp(host.port, '127.0.0.1')
    const piece = `100000\r\n${'x'.repeat(0x100000)}\r\n`
    let sent = 0
    const flood = () => {
      while (!socket.destroyed && socket.write(piece)) sent += piece.length
    }
    socket.on('drain', flood)
    socket.write(head(line, length), flood)
    expect(await hear(socket)).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} |^$`))
    // What fits into the buffers of two sockets, and no more.
    expect(sent).toBeLessThan(64 * 2 ** 20)
    expect((await get('/')).status).toBe(200)
  })
})

describe('every answer', () => {
  it('carries the policy, whatever became of the request', async () => {
    const answers = await Promise.all([
      get('/'), get('/index.js'), get('/nothing.js'), get('/media/image/1'), get('/media/image/999'), ask(host.port, '/'),
      ask(host.port, `/?token=${host.token}`), ask(host.port, '/?token=no'), get('/', { Host: 'evil.example' }), get('/', { Origin: 'http://evil.example' }),
      ask(host.port, '/', { method: 'POST' }), get('http://127.0.0.1/'),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 200, 404, 401, 302, 403, 403, 403, 405, 400])
    for (const { headers } of answers) {
      for (const [name, value] of Object.entries(POLICY)) expect(headers[name.toLowerCase()]).toBe(value)
    }
  })

  it('also to what is no HTTP, and to headers without end', async () => {
    const garbage = connectTcp(host.port, '127.0.0.1')
    garbage.write('\x16\x03\x01garbage\r\n\r\n')
    const heard = await hear(garbage)
    expect(heard).toMatch(/^HTTP\/1.1 400 /)
    expectHeaders(heard)
    const long = connectTcp(host.port, '127.0.0.1')
    long.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${String(host.port)}\r\nX: ${'a'.repeat(1 << 20)}\r\n\r\n`)
    expect(await hear(long)).toMatch(/^HTTP\/1.1 431 |^$/)
    expect((await get('/')).status).toBe(200)
  })
})

describe('ways out of the bundle', () => {
  it.each([
    '/../secret.js', '/..%2fsecret.js', '/%2e%2e/secret.js', '/%2e%2e%2fsecret.js', '/..%5csecret.js', '/x/../../secret.js', '/index.js%00', '/index.js%00.html',
    '/%00', '/%', '/%zz.js', '/%c0%ae%c0%ae/secret.js', '//secret.js', '//', '/index.html/', '/window', '/index.js/../../secret.js',
  ])('%s leads nowhere', async (path) => {
    expect((await get(path)).status).toBe(404)
  })

  it('not by a link either, and not to files of an unknown kind', async () => {
    await symlink(join(host.folder, 'secret.js'), join(host.window, 'linked.js'))
    await symlink(host.folder, join(host.window, 'up'))
    await writeFile(join(host.window, 'notes.txt'), 'x')
    for (const path of ['/linked.js', '/up/secret.js', '/notes.txt']) expect([path, (await get(path)).status]).toEqual([path, 404])
  })
})

describe('ids of pictures', () => {
  it.each(['-1', '1.5', '0x1', '1e0', '99999999999999999999', '../1', '%2e%2e', '1/..', '1%00', '', 'NaN', "1'--"])('%s is none', async (id) => {
    for (const kind of ['image', 'thumbnail']) expect((await get(`/media/${kind}/${id}`)).status).toBe(404)
    for (const path of [`${id}/0/0/0`, `1/${id}/0/0`, `1/0/${id}/0`, `1/0/0/${id}`]) expect([path, (await get(`/media/tile/${path}`)).status]).toEqual([path, 404])
  })

  it('tiles of an image lie at its number, level, column and row, and nowhere else', async () => {
    expect((await get('/media/tile/1/0/0/0')).status).toBe(200)
    for (const path of ['tile/1', 'tile/1/0/0', 'tile/1/0/0/0/0', 'image/1/0/0/0', 'tile/../1/0/0', 'tile/1/0/0/..%2f0', 'tile//1/0/0/0']) expect([path, (await get(`/media/${path}`)).status]).toEqual([path, 404])
    for (const path of ['1/1/0/0', '1/0/1/0', '1/0/0/9999999', '1/0/0/0?frame=1', '1/0/0/0?frame=-1']) expect([path, (await get(`/media/tile/${path}`)).status]).toEqual([path, 400])
    expect((await get('/media/tile/999999999999999/0/0/0')).status).toBe(404)
    for (const window of ['', '1', '5:5', '9:1', '0:65536', '-1:5', '0:1e3', '0:1:2', '../..']) {
      expect([window, (await get(`/media/image/1?window=${window}`)).status, (await get(`/media/tile/1/0/0/0?window=${window}`)).status]).toEqual([window, 400, 400])
    }
  })

  it.each(['1', '1/0/0', '1/0/0/0/0', '1/-1/0/0', '1/0/../0', '1/0/%2e%2e/0', '1/0/0/0x1', '1/999/0/0', '../1/0/0', '1/0/0/0.png'])('tile/%s is no tile', async (path) => {
    expect((await get(`/media/tile/${path}`)).status).toBe(404)
  })

  it('one that is not there is said so, a frame that is none too, and no answer says where files lie', async () => {
    const answers = await Promise.all([get('/media/image/999999999999999'), get('/media/image/1?frame=-1'), get('/media/image/1?frame=1e9'), get('/media/image/1?frame=7')])
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 400, 400])
    for (const { body } of answers) expect(body.toString()).not.toContain(host.folder)
  })

  it('neither a picture that became a link out of the folders, nor one that was deleted, gives its place away', async () => {
    const { session } = host.services
    const source = session.project.sources.list()[0]!
    const outside = join(host.folder, 'outside.png')
    await writeFile(outside, 'x')
    await symlink(outside, join(host.pictures, 'link.png'))
    const facts = { size: 1, mtime: 1, contentHash: null, width: 1, height: 1, orientation: 1, depth: 8, frames: 1, status: 'ok' as const, problem: null }
    const { ids } = session.project.images.upsert(source.id, [{ path: 'link.png', ...facts }, { path: 'gone.png', ...facts }, { path: '../outside.png', ...facts }])
    const answers = await Promise.all(ids.flatMap((id) => [get(`/media/image/${String(id)}`), get(`/media/thumbnail/${String(id)}`)]))
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 404, 404, 422, 422])
    for (const { body } of answers) expect(body.toString()).not.toContain(host.folder)
    expect(answers[0]!.body.toString()).toBe('link.png lies outside the folders Marquee may read. Start Marquee with the folder it is in.')
  })
})

/** How a socket was closed. */
async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number]
  return code
}

describe('messages', () => {
  const socket = () => openSocket(host.port, { Cookie: cookie })
  const heardBy = async (one: WebSocket) => JSON.parse(String(((await once(one, 'message')) as [Buffer])[0])) as unknown

  it('that are no JSON, no text, or larger than any edit end the connection and nothing else', async () => {
    const [broken, binary, giant] = await Promise.all([socket(), socket(), socket()])
    broken.send('{"type":')
    expect(await closeCode(broken)).toBe(1007)
    binary.send(Buffer.from('{}'))
    expect(await closeCode(binary)).toBe(1003)
    giant.on('error', () => undefined)
    giant.send('x'.repeat(65 * 1024 * 1024))
    expect(await closeCode(giant)).toBe(1009)
    expect((await get('/')).status).toBe(200)
  })

  it('that are no calls change nothing; unknown methods and wrong arguments are answered in words', async () => {
    const one = await socket()
    for (const nonsense of ['null', '[]', '7', '{"type":"call"}', '{"type":"call","id":-1,"method":"project.info","args":null}', '{"type":"cancel","id":99}', `${'['.repeat(50_000)}${']'.repeat(50_000)}`]) one.send(nonsense)
    for (const method of ['no.such', '__proto__', 'constructor', 'toString']) {
      const heard = heardBy(one)
      one.send(JSON.stringify({ type: 'call', id: 1, method, args: null }))
      expect(await heard).toMatchObject({ type: 'error', id: 1, error: { code: 'invalid-argument', message: expect.stringContaining(method) as string } })
    }
    const heard = heardBy(one)
    one.send('{"type":"call","id":2,"method":"images.get","args":{"imageId":"1 OR 1=1"}}')
    expect(await heard).toMatchObject({ type: 'error', error: { code: 'invalid-argument' } })
    one.terminate()
  })
})

describe('paths in calls', () => {
  type Connected = Awaited<ReturnType<typeof connect>>['api']
  const wish = { format: 'coco', options: {}, labels: null, split: null, states: ['accepted' as const], allowIncomplete: true, replace: true }
  const reading = { format: 'auto', options: {}, missing: 'skip' as const, labelMap: {} }
  /** Every call that is told where to read or write, told to do so at a path. */
  const calls: Readonly<Record<string, (api: Connected, path: string) => Promise<unknown>>> = {
    'project.open': (api, path) => api['project.open']({ path: `${path}/x.marquee` }),
    'images.add': (api, path) => api['images.add']({ paths: [host.pictures, path] }),
    'models.addFolder': (api, path) => api['models.addFolder']({ path }),
    'imports.preview': (api, path) => api['imports.preview']({ ...reading, place: path, imageFolders: [] }),
    'imports.run': (api, path) => api['imports.run']({ ...reading, place: host.pictures, imageFolders: [path] }),
    'imports.saveProblems': (api, path) => api['imports.saveProblems']({ path: `${path}/x.csv` }),
    'exports.run': (api, path) => api['exports.run']({ ...wish, path: `${path}/x.json` }),
    'host.listFolder': (api, path) => api['host.listFolder']({ path }),
    'host.showInFolder': (api, path) => api['host.showInFolder']({ path }),
  }

  it('are all tried here', () => {
    const named = Object.entries(appContract).filter(([, { args }]) => 'shape' in args && Object.keys(args.shape).some((key) => /path|place|folder|file|dir/i.test(key)))
    expect(named.map(([name]) => name).toSorted()).toEqual(Object.keys(calls).toSorted())
  })

  it.each(Object.keys(calls))('%s leads nowhere outside the folders that were named, links followed', async (name) => {
    const { api, close } = await connect(host)
    const links = join(host.pictures, name)
    await mkdir(links)
    await symlink('/etc', join(links, 'etc'))
    await symlink(join(host.folder, 'not-there-yet'), join(links, 'dangling'))
    const paths = ['/etc', '/', join(links, 'etc'), join(host.pictures, '..'), `${host.pictures}/../../..`, join(links, 'dangling'), `${host.pictures}-beside`]
    // Of exports that were not made here nothing is shown, wherever they lie.
    const code = name === 'host.showInFolder' ? 'invalid-argument' : 'read-only'
    for (const path of paths) await expect(calls[name]!(api, path)).rejects.toMatchObject({ code })
    close()
  })

  it('that are no whole paths, or with a NUL in them, are refused in words, and so is a project by another name', async () => {
    const { api, close } = await connect(host)
    for (const path of ['', '.', 'x', '\0', `${host.pictures}\0/x`]) {
      await expect(api['host.listFolder']({ path })).rejects.toMatchObject({ code: 'invalid-argument' })
    }
    await expect(api['project.open']({ path: join(host.pictures, '.bashrc') })).rejects.toMatchObject({ code: 'invalid-argument' })
    close()
  })
})

describe('floods', () => {
  it('a thousand connections that say nothing, or something without end, do not lock the person out', async () => {
    const sockets = Array.from({ length: 1000 }, (_, n) => {
      const socket = connectTcp(host.port, '127.0.0.1')
      socket.on('error', () => undefined)
      if (n % 2 === 0) socket.write('GET / HTTP/1.1\r\nHost: ')
      return socket
    })
    await Promise.all(sockets.map((socket) => (socket.connecting ? once(socket, 'connect') : undefined)))
    expect((await get('/')).status).toBe(200)
    const { api, close } = await connect(host)
    expect((await api['project.info'](null)).name).toBe('test.marquee')
    close()
    // The oldest went at once, the newest go when they have said nothing whole for too long.
    await Promise.all(sockets.map((socket) => (socket.closed ? undefined : hear(socket))))
    expect((await get('/')).status).toBe(200)
  })

  it('a person who is in stays in while strangers come', async () => {
    const { api, close } = await connect(host)
    const sockets = Array.from({ length: 300 }, () => connectTcp(host.port, '127.0.0.1').on('error', () => undefined))
    await Promise.all(sockets.map((socket) => (socket.connecting ? once(socket, 'connect') : undefined)))
    expect((await api['project.info'](null)).name).toBe('test.marquee')
    for (const socket of sockets) socket.destroy()
    close()
  })

  it('a thousand windows of the person themselves are served, and leave nothing behind', async () => {
    const sockets = await Promise.all(Array.from({ length: 1000 }, () => openSocket(host.port, { Cookie: cookie })))
    const { api, close } = await connect(host)
    expect((await api['project.info'](null)).name).toBe('test.marquee')
    const call = JSON.stringify({ type: 'call', id: 1, method: 'changes.next', args: { after: (await api['changes.next']({ after: 0 })).sequence } })
    const heard = Promise.all(sockets.map((socket) => once(socket, 'message')))
    for (const socket of sockets) socket.send(call)
    // Each waits for a change, and hears of it.
    await api['annotations.load']({ imageId: host.ids[0]! })
    await api['labels.ensure']({ name: 'told to all' })
    expect(await heard).toHaveLength(1000)
    for (const socket of sockets) socket.terminate()
    expect((await api['project.info'](null)).name).toBe('test.marquee')
    close()
  })

  it('connections that break off at any point end nothing', async () => {
    for (const start of ['', 'GET', `GET /rpc HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`]) {
      const socket = connectTcp(host.port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(start)
      socket.resetAndDestroy()
    }
    expect((await get('/')).status).toBe(200)
  })
})
