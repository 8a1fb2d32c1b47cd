/** A loopback stand-in for huggingface.co that keeps LFS files behind a redirect and can be told to misbehave. */
import { createHash } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** What happens to one GET; after the list of a path is used up, requests are answered properly. */
export type Trouble =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Record<string, string> }
  /** So many bytes, then, once they have been read, the connection breaks: bytes still on their way are lost with it. */
  | { readonly kind: 'drop'; readonly after: number }
  | { readonly kind: 'ignore-range' }
  | { readonly kind: 'wrong-range' }
  | { readonly kind: 'other-bytes' }
  /** Announces so many bytes more or fewer than there are, and sends what it announces. */
  | { readonly kind: 'length'; readonly more: number }
  | { readonly kind: 'hang'; readonly after: number }

export interface ModelServer {
  readonly endpoint: string
  readonly requests: { readonly method: string; readonly path: string; readonly range: string | null }[]
  /** Troubles of the next GETs of a file. */
  plan(path: string, ...troubles: Trouble[]): void
  /** What HEAD answers for every file instead of facts. */
  headStatus: number | null
  /** Overrides the hash stated for LFS files. */
  statedHash: string | null
  close(): Promise<void>
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

export async function startModelServer(files: Readonly<Record<string, Uint8Array>>, lfs: readonly string[]): Promise<ModelServer> {
  const plans = new Map<string, Trouble[]>()
  const requests: ModelServer['requests'] = []
  const server = http.createServer((request, response) => {
    const url = request.url ?? ''
    const name = Object.keys(files).find((path) => url.endsWith(`/${path}`))
    requests.push({ method: request.method ?? '', path: url, range: request.headers.range ?? null })
    if (name === undefined) response.writeHead(404).end('no such file')
    else if (request.method === 'HEAD' && state.headStatus !== null) response.writeHead(state.headStatus).end()
    else if (lfs.includes(name) && !url.startsWith('/storage/')) redirect(response, name)
    // As with addresses signed for GET alone.
    else if (request.method === 'HEAD' && url.startsWith('/storage/')) response.writeHead(403).end()
    else if (request.method === 'HEAD') response.writeHead(200, { 'content-length': files[name]!.length }).end()
    else answer(request, response, files[name]!, plans.get(name)?.shift())
  })
  const redirect = (response: http.ServerResponse, name: string) => {
    response.writeHead(302, {
      location: `${state.endpoint.replace('127.0.0.1', 'localhost')}/storage/${name}`,
      'x-linked-etag': `"${state.statedHash ?? sha256(files[name]!)}"`,
      'x-linked-size': String(files[name]!.length),
    })
    response.end()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const state: ModelServer = {
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    plan: (path, ...troubles) => plans.set(path, troubles),
    headStatus: null,
    statedHash: null,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return state
}

function answer(request: http.IncomingMessage, response: http.ServerResponse, bytes: Uint8Array, trouble?: Trouble): void {
  if (trouble?.kind === 'status') {
    response.writeHead(trouble.status, trouble.headers).end()
    return
  }
  const asked = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const from = trouble?.kind === 'ignore-range' ? 0 : asked
  if (from >= bytes.length && bytes.length > 0) {
    response.writeHead(416).end()
    return
  }
  let body = bytes.slice(from)
  if (trouble?.kind === 'other-bytes') body = body.map((value) => value ^ 1)
  if (trouble?.kind === 'length') body = trouble.more < 0 ? body.slice(0, trouble.more) : Buffer.concat([body, new Uint8Array(trouble.more)])
  const claimed = trouble?.kind === 'wrong-range' ? 0 : from
  const range = { 'content-range': `bytes ${String(claimed)}-${String(bytes.length - 1)}/${String(bytes.length)}` }
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length, ...(from > 0 ? range : {}) })
  if (trouble?.kind === 'drop') response.write(body.slice(0, trouble.after), () => setTimeout(() => response.destroy(), 400))
  else if (trouble?.kind === 'hang') response.write(body.slice(0, trouble.after))
  else response.end(body)
}
