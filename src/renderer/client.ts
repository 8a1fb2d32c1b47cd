/** The one place that knows where services live: picks a transport, keeps it open, and is the api the window calls. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import { appContract } from '../shared/appContract.ts'
import type { ClientOf } from '../shared/contract.ts'
import { AppError } from '../shared/errors.ts'
import { createClient, type Transport } from '../shared/rpc.ts'

export type Api = ClientOf<typeof appContract>

/** `connecting` until the first answer of the host, then `open`, `lost` while it is away, and `stranger` to one that was started anew. */
export type Link = 'connecting' | 'open' | 'lost' | 'stranger'

export interface Connection {
  readonly api: Api
  readonly link: StoreApi<Link>
}

/** The host is there and does not know this page: its link has to be opened once in this browser. */
export class Stranger extends Error {}

const RETRY_MS = [250, 500, 1000, 2000, 5000] as const

const lost = () =>
  new AppError('internal', 'The connection to Marquee was lost. Start Marquee again and open its link: what is not stored yet is kept in this window.')

/**
 * Calls wait for the first connection; later, while the host is away, they fail at once and the connection is tried again
 * without end, so that whoever keeps unsaved work can send it once `link` is `open`.
 */
export function connect(openTransport: () => Promise<Transport>): Connection {
  const link = createStore<Link>()(() => 'connecting')
  let client: Promise<Api> = dial(0)

  async function dial(attempt: number): Promise<Api> {
    try {
      const transport = await openTransport()
      transport.onClose(() => {
        link.setState('lost', true)
        client = Promise.reject(lost())
        client.catch(() => undefined)
        void dial(0).then((next) => (client = Promise.resolve(next)))
      })
      link.setState('open', true)
      return createClient(appContract, transport, lost)
    } catch (error) {
      if (error instanceof Stranger) link.setState('stranger', true)
      else if (attempt > 0) link.setState('lost', true)
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]))
      return dial(attempt + 1)
    }
  }

  const methods = Object.keys(appContract).map((method) => [
    method,
    async (args: unknown, options?: unknown) => {
      const current = (await client) as unknown as Record<string, (args: unknown, options?: unknown) => Promise<unknown>>
      return current[method]!(args, options)
    },
  ])
  return { api: Object.fromEntries(methods) as Api, link }
}

/** The loopback host. Rejects when the socket can't be opened. */
export function openSocket(url = `${location.origin.replace(/^http/, 'ws')}/rpc`): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    socket.addEventListener('error', () => void whyRefused().then(reject), { once: true })
    socket.addEventListener('open', () => resolve(socketTransport(socket)), { once: true })
  })
}

/** A refused socket does not say why; the page itself is answered with 401 by a host that was started anew. */
async function whyRefused(): Promise<Error> {
  const status = await fetch('/', { method: 'HEAD', cache: 'no-store' }).then((answer) => answer.status, () => null)
  return status === 401 ? new Stranger() : lost()
}

function socketTransport(socket: WebSocket): Transport {
  return {
    send: (message) => {
      if (socket.readyState !== WebSocket.OPEN) throw lost()
      socket.send(JSON.stringify(message))
    },
    onMessage: (listener) => {
      const receive = ({ data }: MessageEvent<string>) => listener(JSON.parse(data))
      socket.addEventListener('message', receive)
      return () => socket.removeEventListener('message', receive)
    },
    onClose: (listener) => socket.addEventListener('close', () => listener(), { once: true }),
  }
}
