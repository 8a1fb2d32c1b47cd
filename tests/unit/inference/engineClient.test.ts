import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { createEngineClient, forkEngine, type EngineClient } from '../../../src/core/inference/engineClient.ts'

const entry = fileURLToPath(new URL('../../helpers/fakeEngineProcess.ts', import.meta.url))
const clients: EngineClient[] = []
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()))
})

function start() {
  const launched: ReturnType<typeof forkEngine>[] = []
  const launch = () => {
    const process = forkEngine(entry)
    launched.push(process)
    return process
  }
  const client = createEngineClient({ launch, backoffMs: 1 })
  clients.push(client)
  const ask = (words: string, signal?: AbortSignal) =>
    client
      .propose({ picture: { file: 'a', frame: 0 }, words: [words], grid: 'off', maxBoxes: 1, speckPixels: 0, mergeIou: 1 }, signal === undefined ? {} : { signal })
      .then(({ replies }) => replies[0]?.text)
  const load = (id: string) => client.load({ grounder: { id, folder: '/g' }, segmenter: { id: 's', folder: null }, devices: ['cpu'] })
  return { client, launched, ask, load }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the engine process', () => {
  it('starts with the first call and stays', async () => {
    const { launched, ask, load } = start()
    expect(launched).toHaveLength(0)
    expect((await load('demo')).grounder.name).toBe('demo')
    expect(await ask('pid')).toBe(await ask('pid'))
    expect(launched).toHaveLength(1)
  })

  it.each([
    ['kill', 'SIGKILL'],
    ['exit', 'exit code 3'],
    ['abort', 'SIGABRT'],
  ])('dies by %s: the call in flight fails with how, the next goes on with the same models', async (words, how) => {
    const { launched, ask, load } = start()
    await load('demo')
    await expect(ask(words)).rejects.toMatchObject({ code: 'engine-crashed', message: `The engine stopped while it worked on this image (${how}). It starts again when next needed.` })
    expect(await ask('loaded')).toBe('demo')
    expect(launched).toHaveLength(2)
  })

  it('killed from outside in the middle of a call', async () => {
    const { ask, load } = start()
    await load('demo')
    const pid = Number(await ask('pid'))
    const waiting = ask('wait')
    process.kill(pid, 'SIGKILL')
    await expect(waiting).rejects.toMatchObject({ code: 'engine-crashed' })
    expect(await ask('loaded')).toBe('demo')
  })

  it('keeps what it last wrote for the log', async () => {
    const { ask, load } = start()
    await load('demo')
    await expect(ask('write')).rejects.toMatchObject({ details: { how: 'exit code 3', output: 'out of some resource\n' } })
  })

  it('a call that comes while it is going down waits for the next process', async () => {
    const { ask, load } = start()
    await load('demo')
    const failing = ask('kill later')
    await expect(failing).rejects.toMatchObject({ code: 'engine-crashed' })
    const [first, second] = await Promise.all([ask('loaded'), ask('loaded')])
    expect([first, second]).toEqual(['demo', 'demo'])
  })

  it('single crashes between good work go on for ever', async () => {
    const { launched, ask, load } = start()
    await load('demo')
    for (let i = 0; i < 3; i++) {
      await expect(ask('kill')).rejects.toMatchObject({ code: 'engine-crashed' })
      expect(await ask('loaded')).toBe('demo')
    }
    expect(launched).toHaveLength(4)
  })

  it('is given up after three crashes in a row, until models are loaded again', async () => {
    const { launched, ask, load } = start()
    await load('demo')
    for (let i = 0; i < 3; i++) await expect(ask('kill')).rejects.toThrow(/while it worked on this image/)
    await expect(ask('loaded')).rejects.toThrow(/stopped 3 times in a row \(SIGKILL\).*--device cpu/)
    expect(launched).toHaveLength(3)
    await load('small')
    expect(await ask('loaded')).toBe('small')
  })

  it('that dies while it loads its models says so, and does not load them again by itself', async () => {
    const { ask, load } = start()
    await expect(load('kill')).rejects.toThrow(/stopped while it loaded its models \(SIGKILL\)/)
    await expect(load('invalid')).rejects.toMatchObject({ code: 'model-invalid', message: 'The model is damaged.' })
    expect(await ask('loaded')).toBe('nothing')
  })

  it('is told of a cancel', async () => {
    const { ask } = start()
    await ask('pid')
    const controller = new AbortController()
    const waiting = ask('wait', controller.signal)
    setTimeout(() => {
      controller.abort()
    }, 20)
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    await expect.poll(() => ask('cancelled'), { timeout: 20_000 }).toBe('1')
  })

  it('that can not be started at all gives the reason', async () => {
    const client = createEngineClient({ launch: () => forkEngine('/nowhere/engine.ts'), backoffMs: 1 })
    clients.push(client)
    await expect(client.prefetch({ file: 'a', frame: 0 })).rejects.toMatchObject({ code: 'engine-crashed', details: { output: expect.stringContaining('/nowhere/engine.ts') as string } })
  })
})

describe('the end', () => {
  it('leaves no process, and waiting calls are cancelled', async () => {
    const { client, ask } = start()
    const pid = Number(await ask('pid'))
    const waiting = ask('wait')
    const outcome = expect(waiting).rejects.toMatchObject({ code: 'cancelled', message: 'The engine was closed.' })
    await client.dispose()
    await outcome
    expect(isAlive(pid)).toBe(false)
    await expect(ask('pid')).rejects.toMatchObject({ code: 'cancelled' })
    await client.dispose()
  })

  it('of a host that was killed ends the engine too', async () => {
    const host = fork(fileURLToPath(new URL('../../helpers/hostProcess.ts', import.meta.url)), [entry], { execArgv: [] })
    const [pid] = (await once(host, 'message')) as [number]
    expect(isAlive(pid)).toBe(true)
    host.kill('SIGKILL')
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  })
})
