/** One HTTP request of a download: redirects followed by hand, silence noticed, every failure told apart. */
import http from 'node:http'
import { AppError } from '../../shared/errors.ts'

/** Worth another try: a dropped connection, a busy server. */
export class Transient extends Error {
  /** Milliseconds the server asked to wait, if it did. */
  readonly retryAfterMs: number | null
  constructor(message: string, retryAfterMs: number | null = null) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** Size and SHA-256 of a file as its server states them; null where it does not. */
export interface ServerFacts {
  readonly size: number | null
  readonly sha256: string | null
}

export interface Opened {
  readonly response: Response
  readonly facts: ServerFacts
}

const MAX_REDIRECTS = 10
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']

/** Makes all requests of this process go through the proxy of the environment, if one is set. Returns what undoes it. */
export function useProxyFromEnvironment(environment: NodeJS.ProcessEnv = process.env): () => void {
  const wanted = PROXY_VARIABLES.some((name) => environment[name])
  return wanted ? http.setGlobalProxyFromEnv(environment) : () => undefined
}

export interface SilenceTimer {
  readonly signal: AbortSignal
  /** Starts the clock anew. */
  heard(): void
  stop(): void
}

/** Aborts when nothing was heard for `ms`. Follows the outer signal too. */
export function silenceTimer(ms: number, outer?: AbortSignal): SilenceTimer {
  const controller = new AbortController()
  const expire = () => {
    controller.abort(new Transient(`the server was silent for ${String(ms / 1000)} s`))
  }
  let timer = setTimeout(expire, ms)
  return {
    signal: outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal]),
    heard: () => {
      clearTimeout(timer)
      timer = setTimeout(expire, ms)
    },
    stop: () => {
      clearTimeout(timer)
    },
  }
}

/**
 * Sends a request and follows redirects, keeping what the hops say of the file: Hugging Face names the SHA-256 and the
 * size of a large file (`X-Linked-Etag`, `X-Linked-Size`) only in the redirect to its storage.
 * @throws Transient, or AppError download-failed with what to do
 */
export async function openUrl(url: string, init: { method: 'GET' | 'HEAD'; range?: string }, timer: SilenceTimer): Promise<Opened> {
  // Compressed transfer would hide the size of the file.
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'marquee' }
  if (init.range !== undefined) headers['range'] = init.range
  let facts: ServerFacts = { size: null, sha256: null }
  let at = new URL(url)
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await request(at, { method: init.method, headers, signal: timer.signal, redirect: 'manual' })
    timer.heard()
    const seen = factsOf(response, hop === 0)
    facts = { size: facts.size ?? seen.size, sha256: facts.sha256 ?? seen.sha256 }
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) {
      checkStatus(response, at)
      return { response, facts }
    }
    await response.body?.cancel()
    const next = new URL(location, at)
    // Storage gives out addresses signed for GET alone; what HEAD is asked for was in the redirect.
    if (init.method === 'HEAD' && next.host !== at.host) return { response, facts }
    if (at.protocol === 'https:' && next.protocol !== 'https:')
      throw new AppError('download-failed', `${at.host} redirects to an unencrypted address. Check HF_ENDPOINT.`, { url })
    at = next
  }
  throw new AppError('download-failed', `${at.host} redirects in circles. Check HF_ENDPOINT and the proxy.`, { url })
}

async function request(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    throw networkError(error, url.host)
  }
}

/** What broke a connection, as an error that knows whether to try again. An abort passes through as its reason. */
export function networkError(error: unknown, host: string): unknown {
  if (error instanceof Transient || error instanceof AppError) return error
  if (!(error instanceof Error) || error.name === 'AbortError') return error
  const { code = '', message } = (error.cause ?? error) as { code?: string; message: string }
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code))
    return new AppError('download-failed', `The certificate of ${host} is not trusted (${code}). Behind a company proxy, set NODE_EXTRA_CA_CERTS to its certificate file.`)
  return new Transient(`${host}: ${code || message}`)
}

/** The ETag of the first hop is the file's SHA-256 where it looks like one; a storage behind it has ETags of its own. */
function factsOf({ headers, status }: Response, first: boolean): ServerFacts {
  const etag = /^(?:W\/)?"?([0-9a-f]{64})"?$/.exec(headers.get('x-linked-etag') ?? (first ? headers.get('etag') : null) ?? '')
  const linked = headers.get('x-linked-size')
  const plain = status === 200 ? headers.get('content-length') : null
  const size = Number(linked ?? plain ?? Number.NaN)
  return { size: Number.isSafeInteger(size) ? size : null, sha256: etag?.[1] ?? null }
}

function checkStatus(response: Response, url: URL): void {
  const { status } = response
  if (status === 200 || status === 206 || status === 416) return
  if (status === 401 || status === 403)
    throw new AppError('download-failed', `${url.host} wants a login for ${url.pathname} (${String(status)}). Download the files in a browser and pass their folder with --model.`)
  if (status === 404 || status === 410)
    throw new AppError('download-failed', `${url.host} has no ${url.pathname} (${String(status)}). Check HF_ENDPOINT, or look for a newer version of this program.`)
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    throw new Transient(`${url.host} answered ${String(status)}`, Number.isFinite(seconds) ? seconds * 1000 : null)
  }
  throw new AppError('download-failed', `${url.host} answered ${String(status)} for ${url.pathname}. Check HF_ENDPOINT and the proxy.`)
}
