import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { call, job } from '../../../src/shared/contract.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { createClient, serve } from '../../../src/shared/rpc.ts'
import { channel } from '../../helpers/channel.ts'

const contract = {
  add: call(z.object({ a: z.number(), b: z.number() }), z.number()),
  count: job(z.object({ to: z.number() }), z.number(), z.string()),
  wait: call(z.null(), z.null()),
  fail: call(z.object({ how: z.enum(['app', 'plain', 'text']) }), z.null()),
} as const

function connect() {
  const { near, far, close } = channel()
  const problems: string[] = []
  const aborted = vi.fn()
  const stop = serve(
    contract,
    {
      add: ({ a, b }) => Promise.resolve(a + b),
      count: async ({ to }, { report }) => {
        for (let i = 1; i <= to; i++) report(i)
        return await Promise.resolve('done')
      },
      wait: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted()
            reject(new AppError('cancelled', 'Cancelled.'))
          })
        }),
      fail: ({ how }) => {
        if (how === 'app') throw new AppError('disk-full', 'The disk is full. Free some space.', { free: 12, path: null })
        throw how === 'plain' ? new TypeError('x is not a function') : 'words'
      },
    },
    far,
    (problem) => problems.push(problem),
  )
  const client = createClient(contract, near, () => new AppError('engine-crashed', 'It stopped.'))
  return { client, near, far, close, stop, problems, aborted }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('calls', () => {
  it('answers each call with its own result, whatever the order', async () => {
    const { client } = connect()
    const sums = await Promise.all([1, 2, 3, 4, 5].map((n) => client.add({ a: n, b: 10 * n })))
    expect(sums).toEqual([11, 22, 33, 44, 55])
  })

  it('delivers progress in order and before the result', async () => {
    const { client } = connect()
    const seen: unknown[] = []
    const result = client.count({ to: 4 }, { onProgress: (n) => seen.push(n) }).then((text) => seen.push(text))
    await result
    expect(seen).toEqual([1, 2, 3, 4, 'done'])
  })

  it('carries an AppError whole and any other error as internal', async () => {
    const { client } = connect()
    await expect(client.fail({ how: 'app' })).rejects.toMatchObject({
      name: 'AppError', code: 'disk-full', message: 'The disk is full. Free some space.', details: { free: 12, path: null },
    })
    await expect(client.fail({ how: 'plain' })).rejects.toMatchObject({ code: 'internal', message: 'x is not a function' })
    await expect(client.fail({ how: 'text' })).rejects.toMatchObject({ code: 'internal', message: 'words' })
  })

  it('refuses arguments the contract does not allow, naming the field', async () => {
    const { client } = connect()
    await expect(client.add({ a: 1, b: 'two' as never })).rejects.toMatchObject({
      code: 'invalid-argument', message: expect.stringMatching(/^add .*b: .*number/) as string,
    })
  })

  it.each(['missing', 'constructor', '__proto__', 'toString'])('refuses the unknown method %s', async (method) => {
    const { far } = connect()
    far.inject({ type: 'call', id: 7, method, args: {} })
    await settled()
    expect(far.sent).toMatchObject([{ type: 'error', id: 7, error: { code: 'invalid-argument' } }])
  })
})

describe('cancel', () => {
  it('rejects at once, tells the callee, and drops the late answer', async () => {
    const { client, aborted } = connect()
    const controller = new AbortController()
    const waiting = client.wait(null, { signal: controller.signal })
    await settled()
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    await settled()
    expect(aborted).toHaveBeenCalledOnce()
    expect(await client.add({ a: 1, b: 1 })).toBe(2)
  })

  it('sends nothing when the signal has fired before', async () => {
    const { client, near } = connect()
    await expect(client.wait(null, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
    expect(near.sent).toEqual([])
  })

  it('leaves no listener on a signal whose call is done', async () => {
    const { client, near } = connect()
    const controller = new AbortController()
    await client.add({ a: 1, b: 2 }, { signal: controller.signal })
    controller.abort()
    await settled()
    expect(near.sent.map(({ type }) => type)).toEqual(['call'])
  })

  it('ends a call whose progress listener throws', async () => {
    const { client, near } = connect()
    const broken = client.count({ to: 3 }, { onProgress: () => { throw new Error('no room to draw') } })
    await expect(broken).rejects.toThrow('no room to draw')
    await settled()
    expect(near.sent.at(-1)).toMatchObject({ type: 'cancel' })
  })
})

describe('close', () => {
  it('rejects all waiting and all later calls with the given error, and aborts the callee', async () => {
    const { client, close, aborted } = connect()
    const calls = [client.wait(null), client.wait(null)]
    const outcomes = Promise.allSettled(calls)
    await settled()
    close()
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'engine-crashed' } })
    await expect(client.add({ a: 1, b: 2 })).rejects.toMatchObject({ code: 'engine-crashed', message: 'It stopped.' })
    expect(aborted).toHaveBeenCalledTimes(2)
  })

  it('reports an answer that could not be sent', async () => {
    const { client, close, problems } = connect()
    const lost = client.add({ a: 1, b: 2 })
    lost.catch(() => undefined)
    queueMicrotask(close)
    await expect(lost).rejects.toMatchObject({ code: 'engine-crashed' })
    await settled()
    expect(problems.join()).toMatch(/could not be sent/)
  })

  it('answers nothing once stopped', async () => {
    const { stop, far } = connect()
    stop()
    far.inject({ type: 'call', id: 1, method: 'add', args: { a: 1, b: 2 } })
    await settled()
    expect(far.sent).toEqual([])
  })
})

describe('what no peer should send', () => {
  it('ignores a second call under an id in use, and the first one still ends', async () => {
    const { far, problems } = connect()
    far.inject({ type: 'call', id: 1, method: 'wait', args: null })
    far.inject({ type: 'call', id: 1, method: 'add', args: { a: 1, b: 2 } })
    await settled()
    expect(far.sent).toEqual([])
    expect(problems).toHaveLength(1)
    far.inject({ type: 'cancel', id: 1 })
    await settled()
    expect(far.sent).toMatchObject([{ type: 'error', id: 1, error: { code: 'cancelled' } }])
  })

  const piece = fc.oneof(fc.integer({ min: -2, max: 4 }), fc.constantFrom('add', 'wait', 'toString', ''), fc.jsonValue())
  const almostMessage = fc.record(
    { type: fc.constantFrom('call', 'cancel', 'result', 'error', 'progress', 'other'), id: piece, method: piece, args: piece, value: piece, error: piece },
    { requiredKeys: ['type'] },
  )

  it('survives any message on either end and goes on working', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.jsonValue(), almostMessage), { maxLength: 12 }), async (messages) => {
        const { client, near, far } = connect()
        for (const message of messages) {
          far.inject(message)
          near.inject(message)
        }
        // Ids 0..4 may have been answered by the noise above; these may not.
        for (let i = 0; i < 6; i++) void client.add({ a: 0, b: 0 }).catch(() => undefined)
        expect(await client.add({ a: 2, b: 3 })).toBe(5)
      }),
      { numRuns: 300 },
    )
  })
})
