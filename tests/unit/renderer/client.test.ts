import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../../src/renderer/client.ts'
import type { Transport } from '../../../src/shared/rpc.ts'

/** A host that answers every call with its own name, and can go away. */
class Host {
  readonly #listeners = new Set<(message: unknown) => void>()
  readonly #closers: (() => void)[] = []
  readonly transport: Transport

  constructor(name: string) {
    this.transport = {
      send: (message) => {
        if (message.type === 'call') for (const listener of this.#listeners) listener({ type: 'result', id: message.id, value: [name] })
      },
      onMessage: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      onClose: (listener) => this.#closers.push(listener),
    }
  }

  leave(): void {
    for (const close of this.#closers) close()
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the connection', () => {
  it('lets calls wait until the host answers for the first time', async () => {
    const open = vi.fn<() => Promise<Transport>>()
    open.mockRejectedValueOnce(new Error('not yet')).mockResolvedValue(new Host('a').transport)
    const { api, link } = connect(open)
    const answer = api['project.recent'](null)
    expect(link.getState()).toBe('connecting')
    await vi.runAllTimersAsync()
    expect(await answer).toEqual(['a'])
    expect(link.getState()).toBe('open')
    expect(open).toHaveBeenCalledTimes(2)
  })

  it('fails at once while the host is away, and goes on with the one that is back', async () => {
    const first = new Host('first')
    const second = Promise.withResolvers<Transport>()
    const open = vi.fn<() => Promise<Transport>>().mockResolvedValueOnce(first.transport).mockReturnValueOnce(second.promise)
    const { api, link } = connect(open)
    expect(await api['project.recent'](null)).toEqual(['first'])

    first.leave()
    expect(link.getState()).toBe('lost')
    await expect(api['project.recent'](null)).rejects.toMatchObject({ message: expect.stringContaining('connection') as string })

    second.resolve(new Host('second').transport)
    await vi.runAllTimersAsync()
    expect(link.getState()).toBe('open')
    expect(await api['project.recent'](null)).toEqual(['second'])
  })

  it('tells that the host is away when it can not be reached again', async () => {
    const open = vi.fn<() => Promise<Transport>>().mockRejectedValueOnce(new Error('no')).mockRejectedValueOnce(new Error('no')).mockResolvedValue(new Host('late').transport)
    const { api, link } = connect(open)
    const states: string[] = []
    link.subscribe((state) => states.push(state))
    await vi.runAllTimersAsync()
    expect(states).toEqual(['lost', 'open'])
    expect(await api['project.recent'](null)).toEqual(['late'])
  })
})
