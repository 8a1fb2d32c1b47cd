import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, type EngineParts } from '../../../src/core/inference/engine.ts'
import type { ProposeArgs } from '../../../src/core/inference/engineContract.ts'
import { devicesToTry } from '../../../src/core/inference/devices.ts'
import { RunQueue, type RunOptions } from '../../../src/core/inference/runQueue.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { blank, box, fakeGrounder, fakeSegmenter } from '../../helpers/fakeModels.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'marquee-engine-'))
  for (const name of 'abcd') writeFileSync(join(folder, name), name)
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const picture = (name = 'a', frame = 0) => ({ file: join(folder, name), frame })
const context = { signal: new AbortController().signal, report: () => undefined }
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

const models = { grounder: { id: 'g', folder: '/g' }, segmenter: { id: 's', folder: '/s' }, devices: ['webgpu', 'cpu'] }
const proposeArgs: Omit<ProposeArgs, 'picture'> = { words: ['cat'], grid: 'off', maxBoxes: 5, speckPixels: 0, mergeIou: 0.7 }

function engine(overrides: Partial<EngineParts> = {}) {
  const log: string[] = []
  const grounder = fakeGrounder({ cat: [box(1, 1, 9, 9)] })
  const segmenter = fakeSegmenter()
  const refused = [{ device: 'webgpu', reason: 'no adapter' }]
  const parts: EngineParts = {
    openGrounder: ({ id }) => {
      log.push(`grounder ${id}`)
      return Promise.resolve({ ...grounder, refused })
    },
    openSegmenter: ({ id, folder }) => {
      log.push(`segmenter ${id} ${String(folder)}`)
      return Promise.resolve({ ...segmenter, refused })
    },
    decode: ({ file, frame }) => {
      log.push(`decode ${file.at(-1) ?? ''}${String(frame)}`)
      return Promise.resolve(blank(40, 30))
    },
    ...overrides,
  }
  return { handlers: createEngine(parts), log, grounder, segmenter }
}

describe('loading', () => {
  it('reports names, hashes, the bound devices and each refused device once', async () => {
    const { handlers } = engine()
    expect(await handlers.load(models, context)).toEqual({
      grounder: { name: 'fake-grounder', hash: 'g'.repeat(64), device: 'cpu' },
      segmenter: { name: 'fake-segmenter', hash: 's'.repeat(64), device: 'cpu' },
      refusedDevices: [{ device: 'webgpu', reason: 'no adapter' }],
    })
  })

  it('keeps what stays the same and releases the rest', async () => {
    const { handlers, log, grounder, segmenter } = engine()
    await handlers.load(models, context)
    await handlers.load({ ...models, segmenter: { id: 'grabcut', folder: null } }, context)
    expect(log).toEqual(['grounder g', 'segmenter s /s', 'segmenter grabcut null'])
    expect([grounder.log, segmenter.log]).toEqual([[], ['release']])
    await handlers.load({ ...models, devices: ['cpu'] }, context)
    expect(log.slice(3)).toEqual(['grounder g', 'segmenter s /s'])
  })

  it('releases the other model when one can not be opened, and then says that none is loaded', async () => {
    const failed = engine({ openSegmenter: () => Promise.reject(new AppError('model-invalid', 'damaged')) })
    await expect(failed.handlers.load(models, context)).rejects.toMatchObject({ code: 'model-invalid' })
    expect(failed.grounder.log).toEqual(['release'])
    await expect(failed.handlers.propose({ ...proposeArgs, picture: picture() }, context)).rejects.toMatchObject({ code: 'model-missing' })
  })
})

describe('pictures', () => {
  it('are kept for the next call, by file, frame and state of the file', async () => {
    const { handlers, log } = engine()
    await handlers.load(models, context)
    log.length = 0
    const ask = (name: string, frame = 0) => handlers.propose({ ...proposeArgs, picture: picture(name, frame) }, context)
    await ask('a')
    await handlers.segment({ picture: picture('a'), prompts: [{ box: box(1, 1, 5, 5), points: [] }], speckPixels: 0 }, context)
    await ask('a', 1)
    await ask('a')
    expect(log).toEqual(['decode a0', 'decode a1'])
    writeFileSync(join(folder, 'a'), 'changed on disk')
    await ask('a')
    expect(log).toEqual(['decode a0', 'decode a1', 'decode a0'])
  })

  it('are encoded anew through another window, when they are next used', async () => {
    const seen: unknown[] = []
    const { handlers } = engine({
      decode: ({ window }) => {
        seen.push(window)
        return Promise.resolve(blank(40, 30))
      },
    })
    await handlers.load(models, context)
    const narrow = { ...picture(), window: { low: 10, high: 20 } }
    await handlers.prefetch(picture(), context)
    await handlers.prefetch(narrow, context)
    await handlers.propose({ ...proposeArgs, picture: { ...narrow, window: { ...narrow.window } } }, context)
    await handlers.segment({ picture: { ...picture(), window: 'percentiles' }, prompts: [{ box: box(1, 1, 5, 5), points: [] }], speckPixels: 0 }, context)
    expect(seen).toEqual([undefined, { low: 10, high: 20 }, 'percentiles'])
  })

  it('are forgotten beyond the last three', async () => {
    const { handlers, log } = engine()
    await handlers.load(models, context)
    log.length = 0
    for (const name of ['a', 'b', 'c', 'a', 'd', 'a', 'b']) await handlers.propose({ ...proposeArgs, picture: picture(name) }, context)
    expect(log).toEqual(['decode a0', 'decode b0', 'decode c0', 'decode d0', 'decode b0'])
  })

  it('are forgotten with the models', async () => {
    const { handlers, log } = engine()
    await handlers.load(models, context)
    await handlers.prefetch(picture(), context)
    await handlers.load({ ...models, segmenter: { id: 'grabcut', folder: null } }, context)
    await handlers.prefetch(picture(), context)
    expect(log.filter((line) => line.startsWith('decode'))).toHaveLength(2)
  })

  it('are prefetched for both models', async () => {
    const { handlers, grounder, segmenter } = engine()
    await handlers.load(models, context)
    expect(await handlers.prefetch(picture(), context)).toBeNull()
    expect([grounder.log, segmenter.log]).toEqual([['open'], ['open']])
  })
})

describe('the queue', () => {
  const never = new AbortController().signal
  function setup() {
    const queue = new RunQueue()
    const log: string[] = []
    const gates = new Map<string, () => void>()
    const add = (name: string, options: Partial<RunOptions> = {}) =>
      queue.add({ urgency: 'normal', signal: never, ...options }, async (signal) => {
        log.push(`start ${name}`)
        await new Promise<void>((resolve, reject) => {
          gates.set(name, resolve)
          signal.addEventListener('abort', () => {
            log.push(`abort ${name}`)
            reject(new AppError('cancelled', 'Cancelled.'))
          })
        })
        log.push(`end ${name}`)
        return name
      })
    const finish = async (name: string) => {
      gates.get(name)?.()
      await settled()
    }
    return { add, log, finish }
  }

  it('runs one at a time; the urgent overtakes what waits, the idle comes last', async () => {
    const { add, log, finish } = setup()
    const all = Promise.all([add('first'), add('idle', { urgency: 'idle' }), add('second'), add('click', { urgency: 'now' })])
    for (const name of ['first', 'click', 'second', 'idle']) await finish(name)
    expect(await all).toEqual(['first', 'idle', 'second', 'click'])
    expect(log).toEqual(['first', 'click', 'second', 'idle'].flatMap((name) => [`start ${name}`, `end ${name}`]))
  })

  it('lets the latest of one kind win; one that has begun ends', async () => {
    const { add, log, finish } = setup()
    const begun = add('p1', { replaces: 'preview' })
    const replaced = add('p2', { replaces: 'preview' })
    const latest = add('p3', { replaces: 'preview' })
    await expect(replaced).rejects.toMatchObject({ code: 'cancelled', message: 'Replaced by a newer request.' })
    await finish('p1')
    await finish('p3')
    expect(await Promise.all([begun, latest])).toEqual(['p1', 'p3'])
    expect(log).not.toContain('start p2')
  })

  it('gives up an idle run as soon as anything else comes', async () => {
    const { add, log, finish } = setup()
    const idle = add('idle', { urgency: 'idle' })
    const work = add('work')
    await expect(idle).rejects.toMatchObject({ code: 'cancelled' })
    await finish('work')
    expect(await work).toBe('work')
    expect(log).toEqual(['start idle', 'abort idle', 'start work', 'end work'])
  })

  it('drops a waiting run when its signal fires, and goes on after a failed one', async () => {
    const { add, log, finish } = setup()
    const controller = new AbortController()
    const first = add('first')
    const dropped = add('dropped', { signal: controller.signal })
    const last = add('last')
    controller.abort()
    await expect(dropped).rejects.toMatchObject({ code: 'cancelled' })
    await finish('first')
    await finish('last')
    expect(await Promise.all([first, last])).toEqual(['first', 'last'])
    expect(log).not.toContain('start dropped')
  })

  it('is what the engine answers through: a prefetch given up is no error, a segment overtakes', async () => {
    const order: string[] = []
    const slow = fakeGrounder({}, (words) => {
      order.push(words)
      return settled() as Promise<void>
    })
    const { handlers, segmenter } = engine({ openGrounder: () => Promise.resolve(slow) })
    await handlers.load(models, context)
    const prefetched = handlers.prefetch(picture('b'), context)
    const first = handlers.propose({ ...proposeArgs, words: ['one'], picture: picture() }, context)
    const second = handlers.propose({ ...proposeArgs, words: ['two'], picture: picture() }, context)
    const prompts = [{ box: box(1, 1, 5, 5), points: [] }]
    const clicked = handlers.segment({ picture: picture(), prompts, speckPixels: 0 }, context).then(() => order.push(`click after ${String(segmenter.log.length)}`))
    expect(await prefetched).toBeNull()
    await Promise.all([first, second, clicked])
    expect(order[0]).not.toBe('two')
    expect(order.findIndex((line) => line.startsWith('click'))).toBeLessThan(order.indexOf('two'))
  })
})

describe('devices', () => {
  it('are tried fastest first, as the platform has them', () => {
    expect(devicesToTry(null, 'win32', 'x64')).toEqual(['webgpu', 'dml', 'cpu'])
    expect(devicesToTry(null, 'darwin', 'arm64')).toEqual(['webgpu', 'coreml', 'cpu'])
    expect(devicesToTry(null, 'linux', 'x64')).toEqual(['webgpu', 'cuda', 'cpu'])
    expect(devicesToTry(null, 'linux', 'arm64')).toEqual(['cpu'])
  })

  it('can be pinned to one that is there', () => {
    expect(devicesToTry('cpu', 'linux', 'x64')).toEqual(['cpu'])
    expect(() => devicesToTry('dml', 'linux', 'x64')).toThrow('There is no device "dml" on this machine. Choose one of webgpu, cuda, cpu.')
    expect(() => devicesToTry('tpu', 'linux', 'x64')).toThrow(/Choose one of/)
  })
})
