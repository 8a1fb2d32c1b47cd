/**
 * The loopback host: the window in a browser, its calls over a WebSocket, pixels by image id.
 * Listens on 127.0.0.1 only; every request is checked for Host, Origin and cookie (OWASP on DNS rebinding and
 * cross-site WebSocket hijacking).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { pictureAt } from '../core/services/mediaRequests.ts'
import type { AppServices, Picture } from '../core/services/types.ts'
import { appContract } from '../shared/appContract.ts'
import { AppError } from '../shared/errors.ts'
import { serve } from '../shared/rpc.ts'
import { bundleFile } from './bundle.ts'
import { Connections } from './connections.ts'
import { refuseStream, SECURITY_HEADERS } from './headers.ts'
import { Session } from './session.ts'
import { socketTransport } from './socketTransport.ts'

const MEDIA = '/media/'
/** A ChangeSet of an image full of masks fits; a flood does not. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024
/** Who has not said what they want by then is cut off. */
const LIMITS = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000, maxHeaderSize: 16 * 1024 }

export interface WebHost {
  /** With the token: give it to the person, not to a log. */
  readonly url: string
  close(): Promise<void>
}

interface Site {
  readonly services: AppServices
  readonly session: Session
  readonly bundleFolder: string
  readonly connections: Connections
}

/**
 * Starts the host on a free port (or `port`). `bundleFolder` holds the built renderer.
 * @throws AppError invalid-argument for a port that can't be had
 */
export async function startWebHost(services: AppServices, bundleFolder: string, port = 0): Promise<WebHost> {
  const server = createServer(LIMITS)
  const connections = new Connections(server)
  const bound = await listen(server, port)
  const session = new Session(bound)
  const site: Site = { services, session, bundleFolder, connections }
  server.on('request', (request, response) => {
    answer(request, response, site).catch((error: unknown) => {
      refuse(response, ...wordsFor(error))
    })
  })
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    refuseStream(stream, { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400)
  })
  acceptSockets(server, site)
  return {
    url: `http://127.0.0.1:${String(bound)}/?token=${session.token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        connections.closeAll()
      }),
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message
      reject(new AppError('invalid-argument', `Port ${String(port)} can't be had: ${why}. Choose another one, or none for any that is free.`, { port }, error))
    })
    server.listen(port, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port)
    })
  })
}

async function answer(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
  const { session } = site
  if (!session.knowsHost(request)) return refuse(response, 403, 'Unknown host.')
  if (request.headers.origin !== undefined && !session.knowsOrigin(request)) return refuse(response, 403, 'Unknown origin.')
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response.setHeader('Allow', 'GET, HEAD'), 405, 'Only GET.')
  if (hasBody(request)) return refuse(response, 413, 'No body is taken here.')
  if (!request.url?.startsWith('/')) return refuse(response, 400, 'This is no address.')
  const url = new URL(`http://127.0.0.1${request.url}`)
  const token = url.searchParams.get('token')
  if (token !== null) {
    if (!session.acceptsToken(token)) return refuse(response, 403, 'This link is from another start. Use the one printed last.')
    response.writeHead(302, { Location: '/', 'Set-Cookie': session.cookie, 'Cache-Control': 'no-store' }).end()
    return
  }
  if (!session.hasCookie(request)) return refuse(response, 401, 'Open the link that was printed when Marquee started.')
  site.connections.trust(request.socket)
  await give(response, site, url)
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

async function give(response: ServerResponse, { services, bundleFolder }: Site, url: URL): Promise<void> {
  const picture = url.pathname.startsWith(MEDIA) ? await pictureAt(services, url.pathname.slice(MEDIA.length), url.searchParams) : null
  if (picture) return sendPicture(response, picture)
  const file = await bundleFile(bundleFolder, url.pathname)
  if (!file) return refuse(response, 404, 'Not here.')
  response.writeHead(200, { 'Content-Type': file.type, 'Cache-Control': 'no-cache' }).end(file.bytes)
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

/** Only errors meant for people go out; what else went wrong is for the terminal, as it may hold paths. */
function wordsFor(error: unknown): [status: number, message: string] {
  if (!(error instanceof AppError)) {
    console.error(error)
    return [500, 'Something went wrong inside Marquee; the terminal it was started in says what.']
  }
  const status = { 'not-found': 404, 'invalid-argument': 400, internal: 500 }[error.code as string] ?? 422
  return [status, error.message]
}

function acceptSockets(server: Server, { services, session, connections }: Site): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  server.on('upgrade', (request, stream, head) => {
    const allowed = request.url === '/rpc' && session.knowsHost(request) && session.knowsOrigin(request) && session.hasCookie(request)
    if (!allowed) {
      refuseStream(stream, 403)
      return
    }
    connections.trust(stream)
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', () => socket.terminate())
      serve(appContract, services.handlers, socketTransport(socket))
    })
  })
}
