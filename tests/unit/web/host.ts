/** A loopback host over a real project in a temporary folder, and ways to speak to it that browsers don't offer. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request, type IncomingHttpHeaders, type RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { WebSocket } from 'ws'
import { addImages } from '../../../src/core/services/addImages.ts'
import { createAppServices } from '../../../src/core/services/appServices.ts'
import { appContract } from '../../../src/shared/appContract.ts'
import type { ImageId } from '../../../src/shared/model.ts'
import { createClient } from '../../../src/shared/rpc.ts'
import { startWebHost } from '../../../src/web/server.ts'
import { socketTransport } from '../../../src/web/socketTransport.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export async function picture(file: string, width = 32, height = 24): Promise<void> {
  await sharp({ create: { width, height, channels: 3, background: '#c03020' } }).png().toFile(file)
}

/** `folder` holds pictures/ (two of them, in the project), window/ (a bundle) and data/; all go away with `end`. */
export async function startTestHost() {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-web-'))
  const pictures = join(folder, 'pictures')
  const window = join(folder, 'window')
  await Promise.all([mkdir(pictures), mkdir(window)])
  await Promise.all([picture(join(pictures, 'a.png')), picture(join(pictures, 'b.png'))])
  await writeFile(join(window, 'index.html'), '<title>Marquee</title>')
  await writeFile(join(window, 'index.js'), 'window.ok = 1')
  await writeFile(join(folder, 'secret.js'), 'secret')
  const services = await createAppServices({ dataFolder: join(folder, 'data'), projectFile: join(pictures, 'test.marquee') })
  const { ids } = await addImages(services.session.project, [pictures])
  const host = await startWebHost(services, window)
  const url = new URL(host.url)
  const end = async () => {
    await host.close()
    await services.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { folder, pictures, window, services, ids: ids as ImageId[], host, port: Number(url.port), token: url.searchParams.get('token')!, end }
}

/** One request, its path sent as it is. Without `headers` a Host that is right and nothing else. */
export function ask(port: number, path: string, options: RequestOptions = {}, body?: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The cookie that the printed link is exchanged for. */
export async function cookieOf({ port, token }: { port: number; token: string }): Promise<string> {
  const { headers } = await ask(port, `/?token=${token}`)
  return headers['set-cookie']![0]!.split(';')[0]!
}

/** A socket as a browser opens it; `headers` replace the right ones. Rejects with the status where it is refused. */
export function openSocket(port: number, headers: Record<string, string>, path = '/rpc'): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${String(port)}${path}`, { headers: { Origin: `http://127.0.0.1:${String(port)}`, ...headers } })
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      resolve(socket)
    })
    socket.once('unexpected-response', (_request, response) => {
      reject(new Error(`refused with ${String(response.statusCode)}`))
      socket.on('error', () => undefined)
      socket.terminate()
    })
    socket.once('error', reject)
  })
}

/** The rightful client. */
export async function connect(host: { port: number; token: string }) {
  const socket = await openSocket(host.port, { Cookie: await cookieOf(host) })
  return { api: createClient(appContract, socketTransport(socket)), close: () => { socket.close() } }
}
