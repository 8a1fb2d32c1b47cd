/**
 * Remote calls over any two-way message channel: ids, progress, cancel, errors. Works alike over a child process,
 * Electron IPC and a WebSocket; only JSON values cross. Arguments are validated where they arrive, results are trusted.
 */
import { z } from 'zod'
import type { CallOptions, ClientOf, Contract, HandlersOf } from './contract.ts'
import { AppError, ERROR_CODES, fromWireError, toWireError } from './errors.ts'

/** A channel that keeps the order of messages. `send` may throw once it is closed. */
export interface Transport {
  send(message: Wire): void
  /** Returns what ends the subscription. */
  onMessage(listener: (message: unknown) => void): () => void
  onClose(listener: () => void): void
}

const id = z.number().int().nonnegative()
const detail = z.union([z.string(), z.number(), z.boolean(), z.null()])
const WireErrorSchema = z.object({ code: z.enum(ERROR_CODES), message: z.string(), details: z.record(z.string(), detail) })

const Request = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id, method: z.string(), args: z.unknown() }),
  z.object({ type: z.literal('cancel'), id }),
])
const Answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), id, value: z.unknown() }),
  z.object({ type: z.literal('error'), id, error: WireErrorSchema }),
  z.object({ type: z.literal('progress'), id, value: z.unknown() }),
])
export type Wire = z.infer<typeof Request> | z.infer<typeof Answer>

type Handler = (args: unknown, context: { signal: AbortSignal; report: (value: unknown) => void }) => Promise<unknown>

/** What was wrong with the arguments, in one line. */
function describeIssues(method: string, error: z.ZodError): string {
  const issues = error.issues.slice(0, 3).map((issue) => `${issue.path.map(String).join('.') || 'arguments'}: ${issue.message}`)
  return `${method} was called with arguments it can't take (${issues.join('; ')}).`
}

/**
 * Answers the calls of one channel. Returns what stops it: running calls are aborted, later ones not answered.
 * A message that is no call, or a call under an id still in use, goes to `onProblem` and changes nothing.
 */
export function serve<C extends Contract>(
  contract: C,
  handlers: HandlersOf<C>,
  transport: Transport,
  onProblem: (problem: string) => void = () => undefined,
): () => void {
  const running = new Map<number, AbortController>()
  const send = (message: Wire) => {
    try {
      transport.send(message)
    } catch (error) {
      onProblem(`An answer could not be sent: ${String(error)}`)
    }
  }

  const answer = async (call: { id: number; method: string; args?: unknown }, signal: AbortSignal): Promise<unknown> => {
    const spec = Object.hasOwn(contract, call.method) ? contract[call.method] : undefined
    if (spec === undefined) throw new AppError('invalid-argument', `There is no method "${call.method}". Both sides must be of one version.`)
    const args = spec.args.safeParse(call.args)
    if (!args.success) throw new AppError('invalid-argument', describeIssues(call.method, args.error))
    const report = (value: unknown) => {
      if (running.has(call.id) && !signal.aborted) send({ type: 'progress', id: call.id, value })
    }
    return (handlers as Record<string, Handler>)[call.method]!(args.data, { signal, report })
  }

  const start = async (call: { id: number; method: string; args?: unknown }) => {
    const controller = new AbortController()
    running.set(call.id, controller)
    let message: Wire
    try {
      message = { type: 'result', id: call.id, value: (await answer(call, controller.signal)) ?? null }
    } catch (error) {
      message = { type: 'error', id: call.id, error: toWireError(error) }
    }
    running.delete(call.id)
    send(message)
  }

  const unsubscribe = transport.onMessage((raw) => {
    const request = Request.safeParse(raw)
    if (!request.success) onProblem('A message that is no call was ignored.')
    else if (request.data.type === 'cancel') running.get(request.data.id)?.abort()
    else if (running.has(request.data.id)) onProblem(`A call under the id ${String(request.data.id)}, still in use, was ignored.`)
    else void start(request.data)
  })
  const stop = () => {
    unsubscribe()
    for (const controller of running.values()) controller.abort()
  }
  transport.onClose(stop)
  return stop
}

interface Pending {
  settle(): void
  resolve(value: unknown): void
  reject(error: unknown): void
  onProgress: ((value: never) => void) | undefined
}

/**
 * The callee as an object of async methods. A cancelled call rejects at once with `cancelled`; its late answer is dropped.
 * When the channel closes, all waiting and later calls reject with `closed()`.
 */
export function createClient<C extends Contract>(
  contract: C,
  transport: Transport,
  closed: () => AppError = () => new AppError('internal', 'The connection was closed. Start again.'),
): ClientOf<C> {
  const pending = new Map<number, Pending>()
  let nextId = 0
  let open = true

  const call = (method: string, args: unknown, { signal, onProgress }: CallOptions = {}) =>
    new Promise<unknown>((resolve, reject) => {
      if (!open) return reject(closed())
      if (signal?.aborted) return reject(new AppError('cancelled', 'Cancelled.'))
      const id = nextId++
      const cancel = () => {
        finish(id)?.reject(new AppError('cancelled', 'Cancelled.'))
        sendQuietly(transport, { type: 'cancel', id })
      }
      signal?.addEventListener('abort', cancel, { once: true })
      pending.set(id, { resolve, reject, onProgress, settle: () => signal?.removeEventListener('abort', cancel) })
      try {
        transport.send({ type: 'call', id, method, args })
      } catch {
        finish(id)?.reject(closed())
      }
    })

  const finish = (id: number): Pending | undefined => {
    const entry = pending.get(id)
    pending.delete(id)
    entry?.settle()
    return entry
  }

  const receive = (message: z.infer<typeof Answer>) => {
    if (message.type === 'result') finish(message.id)?.resolve(message.value)
    else if (message.type === 'error') finish(message.id)?.reject(fromWireError(message.error))
    else
      try {
        pending.get(message.id)?.onProgress?.(message.value as never)
      } catch (error) {
        finish(message.id)?.reject(error)
        sendQuietly(transport, { type: 'cancel', id: message.id })
      }
  }

  transport.onMessage((raw) => {
    const message = Answer.safeParse(raw)
    if (message.success) receive(message.data)
  })
  transport.onClose(() => {
    open = false
    for (const id of [...pending.keys()]) finish(id)?.reject(closed())
  })
  const methods = Object.keys(contract).map((method) => [
    method,
    (args: unknown, options?: CallOptions) => call(method, args, options),
  ])
  return Object.fromEntries(methods) as ClientOf<C>
}

function sendQuietly(transport: Transport, message: Wire): void {
  try {
    transport.send(message)
  } catch {
    // The channel is closed: there is nobody left to tell.
  }
}
