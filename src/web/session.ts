/**
 * Who may speak to the loopback host: whoever was given the printed URL.
 * Its token is exchanged once for an HttpOnly, SameSite=Strict cookie and a clean URL.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const COOKIE = 'marquee'

function sameSecret(given: string, secret: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(secret)
  return a.length === b.length && timingSafeEqual(a, b)
}

export class Session {
  /** In the printed URL only. */
  readonly token = randomBytes(24).toString('base64url')
  readonly #cookie = randomBytes(24).toString('base64url')
  readonly #hosts: ReadonlySet<string>

  constructor(port: number) {
    this.#hosts = new Set([`127.0.0.1:${String(port)}`, `localhost:${String(port)}`])
  }

  /** False for any name but our own: a page elsewhere may have pointed its domain at 127.0.0.1 (DNS rebinding). */
  knowsHost(request: IncomingMessage): boolean {
    return this.#hosts.has(request.headers.host ?? '')
  }

  /** Browsers send Origin on WebSockets and on cross-origin requests: it must be ours. */
  knowsOrigin(request: IncomingMessage): boolean {
    const { origin } = request.headers
    return origin !== undefined && origin === `http://${request.headers.host ?? ''}`
  }

  acceptsToken(token: string): boolean {
    return sameSecret(token, this.token)
  }

  hasCookie(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
    const own = cookies.find((pair) => pair.startsWith(`${COOKIE}=`))
    return own !== undefined && sameSecret(own.slice(COOKIE.length + 1), this.#cookie)
  }

  /** For Set-Cookie. */
  get cookie(): string {
    return `${COOKIE}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`
  }
}
