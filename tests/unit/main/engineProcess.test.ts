/** The engine as a utility process: the same client as over Node's fork, its end told in words. */
import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createEngineClient } from '../../../src/core/inference/engineClient.ts'
import { hostTransport, type ParentPort } from '../../../src/core/inference/processTransport.ts'
import { app, event, utilityProcess } from '../../helpers/fakeElectron.ts'

vi.mock('electron', () => import('../../helpers/fakeElectron.ts'))
const { launchEngine } = await import('../../../src/main/engineProcess.ts')

beforeEach(() => utilityProcess.started.splice(0))
const loading = { grounder: { id: 'g', folder: '/g' }, segmenter: { id: 's', folder: null }, devices: ['cpu'] }

async function load() {
  const client = createEngineClient({ launch: launchEngine, backoffMs: 1 })
  const loaded = client.load({ ...loading })
  await vi.waitFor(() => expect(utilityProcess.started[0]?.posted).toHaveLength(1))
  return { client, loaded, child: utilityProcess.started[0]! }
}

describe('the engine in a utility process', () => {
  it('is the built entry beside the main program, started with no more than it needs', async () => {
    const { client, loaded, child } = await load()
    expect(child.entry).toMatch(/main[\\/]engineProcess\.js$/)
    expect(child.options).toEqual({ serviceName: 'Marquee engine', stdio: ['ignore', 'ignore', 'pipe'], execArgv: [] })
    expect(child.posted).toEqual([{ type: 'call', id: 0, method: 'load', args: loading }])
    child.emit('message', { type: 'result', id: 0, value: 'loaded' })
    expect(await loaded).toBe('loaded')
    child.emit('exit', 0)
    await client.dispose()
  })

  it('tells why it ended, with what it wrote last', async () => {
    const { loaded, child } = await load()
    app.emit('child-process-gone', event(), { type: 'GPU', reason: 'killed', name: 'GPU' })
    app.emit('child-process-gone', event(), { type: 'Utility', reason: 'oom', name: 'Marquee engine' })
    child.emit('exit', 137)
    child.stderr.write('bad allocation')
    await expect(loaded).rejects.toMatchObject({ code: 'engine-crashed', message: expect.stringContaining('oom, exit code 137') as string, details: { output: 'bad allocation' } })
    expect(app.listenerCount('child-process-gone')).toBe(0)
  })

  it('takes no call once it has ended, and is killed when the program ends', async () => {
    const { client, loaded, child } = await load()
    const disposed = client.dispose()
    expect(child.killed).toBe(true)
    child.emit('exit', 0)
    await expect(loaded).rejects.toMatchObject({ code: 'cancelled' })
    await disposed
  })
})

describe('the inner end', () => {
  it('speaks over parentPort where Electron gave it one', () => {
    const posted: object[] = []
    const parentPort = Object.assign(new EventEmitter(), { postMessage: (message: object) => posted.push(message) }) as EventEmitter & ParentPort
    const transport = hostTransport(Object.assign(new EventEmitter(), { parentPort }))
    const received: unknown[] = []
    const end = transport.onMessage((message) => received.push(message))
    parentPort.emit('message', { data: { type: 'cancel', id: 1 } })
    end()
    parentPort.emit('message', { data: 'late' })
    transport.send({ type: 'result', id: 1, value: null })
    expect([received, posted]).toEqual([[{ type: 'cancel', id: 1 }], [{ type: 'result', id: 1, value: null }]])
  })

  it('speaks over process messages where Node forked it', () => {
    const sent: object[] = []
    const self = Object.assign(new EventEmitter(), { connected: true, send: (message: object) => sent.push(message) > 0 })
    hostTransport(self).send({ type: 'cancel', id: 3 })
    expect(sent).toEqual([{ type: 'cancel', id: 3 }])
  })
})
