/**
 * Who may speak to the loopback host: whoever was given the printed URL.
 * Its token is exchanged for an HttpOnly, SameSite=Strict cookie and a clean URL; both end with this start.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

function sameSecret(given: string, secret: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(secret)
  return a.length === b.length && timingSafeEqual(a, b)
}

export class Session {
  /** In the printed URL only. */
  readonly token = randomBytes(24).toString('base64url')
  readonly #secret = randomBytes(24).toString('base64url')
  /** Browsers keep cookies by host name, whatever the port: two starts side by side must not overwrite each other's. */
  readonly #name: string
  readonly #hosts: ReadonlySet<string>

  constructor(port: number) {
    this.#name = `marquee-${String(port)}`
    this.#hosts = new Set([`127.0.0.1:${String(port)}`, `localhost:${String(port)}`])
  }

  /** False for any name but our own: a page elsewhere may have pointed its domain at 127.0.0.1 (DNS rebinding). */
  knowsHost(request: IncomingMessage): boolean {
    return this.#hosts.has(request.headers.host ?? '')
  }

  /** Browsers send Origin on WebSockets and on cross-origin requests, never leaving it out there: it must be ours. */
  knowsOrigin(request: IncomingMessage): boolean {
    return request.headers.origin === `http://${request.headers.host ?? ''}`
  }

  acceptsToken(token: string): boolean {
    return sameSecret(token, this.token)
  }

  hasCookie(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
    const own = cookies.find((pair) => pair.startsWith(`${this.#name}=`))
    return own !== undefined && sameSecret(own.slice(this.#name.length + 1), this.#secret)
  }

  /** For Set-Cookie. */
  get cookie(): string {
    return `${this.#name}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`
  }
}
