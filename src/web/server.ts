/**
 * The loopback host: the window in a browser, its calls over a WebSocket, pixels by image id.
 * Listens on 127.0.0.1 only; every request is checked for Host, cookie and, on the socket, Origin.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { AppServices, Picture } from '../core/services/types.ts'
import { appContract } from '../shared/appContract.ts'
import { AppError, toWireError } from '../shared/errors.ts'
import { ImageId } from '../shared/model.ts'
import { serve } from '../shared/rpc.ts'
import { bundleFile } from './bundle.ts'
import { Session } from './session.ts'
import { socketTransport } from './socketTransport.ts'

/** A ChangeSet of an image full of masks fits; a flood does not. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024
const MAX_CONNECTIONS = 256

const SECURITY_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
} as const

export interface WebHost {
  /** With the token: give it to the person, not to a log. */
  readonly url: string
  close(): Promise<void>
}

/** Starts the host on a free port (or `port`). `bundleFolder` holds the built renderer. */
export async function startWebHost(services: AppServices, bundleFolder: string, port = 0): Promise<WebHost> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 })
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const bound = (server.address() as AddressInfo).port
  const session = new Session(bound)
  server.on('request', (request, response) => {
    answer(request, response, { services, session, bundleFolder }).catch((error: unknown) => {
      refuse(response, statusOf(error), toWireError(error).message)
    })
  })
  const sockets = acceptSockets(server, services, session)
  return {
    url: `http://127.0.0.1:${String(bound)}/?token=${session.token}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Site {
  readonly services: AppServices
  readonly session: Session
  readonly bundleFolder: string
}

async function answer(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
  if (!site.session.knowsHost(request)) return refuse(response, 403, 'Unknown host.')
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET.')
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const token = url.searchParams.get('token')
  if (token !== null) {
    if (!site.session.acceptsToken(token)) return refuse(response, 403, 'This link is from another start. Use the one printed last.')
    response.writeHead(302, { Location: '/', 'Set-Cookie': site.session.cookie, 'Cache-Control': 'no-store' }).end()
    return
  }
  if (!site.session.hasCookie(request)) return refuse(response, 401, 'Open the link that was printed when Marquee started.')
  const media = /^\/media\/(image|thumbnail)\/(\d{1,15})$/.exec(url.pathname)
  if (media) return sendPicture(response, await picture(site.services, media, url))
  const file = await bundleFile(site.bundleFolder, url.pathname)
  if (!file) return refuse(response, 404, 'Not here.')
  response.writeHead(200, { 'Content-Type': file.type, 'Cache-Control': 'no-cache' }).end(file.bytes)
}

function picture(services: AppServices, media: RegExpExecArray, url: URL): Promise<Picture> {
  const imageId = ImageId.parse(Number(media[2]))
  const frame = Number(url.searchParams.get('frame') ?? '0')
  if (!Number.isInteger(frame) || frame < 0) throw new AppError('invalid-argument', 'frame must be a whole number from 0')
  return media[1] === 'thumbnail' ? services.thumbnail(imageId) : services.image(imageId, frame)
}

function sendPicture(response: ServerResponse, { type, bytes }: Picture): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length, 'Cache-Control': 'no-store' }).end(bytes)
}

function refuse(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }).end(message)
}

function statusOf(error: unknown): number {
  if (!(error instanceof AppError)) return 500
  if (error.code === 'not-found') return 404
  if (error.code === 'invalid-argument') return 400
  return error.code === 'internal' ? 500 : 422
}

function acceptSockets(server: Server, services: AppServices, session: Session): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  server.on('upgrade', (request, stream, head) => {
    const allowed = request.url === '/rpc' && session.knowsHost(request) && session.knowsOrigin(request) && session.hasCookie(request)
    if (!allowed) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', () => socket.terminate())
      serve(appContract, services.handlers, socketTransport(socket))
    })
  })
  return sockets
}
